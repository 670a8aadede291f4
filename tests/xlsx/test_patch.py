from __future__ import annotations

import pytest

from tests.xlsx.books import STYLES, sheet
from tracker.xlsx.edits import Edits
from tracker.xlsx.encode import Encoder
from tracker.xlsx.guarded import Guarded
from tracker.xlsx.patch import Overwritten, patch, stretches
from tracker.xlsx.scan import scan
from tracker.xlsx.strings import SharedStrings, StringPlan
from tracker.xlsx.styles import Styles


def patched(xml: str, cells: dict[tuple[int, int], float | None]) -> tuple[str, list[Overwritten]]:
    found = scan(xml.encode())
    plan = StringPlan(SharedStrings(None), [], ())
    encoder = Encoder(found.prefix, Styles(STYLES.encode()), plan, date1904=False)
    edits = Edits(cells)
    data, gone = patch(found, edits, encoder.cell)
    return data.decode(), gone


def rows(xml: str, cells: dict[tuple[int, int], float | None]) -> str:
    return patched(sheet(xml), cells)[0].split("<sheetData>")[1].split("</sheetData>")[0]


def test_cells_and_rows_find_their_places() -> None:
    old = '<row r="2" spans="2:2" ht="20"><c r="B2" s="1"><v>1</v></c></row><row r="5"/>'
    new = rows(old, {(2, 1): 1, (2, 2): 2, (2, 4): 4, (1, 1): 0, (5, 1): 5, (4, 1): 3, (9, 2): 9})
    assert new == (
        '<row r="1"><c r="A1"><v>0</v></c></row>'
        '<row r="2" spans="1:4" ht="20"><c r="A2"><v>1</v></c><c r="B2" s="1"><v>2</v></c>'
        '<c r="D2"><v>4</v></c></row>'
        '<row r="4"><c r="A4"><v>3</v></c></row><row r="5"><c r="A5"><v>5</v></c></row>'
        '<row r="9"><c r="B9"><v>9</v></c></row>'
    )


def test_clearing_keeps_the_format_and_makes_nothing_of_nothing() -> None:
    old = '<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"/>'
    new = rows(old, {(1, 1): None, (1, 2): None, (2, 1): None, (3, 1): None})
    assert new == '<row r="1"><c r="A1" s="2"/></row><row r="2"/>'


def test_new_cells_take_the_format_of_row_or_column() -> None:
    xml = sheet(
        '<row r="1" s="2" customFormat="1"/><row r="2" s="2"/>',
        head='<dimension ref="A1"/><cols><col min="2" max="3" style="1"/></cols>',
    )
    new = patched(xml, {(1, 2): 1, (2, 2): 1, (2, 4): 1, (7, 3): 1})[0]
    assert '<c r="B1" s="2">' in new
    assert '<c r="B2" s="1">' in new
    assert '<c r="D2">' in new
    assert '<c r="C7" s="1">' in new
    assert '<dimension ref="A1:D7"/>' in new


@pytest.mark.parametrize("ref", ["", "A:B"])
def test_a_dimension_that_is_none_stays(ref: str) -> None:
    xml = sheet('<row r="1"/>', head=f'<dimension ref="{ref}"/>')
    assert f'<dimension ref="{ref}"/>' in patched(xml, {(1, 1): 1})[0]


def test_what_follows_the_cells_of_a_row_stays_behind_them() -> None:
    old = '<row r="1"> <c r="A1"><v>1</v></c><extLst><ext/></extLst></row>'
    assert rows(old, {(1, 3): 3}) == (
        '<row r="1"> <c r="A1"><v>1</v></c><c r="C1"><v>3</v></c><extLst><ext/></extLst></row>'
    )


def test_only_the_edited_row_gets_references() -> None:
    old = '<row r="1"><c><v>1</v></c></row><row r="2"><c><v>2</v></c><c><v>3</v></c></row>'
    assert rows(old, {(2, 1): 9}) == (
        '<row r="1"><c><v>1</v></c></row><row r="2"><c r="A2"><v>9</v></c>'
        '<c r="B2"><v>3</v></c></row>'
    )


def test_overwritten_formulas_are_told() -> None:
    old = '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A3">B1</f><v>1</v></c></row>'
    _, gone = patched(sheet(old), {(1, 1): 9})
    assert gone == [Overwritten(1, 1, b'<f t="shared" si="0" ref="A1:A3">B1</f>')]


@pytest.mark.parametrize(
    "old",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
    ],
)
def test_disorder_is_refused(old: str) -> None:
    with pytest.raises(ValueError, match="out of order"):
        rows(old, {(1, 1): 1, (1, 2): 2})


def test_a_cell_that_is_there_is_replaced_whatever_stands_around_it() -> None:
    old = '<row r="1"><c r="C1"/><c  r="D1"/><c r="A1"><v>1</v></c><x/></row>'
    assert rows(old, {(1, 1): 2}) == old.replace("<v>1</v>", "<v>2</v>")


def test_areas_that_no_single_cell_may_be_set_in() -> None:
    xml = sheet(
        '<row r="1"><c r="A1"><f t=\'array\' ref="A1:A3">B1:B3</f></c>'
        '<c r="D1"><f t="array" ref="D1">X</f></c></row>',
        tail='<mergeCells><mergeCell ref="C5:D900"/><mergeCell ref="E1:F2"/></mergeCells>',
    )
    areas = Guarded(scan(xml.encode()))
    assert areas.at(1, 1) == areas.at(3, 1) == "array"
    assert areas.at(5, 3) is None
    assert areas.at(800, 4) == areas.at(2, 6) == "merge"
    assert areas.at(1, 4) is None
    assert not Guarded(scan(sheet().encode()))


def test_rows_done_together_and_those_that_cannot_be_come_out_alike() -> None:
    def row(n: int) -> str:
        odd = ' x="1"' if n % 50 == 7 else ""
        first = "" if n % 40 == 3 else f'<c r="A{n}"{odd} s="1"><v>{n}</v></c>'
        formula = "<f>A1</f>" if n % 30 == 5 else ""
        return f'<row r="{n}">{first}<c r="B{n}">{formula}<v>0</v></c><c r="D{n}"/></row>'

    old = "".join(row(n) for n in range(1, 201))
    plan: dict[tuple[int, int], float | None] = {(n, 1): n + 0.5 for n in range(1, 201)}
    plan |= {(n, 2): 7 for n in range(1, 150)} | {(n, 4): 9 for n in range(60, 70)}
    together, gone = patched(sheet(old), plan)
    assert [o.row for o in gone] == [5, 35, 65, 95, 125]
    one_by_one = sheet(old)
    for place, value in plan.items():
        one_by_one, _ = patched(one_by_one, {place: value})
    assert together == one_by_one


def test_planned_rows_in_runs() -> None:
    edits = Edits({(n, c): n for n in [9, 3, 2, *range(100, 300)] for c in (2, 1)})
    runs = list(stretches(edits))
    places = [(row, column) for run in runs for row, columns, _ in run for column in columns]
    assert places == sorted(edits)
    assert runs[:2] == [[(2, [1, 2], [2, 2]), (3, [1, 2], [3, 3])], [(9, [1, 2], [9, 9])]]
    rows = [[plan[0] for plan in run] for run in runs]
    assert all(run == list(range(run[0], run[-1] + 1)) and len(run) <= 32 for run in rows)
    assert max(map(len, rows)) == 32


def test_another_tail() -> None:
    found = scan(sheet('<row r="1"/>', tail="<a/>").encode())
    data, _ = patch(found, Edits(), lambda *_: b"", b"</sheetData><b/></worksheet>")
    assert data == found.head + b'<row r="1"/></sheetData><b/></worksheet>'
