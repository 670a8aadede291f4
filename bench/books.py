"""Workbooks of growing size, clean and with faults: python -m bench.books S|M|L clean|dirty OUT.

S is the year of one representative (`tracker new --sample`), M the years of ten in one workbook,
L 100,000 rows of visits, messages and targets in three modules, with the customers they name.
The stories differ, and so do the names of their people and places.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from tracker.book.create import new_workbook
from tracker.sample.story import story
from tracker.sample.vocabulary import Row
from tracker.schema.load import load

Tables = dict[str, list[Row]]
YEARS = {"S": 1, "M": 10, "L": 21}
LARGE = {"visits": 53_000, "messaging": 25_000, "targets": 22_000}
_MARKS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_NAMES = ("customer_name", "customer", "institution", "key_influencers", "name", "alias")
_TIMES = ("start_time", "end_time")  # ten people are in ten places at once
_DIRTY = 0.01


def tables(size: str) -> Tables:
    """Rows by module, as a person types them."""
    years = [_year(n) for n in range(YEARS[size])]
    found = {name: [row for year in years for row in year[name]] for name in years[0]}
    found["products"] = years[0]["products"]
    if size == "L":
        kept = {"customers": None, "products": None, "institutions": None, **LARGE}
        found = {name: found[name][:most] for name, most in kept.items()}
    return found


def _year(n: int) -> Tables:
    made = story("zh", f"R{n + 1:03d}")
    if n == 0:
        return made
    return {name: [_renamed(row, _MARKS[n]) for row in rows] for name, rows in made.items()}


def _renamed(row: Row, mark: str) -> Row:
    kept = {k: v for k, v in row.items() if k not in _TIMES}
    names = {k: str(kept[k]) for k in _NAMES if k in kept and "code" not in kept}
    return kept | {k: "、".join(p + mark for p in v.split("、")) for k, v in names.items()}


def spoil(found: Tables) -> None:
    """Mistype one cell of a hundred: dates, numbers, pick-lists and names, each in its own way."""
    chance = Random(7)
    for name in ("customers", "visits", "messaging", "targets", "issues", "preferences"):
        for row in found.get(name, ()):
            for field in row:
                if chance.random() < _DIRTY:
                    row[field] = _slip(chance, row[field])


def _slip(chance: Random, value: object) -> object:
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice("申由甲田电") + value[at:]
    if isinstance(value, int | float):
        return chance.choice((-value - 1, f"{value}左右", f"约{value}"))
    return chance.choice(("下周三", "2026-13-45", "3月5日", "待定"))


def main(size: str, kind: str, out: str) -> None:
    """Write a workbook with such tables, as `tracker new` would lay it out."""
    found = tables(size)
    if kind == "dirty":
        spoil(found)
    settings = {"rep_code": "R001", "rep_name": "林可欣", "language": "zh"}
    Path(out).write_bytes(new_workbook(load(), found, settings, "bench", owner="R001", lang="zh"))


if __name__ == "__main__":
    main(*sys.argv[1:4])
