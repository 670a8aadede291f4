from __future__ import annotations

import pytest

from tests.xlsx.books import made, sheet, unpacked
from tracker.xlsx import Workbook
from tracker.xlsx.formulas import has_any, rehome_shared, without_cells
from tracker.xlsx.patch import Overwritten

FOLLOWERS = (
    b"<c r=\"B2\"><f t=\"shared\" si=\"0\"/><v>4</v></c><c s='1' r='B3'> <f si='0' t='shared'></f></c>"
    b'<c r="B4"><f t="shared" si="1"/></c><c r="B5"><f>B1</f></c>'
    b'<c r="B6"><f t="shared" si="0">A9</f></c>'
)
OWNER = b'<f t="shared" ref="B1:B6" si="0">A1*$C$1&amp;"x"</f>'


def in_row(cells: bytes, p: bytes = b"") -> bytes:
    return b'<%bsheetData><%brow r="1">%b</%brow></%bsheetData>' % (p, p, cells, p, p)


def test_followers_get_formulas_of_their_own() -> None:
    assert rehome_shared(in_row(FOLLOWERS), b"", [Overwritten(1, 2, OWNER)]) == in_row(
        b'<c r="B2"><f>A2*$C$1&amp;"x"</f><v>4</v></c>'
        b"<c s='1' r='B3'> <f>A3*$C$1&amp;\"x\"</f></c>"
        b'<c r="B4"><f t="shared" si="1"/></c><c r="B5"><f>B1</f></c>'
        b'<c r="B6"><f>A9</f></c>'
    )


@pytest.mark.parametrize(
    "element", [b"<f>A1</f>", b'<f t="shared" si="0"/>', b'<f t="array" ref="A1">X</f>']
)
def test_other_formulas_have_no_followers(element: bytes) -> None:
    assert rehome_shared(FOLLOWERS, b"", [Overwritten(1, 2, element)]) is FOLLOWERS


@pytest.mark.parametrize("text", [b"B2", b"IFERROR(B9,#CALC!)"])
def test_a_formula_that_cannot_be_moved(text: bytes) -> None:
    data = in_row(b'<x:c r="A1"><x:f t="shared" si="0"/></x:c>', b"x:")
    owner = Overwritten(5, 1, b'<x:f t="shared" si="0" ref="A1:A5">%b</x:f>' % text)
    with pytest.raises(ValueError, match="cannot be moved"):
        rehome_shared(data, b"x:", [owner])


def test_the_chain_loses_cells_and_spells_out_sheets() -> None:
    chain = (
        b'<calcChain><c r="A1" i="2"/><c r="B1"/><c r="C1" l="1"></c><c r="A1" i="1"/></calcChain>'
    )
    assert without_cells(chain, 2, {"A1"}) == (
        b'<calcChain><c r="B1" i="2"/><c r="C1" l="1"></c><c r="A1" i="1"/></calcChain>'
    )
    assert without_cells(chain, 2, {"B1", "C1"}) == (
        b'<calcChain><c r="A1" i="2"/><c r="A1" i="1"/></calcChain>'
    )
    assert without_cells(chain, 2, None) == b'<calcChain><c r="A1" i="1"/></calcChain>'
    assert without_cells(b'<calcChain><c r="A1" i="2"/></calcChain>', 2, None) is None


def test_whether_there_is_a_formula() -> None:
    assert has_any(in_row(b"<f>1</f>"))
    assert has_any(in_row(b"<x:formula/><x:f t='shared'/>", b"x:"))
    assert not has_any(in_row(b"<formula/>"))
    assert not has_any(in_row(b"<f>1</f>", b"x:"))


def test_a_follower_whose_cell_has_no_reference_gets_its_formula_too() -> None:
    def row(formula: str) -> str:
        return f"<row><c/><c/><c/><c>{formula}<v>1</v></c></row>"

    owner, follower = '<f t="shared" ref="D1:D2" si="0">B1+1</f>', '<f t="shared" si="0"/>'
    book = Workbook(made({"S": sheet(row(owner) + row(follower))}))
    book.sheet("S").set("D1", None)
    part = unpacked(book.to_bytes())["xl/worksheets/sheet1.xml"]
    assert b'<c r="D2"><f>B2+1</f><v>1</v></c>' in part
