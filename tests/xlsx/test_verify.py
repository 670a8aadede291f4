from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.xlsx.books import altered, made, sheet, written
from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.verify import prove

ROWS = (
    '<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c></row>'
)
CELLS = "xl/worksheets/sheet1.xml"
OTHER = "xl/worksheets/sheet2.xml"
BOOK = "xl/workbook.xml"
TEXTS = '<sst xmlns="u" count="1" uniqueCount="2"><si><t>old</t></si><si><t>more</t></si></sst>'


def planned() -> Workbook:
    tail = (
        '<conditionalFormatting sqref="A1:A3"><cfRule type="x"/></conditionalFormatting>'
        '<mergeCells><mergeCell ref="F1:G2"/></mergeCells>'
    )
    behind = (
        '<definedNames><definedName name="n">S!$A$1</definedName>'
        '<definedName name="l" localSheetId="1">T!$A$1</definedName></definedNames>'
    )
    book = Workbook(
        made(
            {"S": sheet(ROWS, head='<dimension ref="A1:B3"/>', tail=tail), "T": sheet(ROWS)},
            strings=TEXTS, behind=behind, parts={"docProps/odd.bin": b"x", "xl/theme.xml": "<t/>"},
            rels={"theme": "theme.xml"},
        )
    )  # fmt: skip
    book.sheet("S").set("A1", 5)
    book.sheet("S").set("C2", "new")
    book.put_sheet("G", written(lambda b: b.add_worksheet().write(0, 0, "text")))
    return book


def spoilt(old: str, new: str, part: str) -> Callable[[bytes], bytes]:
    return lambda data: altered(data, part, old, new)


def without(part: str) -> Callable[[bytes], bytes]:
    def drop(data: bytes) -> bytes:
        package = Package(data)
        package.drop(part)
        return package.to_bytes()

    return drop


def moved(data: bytes) -> bytes:
    """The same parts, one of them dropped and added again at the end."""
    package = Package(data)
    content = package.read("docProps/odd.bin")
    package.drop("docProps/odd.bin")
    twin = Package(package.to_bytes())
    twin.write("docProps/odd.bin", content)
    return twin.to_bytes()


FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "lost part": (without("docProps/odd.bin"), "odd.bin is gone"),
    "lost sheet": (without(OTHER), "sheet2.xml"),
    "moved part": (moved, "order of the parts"),
    "changed part": (spoilt("<t/>", "<u/>", "xl/theme.xml"), "theme.xml changed"),
    "changed cell elsewhere": (spoilt("<v>2</v>", "<v>3</v>", OTHER), "sheet2.xml changed"),
    "changed cell": (spoilt("<v>2</v>", "<v>3</v>", CELLS), "S!B1 changed"),
    "changed formula": (spoilt("A1*2", "A1*3", CELLS), "S!B1 changed"),
    "lost cell": (spoilt('<c r="A3" t="s"><v>0</v></c>', "", CELLS), "S!A3 changed"),
    "added cell": (spoilt('<row r="3">', '<row r="3"><c r="@3"/>', CELLS), "out of order|changed"),
    "wrong value": (spoilt("<v>5</v>", "<v>6</v>", CELLS), "S!A1 does not read back"),
    "wrong type": (spoilt('s="2"><v>5', 's="2" t="b"><v>5', CELLS), "S!A1 does not read back"),
    "lost format": (spoilt(' s="2"', "", CELLS), "S!A1 does not read back"),
    "lost planned cell": (spoilt("<v>5</v>", "", CELLS), "S!A1 does not read back"),
    "cells out of order": (spoilt('<c r="B1">', '<c r="A1"/><c r="B1">', CELLS), "twice|order"),
    "rows out of order": (spoilt('<row r="2">', '<row r="9">', CELLS), "rows out of order"),
    "head": (spoilt("<dimension", "<sheetPr/><dimension", CELLS), "before the rows"),
    "smaller dimension": (spoilt("A1:C3", "A1:C2", CELLS), "before the rows"),
    "tail": (spoilt('type="x"', 'type="y"', CELLS), "behind the rows"),
    "smaller rule": (spoilt('sqref="A1:A3"', 'sqref="A2:A3"', CELLS), "behind the rows"),
    "odd rule": (spoilt('sqref="A1:A3"', 'sqref="A:A"', CELLS), "behind the rows"),
    "malformed": (spoilt("</worksheet>", "</worksheets>", CELLS), "behind the rows"),
    "shared string": (spoilt("<t>old</t>", "<t>odd</t>", "xl/sharedStrings.xml"), "shared strings"),
    "string count": (spoilt('uniqueCount="4"', 'uniqueCount="9"', "xl/sharedStrings.xml"), "count"),
    "new string": (spoilt("<t>new</t>", "<t>neu</t>", "xl/sharedStrings.xml"), "S!C2 does not"),
    "no strings": (without("xl/sharedStrings.xml"), "sharedStrings"),
    "no styles": (without("xl/styles.xml"), "styles"),
    "defined name": (spoilt(">S!$A$1<", ">S!$A$2<", BOOK), "defined name n"),
    "local name": (spoilt(' localSheetId="1"', "", BOOK), "defined name l"),
    "renamed sheet": (spoilt('name="T"', 'name="U"', BOOK), "sheets of the workbook"),
    "workbook": (spoilt("</workbook>", "<extLst/></workbook>", BOOK), "workbook part"),
    "relationship": (
        spoilt('/theme"', '/style"', "xl/_rels/workbook.xml.rels"), "entries are gone",
    ),
    "content type": (spoilt("/xl/styles.xml", "/xl/style.xml", "[Content_Types].xml"), "the content type"),
    "string out of range": (
        spoilt('<c r="A1" t="s"><v>3</v>', '<c r="A1" t="s"><v>99</v>', "xl/worksheets/sheet3.xml"),
        "index 99 does not mean",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    spoil, why = FAULTS[fault]
    book = planned()
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    with pytest.raises(ProofError, match=why):
        prove(book, compiler, spoil(data))


def test_a_dropped_style_and_a_wrong_count_are_found() -> None:
    import datetime as dt

    book = planned()
    book.sheet("S").set("D1", dt.date(2026, 1, 1))
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    first = '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    for old, new, why in (
        (first, "", "styles: "),
        ('cellXfs count="4"', 'cellXfs count="5"', "styles: count of cellXfs"),
    ):
        with pytest.raises(ProofError, match=why):
            prove(book, compiler, altered(data, "xl/styles.xml", old, new))


def test_a_lost_relationship_of_a_generated_sheet_is_found() -> None:
    from tests.xlsx.test_graft import summary

    book = planned()
    book.put_sheet("G", written(summary))
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    chart = altered(data, "xl/drawings/_rels/drawing1.xml.rels", "chart1.xml", "chart9.xml")
    with pytest.raises(ProofError, match=r"chart9\.xml is not there"):
        prove(book, compiler, chart)


def test_a_cell_in_a_guarded_area_is_found() -> None:
    from tracker.xlsx.values import Put

    book = planned()
    book.sheet("S").put(2, 7, Put(1))
    compiler = Compiler(book)
    with pytest.raises(ProofError, match="S!G2 is not free"):
        prove(book, compiler, compiler.run())


def test_after_a_drop_the_other_names_are_still_looked_at() -> None:
    book = planned()
    book.drop_sheet("S")
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    with pytest.raises(ProofError, match="defined name l"):
        prove(book, compiler, altered(data, BOOK, "T!$A$1", "T!$A$2"))
