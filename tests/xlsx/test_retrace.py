from __future__ import annotations

import re

import pytest

from tests.xlsx.books import sheet
from tracker.xlsx.edits import Edits
from tracker.xlsx.retrace import retrace
from tracker.xlsx.scan import RawCell, scan
from tracker.xlsx.values import Put, Value

OLD = '<row r="2" spans="1:2"><c r="A2"><v>1</v></c><c r="C2"><v>3</v></c></row><row r="4"/>'


def holds(_style: int | None, after: RawCell | None, value: Put | Value) -> bool:
    return after is None if value is None else bool(after and after.value == str(value).encode())


def follows(new: str, plan: dict[tuple[int, int], int | None]) -> bool:
    edits = Edits(plan)
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
    assert not retrace(scan(sheet(OLD).encode()), b"<worksheet/>", Edits(), holds)


LONG = "".join(
    f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}" s="1"><v>{r}</v></c><c r="D{r}"><v>0</v></c></row>'
    for r in range(1, 201)
)
PLAN = {(r, 2): r + 1000 for r in range(1, 201)}


def planned(rows: str) -> str:
    return re.sub(r'(<c r="B\d+" s="1"><v>)(\d+)', lambda m: f"{m[1]}{int(m[2]) + 1000}", rows)


def long_follows(new: str, plan: dict[tuple[int, int], int]) -> bool:
    edits = Edits(plan)
    return retrace(scan(sheet(LONG).encode()), sheet(new).encode(), edits, holds)


def test_runs_of_rows_are_retraced_together() -> None:
    assert long_follows(planned(LONG), PLAN)
    new = planned(LONG).replace('<c r="D77">', '<c r="C77"><v>5</v></c><c r="D77">')
    assert long_follows(new, {**PLAN, (77, 3): 5})
    assert not long_follows(new, PLAN)


@pytest.mark.parametrize("row", [1, 57, 64, 65, 200])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A{}"><v>', '<c r="A{}"><v>9'),
        ('<c r="B{}" s="1"><v>', '<c r="B{}" s="1"><v>9'),
        ('<row r="{}">', '<row r="{}" ht="9">'),
        ('<c r="D{}"><v>0</v></c>', ""),
        ('<c r="D{}"><v>0</v></c>', '<c r="D{0}"><v>0</v></c><c r="E{0}"/>'),
        ('<c r="B{}" s="1">', '<c r="B{}" s="1"><f>1</f>'),
    ],
)
def test_one_fault_in_a_run_of_rows(row: int, old: str, new: str) -> None:
    text = planned(LONG)
    assert old.format(row) in text
    assert not long_follows(text.replace(old.format(row), new.format(row)), PLAN)
