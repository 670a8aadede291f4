from __future__ import annotations

import pytest

from tests.xlsx.books import sheet
from tracker.xlsx.retrace import retrace
from tracker.xlsx.scan import RawCell, scan
from tracker.xlsx.values import Put

OLD = '<row r="2" spans="1:2"><c r="A2"><v>1</v></c><c r="C2"><v>3</v></c></row><row r="4"/>'


def holds(_before: RawCell | None, after: RawCell | None, put: Put) -> bool:
    return after is None if put.value is None else bool(after and after.value == b"%d" % put.value)  # type: ignore[str-format]  # whole numbers only


def follows(new: str, plan: dict[tuple[int, int], int | None]) -> bool:
    edits: dict[int, dict[int, Put]] = {}
    for (row, column), value in plan.items():
        edits.setdefault(row, {})[column] = Put(value)
    return retrace(scan(sheet(OLD).encode()), sheet(new).encode(), edits, holds)


@pytest.mark.parametrize(
    ("new", "plan"),
    [
        (OLD, {}),
        (OLD.replace("<v>1<", "<v>5<"), {(2, 1): 5}),
        (OLD.replace('"1:2"', '"1:4"').replace("</row>", '<c r="D2"><v>4</v></c></row>'), {(2, 4): 4}),
        (OLD.replace('<c r="C2', '<c r="B2"><v>2</v></c><c r="C2'), {(2, 2): 2}),
        (OLD.replace('<row r="4"/>', '<row r="4"><c r="A4"><v>7</v></c></row>'), {(4, 1): 7}),
        ('<row r="1"><c r="B1"><v>9</v></c></row>' + OLD, {(1, 2): 9}),
        (OLD + '<row r="5"><c r="B5"><v>9</v></c></row>', {(5, 2): 9}),
        (OLD, {(4, 1): None, (3, 1): None}),
    ],
)  # fmt: skip
def test_what_follows_the_plan(new: str, plan: dict[tuple[int, int], int | None]) -> None:
    assert follows(new, plan)


@pytest.mark.parametrize(
    ("new", "plan"),
    [
        (OLD.replace("<v>1<", "<v>5<"), {}),
        (OLD.replace("<v>1<", "<v>5<"), {(2, 1): 6}),
        (OLD.replace("<v>1<", "<v>5<").replace("<v>3<", "<v>4<"), {(2, 1): 5}),
        (OLD.replace("<v>1<", "<v>5<").replace("spans", "ht"), {(2, 1): 5}),
        (OLD.replace("<v>1<", "<v>5<") + "<row/>", {(2, 1): 5}),
        (OLD.replace("<v>1<", "<v>5<").replace("</row>", "<x/></row>"), {(2, 1): 5}),
        (OLD.replace("A2", "A3").replace("<v>1<", "<v>5<"), {(2, 1): 5}),
        (OLD, {(4, 1): 7}),
        (OLD, {(3, 1): 7}),
        (OLD + '<row r="5"><c r="C5"><v>9</v></c></row>', {(5, 2): 9}),
        (OLD + '<row r="5"><c r="B5"><v>9</v></c><x/></row>', {(5, 2): 9}),
        ("<row/>" + OLD, {(1, 1): None}),
    ],
)
def test_what_does_not(new: str, plan: dict[tuple[int, int], int | None]) -> None:
    assert not follows(new, plan)


def test_a_sheet_without_its_data() -> None:
    assert not retrace(scan(sheet(OLD).encode()), b"<worksheet/>", {}, holds)
