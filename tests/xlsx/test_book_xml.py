from __future__ import annotations

import pytest

from tests.xlsx.books import MAIN, OFFICE
from tracker.xlsx import book_xml
from tracker.xlsx.book_xml import DefinedName

BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><bookViews>'
    '<workbookView activeTab="2" firstSheet="1"/></bookViews><sheets><sheet name="A&amp;B" sheetId="3"'
    ' r:id=\'r1\'/><sheet name=\'It>s\' sheetId="5" state="hidden" r:id="r2"></sheet>'
    '<sheet name="C" sheetId="4" r:id="r3"/></sheets><definedNames>'
    '<definedName name="all" comment="a > b">\'It&gt;s\'!$A$1,C!$A$1</definedName>'
    '<definedName name="_xlnm.Print_Area" localSheetId="1">x</definedName>'
    '<definedName name="_xlnm.Print_Area" localSheetId="2" hidden="1">C!$A$1</definedName>'
    '</definedNames><calcPr calcId="1"/></workbook>'
).encode()


def test_sheets_and_dates() -> None:
    assert [(s.name, s.id, s.rel, s.state) for s in book_xml.sheets(BOOK)] == [
        ("A&B", 3, "r1", "visible"), ("It>s", 5, "r2", "hidden"), ("C", 4, "r3", "visible"),
    ]  # fmt: skip
    assert book_xml.is_1904(BOOK)
    assert not book_xml.is_1904(b"<workbook/>")


def test_adding_a_sheet() -> None:
    new = book_xml.add_sheet(BOOK, 'x"<', "r9", "hidden")
    assert book_xml.sheets(new)[-1] == ('x"<', 6, "r9", "hidden")
    bare = b'<x:workbook xmlns:x="purl.oclc.org/ooxml"><x:sheets></x:sheets></x:workbook>'
    new = book_xml.add_sheet(bare, "a", "r1", "visible")
    assert b'<x:sheet name="a" sheetId="1" xmlns:r="http://purl.oclc.org/ooxml/' in new
    assert book_xml.relationship_type(bare, "x").startswith("http://purl.oclc.org/")


def test_dropping_a_sheet_moves_indices_and_marks_references() -> None:
    new = book_xml.drop_sheet(BOOK, "It>s")
    assert [s.name for s in book_xml.sheets(new)] == ["A&B", "C"]
    assert b"</sheet>" not in new
    assert book_xml.names(new) == [
        DefinedName("all", "#REF!$A$1,C!$A$1", None),
        DefinedName("_xlnm.Print_Area", "C!$A$1", 1, hidden=True),
    ]
    assert b'activeTab="1"' in new
    assert b'firstSheet="1"' in new
    rest = book_xml.drop_sheet(book_xml.drop_sheet(new, "C"), "A&B")
    assert [n.text for n in book_xml.names(rest)] == ["#REF!$A$1,#REF!$A$1"]


def test_the_last_local_name_takes_the_list_along() -> None:
    data = (
        b'<workbook><sheets><sheet name="A"/><sheet name="B"/></sheets><definedNames>'
        b'<definedName name="x" localSheetId="0">1</definedName></definedNames></workbook>'
    )
    assert b"definedName" not in book_xml.drop_sheet(data, "A")


def test_setting_names() -> None:
    new = book_xml.set_name(BOOK, "ALL", "1<2")
    assert book_xml.names(new)[0] == DefinedName("all", "1<2", None)
    assert b'comment="a > b"' in new
    new = book_xml.set_name(BOOK, "_xlnm.Print_Area", "y", sheet=1)
    assert [n.text for n in book_xml.names(new)[1:]] == ["y", "C!$A$1"]
    new = book_xml.set_name(BOOK, "n&", "z", hidden=True, sheet=0)
    assert book_xml.names(new)[-1] == DefinedName("n&", "z", 0, hidden=True)


@pytest.mark.parametrize(
    "behind",
    ["", "<definedNames/>", "<calcPr/>", "<mc:AlternateContent/>", "<extLst></extLst>"],
)
def test_a_first_name_and_the_calculation_find_their_places(behind: str) -> None:
    data = f"<workbook><sheets></sheets><functionGroups/>{behind}</workbook>".encode()
    new = book_xml.recalculate_on_load(book_xml.set_name(data, "a", "1"))
    assert new.count(b"<definedNames>") == 1
    assert b"<definedNames/>" not in new
    assert new.index(b"functionGroups") < new.index(b"definedNames") < new.index(b"calcPr")
    assert b"calcPr fullCalcOnLoad" in new
    assert all(new.index(b"calcPr") <= new.index(m) for m in (b"extLst", b"mc:") if m in new)
    assert book_xml.recalculate_on_load(new) is new
