"""Every computed cell of the sample, against a second computation that shares no code with the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from tests.books import AS_OF, Hand, new_sample, refreshed
from tests.oracle import rows
from tests.oracle.people import People
from tests.oracle.reading import AUTO, Row, alike, resolve, sheets
from tests.oracle.sales import Sales, potential
from tracker.api.config import Config
from tracker.api.run import new
from tracker.schema.load import load

Tables = dict[str, list[Row]]
PACKS = ("kam", "market", "precall", "detailing")


def _with_packs(folder: Any) -> bytes:
    """The sample with all the columns that a metric reads, some of them filled in."""
    path = folder / "packs.xlsx"
    new(path, sample=True, packs=PACKS, config=Config())
    hand = Hand(path.read_bytes())
    targets, visits, people = (hand.frame(m) for m in ("targets", "visits", "customers"))
    for n, row in enumerate(targets.index[:240]):
        hand.type(
            "targets", "market_size", int(row), None if n % 17 == 0 else 1000.0 + 37 * n % 900
        )
    for row in visits.index[:30]:
        for name in ("plan_opening", "plan_close")[: int(row) % 3]:
            hand.type("visits", name, int(row), "说明")
    for row in people.index[-3:]:
        place = people.at[row, "institution"]
        for name, value in {
            "subject_type": "机构",
            "department": None,
            "potential_volume": 40.0,
            "potential_unit": "盒",
            "customer_name": place,
            "institution": place,
        }.items():
            hand.type("customers", name, int(row), value)
    _repeat_and_fall(hand)
    return hand.done()


def _repeat_and_fall(hand: Hand) -> None:
    """Some customers get one material twice, and go down the ladder."""
    told = hand.frame("messaging").groupby("customer_key")
    for rows_of in [list(part.index) for _, part in told if len(part) > 2][:12]:
        first, last = (int(row) for row in (rows_of[-2], rows_of[-1]))
        for row, name in ((first, "《重复 资料》"), (last, "重复资料")):
            hand.type("messaging", "material", row, name)
            hand.type("messaging", "material_type", row, "文献")
        hand.type("messaging", "adoption_stage", first, "3试用")
        hand.type("messaging", "adoption_stage", last, "1了解")
        hand.type("messaging", "product", last, hand.frame("messaging").at[first, "product"])


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((1.0, AS_OF), id="the day the story ends"),
        pytest.param((0.4, date(2026, 2, 14)), id="in the middle of it"),
        pytest.param((0.4, date(2026, 9, 30)), id="long after"),
        pytest.param((0.0, AS_OF), id="with packs"),
    ],
)
def book(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Tables, date]:
    size, day = request.param
    data = new_sample(size=size) if size else _with_packs(tmp_path_factory.mktemp("packs"))
    tables = sheets(refreshed(data, day))
    resolve(tables)
    return tables, day


def _computed(module: str, tables: Tables, day: date) -> Iterator[tuple[Row, Row]]:
    """Rows of a module with what their computed cells should hold."""
    mine = tables[module]
    sales, diary = Sales(tables["targets"], day), rows.Diary(tables, day)
    people = People(tables, day)
    makers: dict[str, Callable[[Row], Row]] = {
        "customers": people.columns,
        "visits": diary.columns,
        "messaging": lambda r: rows.message(r, mine, tables["issues"]),
        "targets": lambda r: sales.columns(r) | {"潜力实现率": potential(r, tables["customers"])},
        "issues": lambda r: rows.issue(r, day),
        "preferences": lambda r: rows.preference(r, day),
    }
    return ((row, makers[module](row)) for row in mine if row["ok"])


@pytest.mark.parametrize(
    "module", ["customers", "visits", "messaging", "targets", "issues", "preferences"]
)
def test_every_computed_cell_is_what_the_domain_says(
    book: tuple[Tables, date], module: str
) -> None:
    tables, day = book
    wrong, seen = [], set()
    for n, (row, wanted) in enumerate(_computed(module, tables, day)):
        for name, value in wanted.items():
            header = name + AUTO
            if header in row:
                seen.add(header)
                if not alike(row[header], value):
                    wrong.append((n + 2, header, row[header], value))
    assert not wrong, f"{len(wrong)} cells, such as {wrong[:10]}"
    computed = {c.zh + AUTO for c in load().modules[module].owned("computed")} - {"校验" + AUTO}
    assert computed & set(tables[module][0]) == seen


def test_most_columns_hold_something(book: tuple[Tables, date]) -> None:
    """A comparison of blanks with blanks would prove nothing."""
    tables, day = book
    if day != AS_OF:
        return
    with_packs = "演进指数" + AUTO in tables["targets"][0]
    blank = {
        f"{module} {header}"
        for module, found in tables.items()
        for header in found[0]
        if str(header).endswith(AUTO) and header != "校验" + AUTO
        and all(r[header] is None for r in found)
    }  # fmt: skip
    repeated = set() if with_packs else {"messaging 重复提供（自动）", "messaging 重复于（自动）"}
    last_day = {"targets 达成状态（自动）", "targets 日均所需（自动）", "targets MAT增长（自动）"}
    assert blank <= repeated | last_day
