"""Periods as people write them, read into one canonical text: 2026, 2026H1, 2026Q3, 2026-08.

A period has a grain (how long it is) and an ordinal (its place in the row of all periods of that
grain), so that "one earlier" and "a year earlier" are subtractions.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Grain = Literal["year", "half", "quarter", "month"]
PER_YEAR: Mapping[Grain, int] = MappingProxyType({"year": 1, "half": 2, "quarter": 4, "month": 12})

_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)}
_PARTS = _DIGITS | {"十一": 11, "十二": 12, "上": 1, "下": 2}
_GRAIN_OF_MARK: Mapping[str, Grain] = {"H": "half", "Q": "quarter", "-": "month"}
_Y4 = r"(?P<year>(?:19|20)\d\d)"
_Y = r"(?P<year>(?:19|20)\d\d|\d\d)(?:年度|年)?[-/.]?"
_SPELLINGS: tuple[tuple[Grain, str], ...] = (
    ("year", _Y4 + r"(?:年度|年)?(?:全年)?"),
    ("half", _Y + r"H(?P<part>[12])"),
    ("half", r"H(?P<part>[12])[-/.]?" + _Y),
    ("half", _Y + r"(?P<part>[上下])半年"),
    ("quarter", _Y + r"Q(?P<part>[1-4])"),
    ("quarter", _Y + r"(?P<part>[1-4])Q"),
    ("quarter", r"Q(?P<part>[1-4])[-/.]?" + _Y),
    ("quarter", r"(?P<part>[1-4])Q[-/.]?" + _Y),
    ("quarter", _Y + r"第?(?P<part>[1-4一二三四])季度?"),
    ("month", _Y4 + r"(?P<part>0[1-9]|1[0-2])"),
    ("month", _Y4 + r"(?:年|[-/.]M?|M)(?P<part>0?[1-9]|1[0-2])"),
    ("month", _Y + r"(?P<part>0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月份?"),
)
_DAY_SPELLINGS = (
    _Y4 + r"(?P<month>\d\d)(?P<day>\d\d)",
    _Y4 + r"[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:T?00:00(?::00)?)?",
    _Y4 + r"年(?P<month>\d{1,2})月(?P<day>\d{1,2})日?",
)


class Period(NamedTuple):
    """A canonical period taken apart; `ordinal` counts periods of its grain from the year 0."""

    grain: Grain
    ordinal: int


def parse(value: object) -> str | None:
    """Canonical form of what a cell of a period column holds, or None where it is no period.

    Takes text in any spelling of M-01, a date (its month), and whole numbers such as 2026 or
    202608. A number with decimals is refused: 2026.1 may have been typed as 2026.10.
    """
    if isinstance(value, date):
        return _parse_text(f"{value.year}-{value.month}")  # NaT has neither
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, Integral):
        return _parse_text(str(value))
    return _parse_text(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _parse_text(text: str) -> str | None:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    for grain, spelling in _SPELLINGS:
        if match := re.fullmatch(spelling, plain):
            return _from_match(grain, match.groupdict())
    return _month_of_day(plain)


def _from_match(grain: Grain, found: Mapping[str, str]) -> str:
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    part = found.get("part", "1")
    number = _PARTS[part] if part in _PARTS else int(part)
    return name(Period(grain, year * PER_YEAR[grain] + number - 1))


def _month_of_day(plain: str) -> str | None:
    for spelling in _DAY_SPELLINGS:
        if match := re.fullmatch(spelling, plain):
            return _month_of(int(match["year"]), int(match["month"]), int(match["day"]))
    return None


def _month_of(year: int, month: int, day: int) -> str | None:
    try:
        return f"{date(year, month, day):%Y-%m}"
    except ValueError:
        return None


def split(canonical: str) -> Period:
    """Grain and ordinal of a canonical period."""
    year, part = int(canonical[:4]), canonical[4:]
    if not part:
        return Period("year", year)
    grain = _GRAIN_OF_MARK[part[0]]
    return Period(grain, year * PER_YEAR[grain] + int(part[1:]) - 1)


def name(period: Period) -> str:
    """Canonical text of a period; `name(split(text)) == text`."""
    year, part = divmod(period.ordinal, PER_YEAR[period.grain])
    ends = {"year": "", "half": f"H{part + 1}", "quarter": f"Q{part + 1}"}
    return f"{year:04d}" + ends.get(period.grain, f"-{part + 1:02d}")


def holding(day: date, grain: Grain) -> str:
    """Canonical period of that grain that holds the day."""
    share = (day.month - 1) * PER_YEAR[grain] // 12
    return name(Period(grain, day.year * PER_YEAR[grain] + share))


@lru_cache(maxsize=4096)
def bounds(canonical: str) -> tuple[date, date]:
    """First and last day of a canonical period, both inside it."""
    grain, ordinal = split(canonical)
    return _first_day(grain, ordinal), _first_day(grain, ordinal + 1) - timedelta(days=1)


def _first_day(grain: Grain, ordinal: int) -> date:
    year, part = divmod(ordinal, PER_YEAR[grain])
    return date(year, part * (12 // PER_YEAR[grain]) + 1, 1)
