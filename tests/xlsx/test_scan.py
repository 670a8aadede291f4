from __future__ import annotations

from dataclasses import replace

import pytest

from tests.xlsx.books import MAIN, sheet
from tracker.xlsx.scan import (
    ascending,
    cells_of,
    columns_of,
    last_column,
    numbered_cells,
    plain_cells,
    scan,
    told,
    told_cell,
)


def test_rows_are_located_and_cells_found() -> None:
    rows = '<row r="2"><c r="B2" s="3" t="s"><v>7</v></c><c r="D2" s="1"/></row><row r="5"/>'
    found = scan(sheet(rows, head="<cols/>", tail="<x/>").encode())
    assert list(found.rows) == [2, 5]
    assert found.head.endswith(b"<sheetData>")
    assert found.tail.startswith(b"</sheetData><x/>")
    b, d = found.cells(found.rows[2])
    assert (b.column, b.style, b.kind, b.formula, b.value) == (2, 3, b"s", False, b"7")
    assert (d.column, d.style, d.kind, d.value) == (4, 1, b"n", None)
    assert found.cells(found.rows[5]) == []
    assert found.cells(found.rows[2]) is found.cells(found.rows[2])


@pytest.mark.parametrize(
    "row",
    [
        "<row r='2'><c s='1' r='A2'><v>1</v></c></row>",
        '<row spans="1:1" r="2">\n <c r="A2" s="1">\n<f>B2</f>\n<v>1</v></c>\n</row>',
        '<row r="2"><c r="A2" s="1"><v xml:space="preserve">1</v></c></row>',
        '<row r="2"><c\tr="a2"\ts="1"><v>1</v></c></row>',
        '<row r="2"><c r="A2" s="1" cm="1"><f t="array" ref="A2">B2</f><v>1</v></c></row>',
    ],
)
def test_other_ways_to_write_the_same_cell(row: str) -> None:
    found = scan(sheet(row).encode())
    (cell,) = found.cells(found.rows[2])
    assert (cell.column, cell.style, cell.value) == (1, 1, b"1")


def test_rows_without_numbers_get_them() -> None:
    found = scan(sheet("<row><c><v>1</v></c></row><row r='4'/><row/>").encode())
    assert list(found.rows) == [1, 4, 5]
    assert b'<row r="5"/>' in found.data


def test_cells_without_references_are_counted_on() -> None:
    body = b'<c><v>1</v></c><c r="D3"><v>2</v></c><c t="str"><v>3</v></c>'
    assert [c.column for c in cells_of(body, b"")] == [1, 4, 5]
    numbered = numbered_cells(body, b"", 3)
    assert numbered == (
        b'<c r="A3"><v>1</v></c><c r="D3"><v>2</v></c><c t="str" r="E3"><v>3</v></c>'
    )
    assert numbered_cells(numbered, b"", 3) is not body
    plain = b'<c r="A3"><v>1</v></c>'
    assert numbered_cells(plain, b"", 3) is plain


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_an_empty_sheet_is_opened(data: str) -> None:
    found = scan(b"<worksheet>" + data.encode() + b"</worksheet>")
    assert found.rows == {}
    assert found.data == b"<worksheet><sheetData></sheetData></worksheet>"


def test_a_prefixed_sheet() -> None:
    data = b'<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    found = scan(data)
    assert found.prefix == b"x:"
    assert found.cells(found.rows[1])[0].value == b"1"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ('<row r="1"/><row r="1"/>', "twice"),
        ('<x:row r="1"/>', "two namespace prefixes"),
        ('<row r="1"><c r="A1"></row>', "no cell"),
        ('<row r="1"><c r="A1"/>', "not closed"),
        (f'<row r="{10**30}"/>', "a row with the number 10"),
        ('<row r="31><c t="inlineStr"/></row>', "cannot be numbered"),
    ],
)
def test_sheets_that_cannot_be_followed(rows: str, why: str) -> None:
    def read() -> None:
        found = scan(sheet(rows + "<row r='9'><b/><c r='A9'/></row>").encode())
        found.cells(found.rows[9])

    with pytest.raises(ValueError, match=why):
        read()


MIXED = (
    f'<x:worksheet xmlns:x="{MAIN}" xmlns="{MAIN}"><x:sheetData>{{}}</x:sheetData></x:worksheet>'
)


@pytest.mark.parametrize(
    "row",
    [
        '<c r="A1"><v>5</v></c>',
        '<x:c r="A1"><x:v>6</x:v></x:c><c r="B1"><v>5</v></c>',
        '<x:c r="A1"><v>5</v></x:c>',
        '<x:c r="A1"><f>B1</f><x:v>5</x:v></x:c>',
    ],
)
def test_cells_of_another_prefix_are_not_passed_over(row: str) -> None:
    with pytest.raises(ValueError, match="cells of two namespace prefixes"):
        scan(MIXED.format(f'<x:row r="1">{row}</x:row>').encode())
    plain = MIXED.format('<x:row r="1"><x:c r="A1"><x:v>6</x:v></x:c></x:row>').encode()
    assert len(scan(plain).rows) == 1


def test_a_text_that_looks_like_the_prefix_of_a_row_is_a_text() -> None:
    found = scan(sheet('<row r="1"><c r="A1" t="str"><v>a:row 5</v></c></row>').encode())
    assert found.cells(found.rows[1])[0].value == b"a:row 5"


def test_the_reader_says_what_is_raised_for_a_row_that_cannot_be_told_apart() -> None:
    found = replace(scan(sheet('<row r="1"><x/><c r="A1"/></row>').encode()), refusal=LookupError)
    with pytest.raises(LookupError, match="no cell"):
        found.cells(found.rows[1])


def test_no_worksheet() -> None:
    with pytest.raises(ValueError, match="sheetData"):
        scan(b"<chartsheet/>")


def test_only_so_many_rows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.xlsx.scan._REMEMBERED", 2)
    found = scan(sheet("".join(f'<row r="{n}"/>' for n in range(1, 6))).encode())
    for row in found.rows.values():
        found.cells(row)
    assert len(found.seen) == 2


def test_rows_out_of_order_are_found_and_stand_as_they_stood() -> None:
    found = scan(sheet('<row r="5"><c r="A5"/></row><row r="2"/><row r="9"/>').encode())
    assert list(found.rows) == [5, 2, 9]
    assert not found.rows.in_order
    assert [c.column for c in found.cells(found.rows[5])] == [1]
    assert found.rows.get(3) is found.rows.get(10) is None
    assert scan(sheet('<row r="2"/><row r="5"/>').encode()).rows.in_order


def test_what_stands_behind_a_row() -> None:
    found = scan(sheet("".join(f'<row r="{n}"/>' for n in (2, 3, 4, 7))).encode())
    assert found.rows.behind(4, 0) == found.rows.behind(5, 0) == found.rows[7].start
    assert found.rows.behind(7, found.last) == found.last


def test_plain_cells_of_some_columns() -> None:
    row = (
        b'<row><c r="A1"/><c r="AA1" s="2" t="s"><v>7</v></c> <c r="B1"><f>A1</f><v>1</v></c>'
        b'<c r="C1" t="inlineStr"><is><t>x</t></is></c><c r="D1"></c></row>'
    )
    found = plain_cells(b"", [1, 2, 3, 27]).findall(row)
    assert [cell[1:] for cell in found] == [(b"A1", b"", b"", b""), (b"AA1", b"2", b"s", b"7")]


SAID = [
    b' s="3"/>', b"><v>1</v></c>", b' s="2" t="s"><v>12</v></c>', b"><f>A1</f><v>2</v></c>",
    b' t="inlineStr"><is><t xml:space="preserve"> a</t></is></c>', b' t="str"><f/><v>x</v></c>',
]  # fmt: skip


def test_what_a_cell_says_is_all_behind_its_reference() -> None:
    body = b"".join(b'<c r="%c9"%b' % (65 + i, said) for i, said in enumerate(SAID))
    parts = told_cell(b"").split(body)
    assert parts[2::3] == SAID
    assert not any(parts[::3])
    whole = [c._replace(column=0, start=0, end=0) for c in cells_of(body, b"")]
    assert [told(s, b"")._replace(column=0, start=0, end=0) for s in SAID] == whole


@pytest.mark.parametrize("body", [b'<c r="A1"><f>1</f></c>', b'<c r="A1" s="1"></c>', b"<x/>"])
def test_a_row_that_is_not_told_shows_a_gap(body: bytes) -> None:
    assert any(told_cell(b"").split(body)[::3])


def test_what_is_no_cell_is_not_told() -> None:
    with pytest.raises(ValueError, match="no cell"):
        told(b' s="1">', b"")


def test_the_last_column_of_a_row_that_ends_with_a_cell() -> None:
    body = b'<c r="A1"/><x/><c r="AB1"><v>1</v></c>'
    assert last_column(body, b"") == 28
    assert last_column(body + b"<x/>", b"") == last_column(b"", b"") == 16_385
    assert columns_of(body, b"") is None


def test_columns_in_their_order() -> None:
    assert ascending((1, 2, 9))
    assert ascending(())
    assert not ascending((1, 1))
    assert not ascending((2, 1))
