"""Faults planted into finished bytes, in every kind of part that is written, as if we had made them."""

from __future__ import annotations

import datetime as dt
import io
import re
from functools import cache
from typing import Any

import pytest

from tests.xlsx.books import altered, sheet, unpacked, written
from tests.xlsx.test_graft import PNG
from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.plain import plain_sheet
from tracker.xlsx.verify import prove

SHEET, BOOK, RELS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def page_of(book: Any, name: str, table: str) -> None:
    """A sheet with something of everything."""
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "num_format": "0.0%", "bg_color": "#FFEE00"})
    italic = book.add_format({"italic": True, "border": 1})
    page.add_table("A1:C4", {"name": table, "columns": [{"header": h} for h in "abc"]})
    page.write_row("A2", ["one", 0.5], bold)
    page.write_row("A3", ["two", 1.5, "three"], italic)
    page.write("A4", "four")
    page.write_formula("E1", "=B2*2", italic, 1)
    page.write_formula("E2", "=B3*2", None, 3)
    page.merge_range("G1:H2", "merged", bold)
    page.conditional_format("B2:B4", {"type": "cell", "criteria": ">", "value": 1, "format": bold})
    page.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})
    page.data_validation("C2:C4", {"validate": "list", "source": ["x", "y"]})
    page.add_sparkline("F2", {"range": f"{name}!B2:B4"})
    page.write_comment("A3", "note")
    page.insert_image("D20", "p.png", {"image_data": io.BytesIO(PNG)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={name}!$B$2:$B$4"})
    page.insert_chart("J3", chart)
    page.print_area("A1:C9")


def _host(book: Any) -> None:
    page_of(book, "S", "Own")
    other = book.add_worksheet("Other")
    other.write("A1", "kept", book.add_format({"font_color": "red"}))
    book.define_name("place", "=Other!$A$1")


CHAIN = '<calcChain xmlns="u"><c r="E1" i="1"/><c r="E2"/></calcChain>'


def with_chain(data: bytes) -> bytes:
    package = Package(data)
    package.write("xl/calcChain.xml", CHAIN.encode())
    package.relate(BOOK, f"{OFFICE}/calcChain", "calcChain.xml")
    package.declare("xl/calcChain.xml", f"{TYPE}calcChain+xml")
    return package.to_bytes()


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


@cache
def planned() -> tuple[Workbook, Compiler, bytes]:
    """A workbook in which everything that can be written is written."""
    first = Workbook(with_chain(written(_host)))
    first.put_sheet("Old", written(lambda b: b.add_worksheet().write("A1", "before")))
    book = Workbook(first.to_bytes())
    cells = book.sheet("S")
    cells.set("B2", 5.5)
    cells.set("E1", "text over a formula")
    cells.set("A5", "five")
    cells.set("D3", dt.date(2026, 6, 30))
    cells.grow_table("Own", 5)
    book.put_sheet("Old", written(lambda b: page_of(b, "Old", "Third")))
    book.put_sheet("New", written(lambda b: page_of(b, "Sheet1", "Second")))
    book.put_plain("Plain", plain_sheet([["a", 1.0], ["b", 2.0]]))
    book.put_last("Last", lambda _: plain_sheet([["x", "y"]]))
    book.set_name("rate", "S!$B$2")
    book.set_property("revision", 7)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    return book, compiler, data


def part_of(name: str, data: bytes) -> str:
    """A part by what it is."""
    new = Workbook(data)
    named = {"replaced": "Old", "grafted": "New", "plain": "Plain", "last": "Last"}
    kind, _, hanging = name.partition(" ")
    if kind not in named:
        return name
    part = new.sheet(named[kind]).part
    if hanging == "rels":
        return f"xl/worksheets/_rels/{part.rpartition('/')[2]}.rels"
    for step in hanging.split("/") if hanging else ():
        found = new.package.related(part, step)
        assert found is not None
        part = found
    return part


SHEETS = ("replaced", "grafted")
EVERY_SHEET = {
    "unknown cell type": (r' t="s"', ' t="zz"'),
    "another cell type": (r' t="s"><v>\d+', ' t="str"><v>1'),
    "dimension behind the cells": (r"(<dimension[^>]*/>)(.*?</sheetData>)", r"\2\1"),
    "style out of range": (r' s="\d+"', ' s="999"'),
    "another style": (r'(<c r="A3" s=")\d+"', r'\g<1>0"'),
    "string out of range": (r't="s"><v>\d+', 't="s"><v>999'),
    "another string": (r'(<c r="A3" [^>]*t="s"><v>)\d+', r"\g<1>0"),
    "cells out of order": (r'(<c r="A2".*?</c>)(<c r="B2".*?</c>)', r"\2\1"),
    "a cell twice": (r'(<c r="A2".*?</c>)', r"\1\1"),
    "a lost cell": (r'<c r="A3".*?</c>', ""),
    "a formula in a value": (r'(<c r="B3"[^>]*>)<v>', r"\1<f>1</f><v>"),
    "rows out of order": (r"(<row .*?</row>)(<row .*?</row>)", r"\2\1"),
    "a lost row": (r'<row r="3".*?</row>', ""),
    "dxf out of range": (r' dxfId="\d+"', ' dxfId="50"'),
    "bad sparkline": (r"x14:sparkline>", "x14:sparklineX>"),
    "smaller rule": (r'(<conditionalFormatting sqref=")B2:B\d', r"\1B2:B3"),
    "wider rule": (r'(<conditionalFormatting sqref=")B2:B\d', r"\1B1:C99"),
    "count of merges": (r'<mergeCells count="1"', '<mergeCells count="2"'),
    "count of validations": (r'<dataValidations count="1"', '<dataValidations count="2"'),
    "count of tables": (r'<tableParts count="1"', '<tableParts count="2"'),
    "lost merge": (r"<mergeCells.*?</mergeCells>", ""),
    "lost drawing": (r"<drawing [^>]*/>", ""),
    "malformed": (r"</sheetData>", ""),
    "undeclared prefix": (r"<pageMargins", "<odd:x/><pageMargins"),
    "something behind the rows": (r"</sheetData>", "<x/></sheetData>"),
}
PLAIN = {
    "unknown cell type": (r"inlineStr", "zz"),
    "another text": (r"<t>\w", "<t>q"),
    "cells out of order": (r'(<c r="A1".*?</c>)(<c r="B1".*?</c>)', r"\2\1"),
    "style out of range": (r'<c r="A1"', '<c r="A1" s="99"'),
    "malformed": (r"</sheetData>", ""),
    "an empty sheet": (r"<row .*</row>", ""),
}
HANGING = {
    "replaced rels": (r"<Relationship [^>]*table[^>]*/>", ""),
    "grafted rels": (r"tables/table\d+", "tables/table1"),
    "replaced drawing": (r"<xdr:row>", "<xdr:row>9"),
    "grafted drawing": (r"</xdr:wsDr>", ""),
    "replaced drawing/chart": (r"\$B\$2", "$B$3"),
    "grafted drawing/chart": (r"'?New'?!", "Other!"),
    "grafted drawing/image": (r"IHDR", "IHDX"),
    "grafted comments": (r"note", "nope"),
    "grafted vmlDrawing": (r"</xml>", ""),
    "grafted table": (r'name="Second"', 'name="Own"'),
    "replaced table": (r' id="\d+" name', ' id="1" name'),
}  # fmt: skip
COUNT = '<tableColumns count="3"', '<tableColumns count="4"'
SHARED: dict[str, dict[str, tuple[str, str]]] = {
    BOOK: {
        "duplicate sheetId": (r'(<sheet name="New" sheetId=")\d+', r"\g<1>1"),
        "a sheet twice": (r"(<sheet [^>]*/>)", r"\1\1"),
        "renamed sheet": (r'name="Other"', 'name="other"'),
        "hidden sheet": (r'(<sheet name="New")', r'\1 state="hidden"'),
        "a shown sheet": (r'(name="Plain"[^>]*) state="hidden"', r"\1"),
        "another part": (r'(name="New"[^>]* r:id=")[^"]*', r"\1rId2"),
        "a sheet of no part": (r'(name="New"[^>]* r:id=")[^"]*', r"\1rId99"),
        "changed name": (r"(>)(Other!\$A\$)1", r"\1\g<2>2"),
        "planned name": (r">S!\$B\$2<", ">S!$B$3<"),
        "lost name": (r'<definedName name="rate".*?</definedName>', ""),
        "added name": (r"</definedNames>", '<definedName name="x">1</definedName></definedNames>'),
        "hidden name": (r'(<definedName name="place")', r'\1 hidden="1"'),
        "name of another sheet": (r' localSheetId="0"', ' localSheetId="1"'),
        "print area of a graft": (r"('?New'?!\$A\$1:\$C\$)9", r"\g<1>8"),
        "no new calculation": (r' fullCalcOnLoad="1"', ""),
        "another tab": (r"<workbookView ", '<workbookView activeTab="1" '),
        "lost properties": (r"<workbookPr[^>]*/>", ""),
        "malformed": (r"</workbook>", ""),
        "undeclared prefix": (r"r:id=", "rr:id="),
    },
    RELS: {
        "dangling": (r"worksheets/sheet1\.xml", "worksheets/sheet99.xml"),
        "to another sheet": (r"worksheets/sheet1\.xml", "worksheets/sheet2.xml"),
        "twice": (r"(<Relationship [^>]*/>)", r"\1\1"),
        "an id twice": (r'Id="rId2"', 'Id="rId1"'),
        "another type": (r"relationships/styles", "relationships/style"),
        "lost": (r"<Relationship [^>]*sharedStrings[^>]*/>", ""),
        "unplanned": (r"(</Relationships>)", rf'<Relationship Id="q" Type="{OFFICE}/x" Target="x"/>\1'),
        "malformed": (r"</Relationships>", ""),
    },
    "[Content_Types].xml": {
        "lost": (r'<Override PartName="/xl/styles.xml"[^>]*/>', ""),
        "lost of a new part": (r'<Override PartName="/xl/charts/chart\d.xml"[^>]*/>', ""),
        "another": (r"sharedStrings\+xml", "styles+xml"),
        "twice": (r'(<Override PartName="/xl/styles.xml"[^>]*/>)', r"\1\1"),
        "lost default": (r'<Default Extension="png"[^>]*/>', ""),
        "malformed": (r"</Types>", ""),
    },
    "_rels/.rels": {
        "dangling": (r"xl/workbook\.xml", "xl/workbook9.xml"),
        "lost": (r"<Relationship [^>]*custom-properties[^>]*/>", ""),
    },
    "xl/styles.xml": {
        **{f"count of {c}": (rf'<{c} count="\d+"', f'<{c} count="77"')
           for c in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
                     "numFmts")},
        "lost format": (r"(<cellXfs[^>]*>)<xf [^>]*/>", r"\1"),
        "another font": (r"<i/>", "<b/>"),
        "font of a graft": (r"(?s)(.*)<b/>", r"\1<i/>"),
        "rule of a graft": (r"(?s)(.*<dxf>.*)<b/?>", r"\1<i/>"),
        "number format of a graft": (r'formatCode="0\.0%"', 'formatCode="0.00%"'),
        "font out of range": (r'(?s)(.*<xf [^>]*fontId=")\d+', r"\g<1>99"),
        "order of the collections": (r"(?s)(<fonts.*?</fonts>)(<fills.*?</fills>)", r"\2\1"),
        "lost styles": (r"<cellStyles.*?</cellStyles>", ""),
        "malformed": (r"</styleSheet>", ""),
    },
    "xl/sharedStrings.xml": {
        "count": (r' count="\d+"', ' count="1"'),
        "uniqueCount": (r'uniqueCount="\d+"', 'uniqueCount="1"'),
        "a text": (r"<t>kept", "<t>lost"),
        "a new text": (r"text over", "text under"),
        "order": (r"(<si>.*?</si>)(<si>.*?</si>)", r"\2\1"),
        "one too many": (r"</sst>", "<si><t>x</t></si></sst>"),
        "its root": (r"<sst ", '<sst a="b" '),
        "malformed": (r"</sst>", ""),
    },
    "xl/tables/table1.xml": {
        "area": (r'ref="A1:C5"', 'ref="A1:C4"'),
        "larger area": (r'ref="A1:C5"', 'ref="A1:C6"'),
        "area of the filter": (r'(<autoFilter ref=")A1:C5', r"\1A1:B5"),
        "count of columns": COUNT,
        "name of a column": (r'name="b"', 'name="bb"'),
        "id": (r' id="1"', ' id="2"'),
        "malformed": (r"</table>", ""),
    },
    "xl/calcChain.xml": {
        "an overwritten formula": (r"<c ", '<c r="E1" i="1"/><c '),
        "a lost formula": (r"<c [^>]*/>", '<c r="Z9" i="1"/>'),
        "malformed": (r"</calcChain>", ""),
    },
    "docProps/custom.xml": {
        "value": (r">7<", ">8<"),
        "malformed": (r"</Properties>", ""),
    },
    "xl/worksheets/sheet2.xml": {"outside the plan": (r"<v>", "<v> ")},
    "xl/charts/chart1.xml": {"outside the plan": (r"\$B\$2", "$B$3")},
    "xl/theme/theme1.xml": {"outside the plan": (r"Office Theme", "Theme")},
}  # fmt: skip
CASES = [
    *((SHEET, f, *EVERY_SHEET[f]) for f in EVERY_SHEET if f != "a formula in a value"),
    *((s, f, *EVERY_SHEET[f]) for s in SHEETS for f in EVERY_SHEET),
    (SHEET, "a planned value", r"5\.5", "5.4"),
    (SHEET, "a planned type", r'(<c r="B2"[^>]*)><v>', r'\1 t="b"><v>'),
    (SHEET, "a planned style", r'(<c r="B2") s="\d+"', r'\1 s="1"'),
    (SHEET, "a planned style out of range", r'(<c r="B2") s="\d+"', r'\1 s="99"'),
    (SHEET, "a new cell's style", r'<c r="A5" t', '<c r="A5" s="1" t'),
    (SHEET, "a new cell's style out of range", r'<c r="A5" t', '<c r="A5" s="99" t'),
    (SHEET, "a date without its format", r'(<c r="D3") s="\d+"', r"\1"),
    (SHEET, "a planned string out of range", r'(<c r="A5" t="s"><v>)\d+', r"\g<1>999"),
    (SHEET, "a planned cell with a formula", r'(<c r="B2"[^>]*>)<v>', r"\1<f>1</f><v>"),
    (SHEET, "smaller dimension", r'(<dimension ref=")[^"]*', r"\1A1:B2"),
    *((s, f, *PLAIN[f]) for s in ("plain", "last") for f in PLAIN),
    *((w, "differs", *fault) for w, fault in HANGING.items()),
    *((s, "count of columns", *COUNT) for s in ("grafted table", "replaced table")),
    *((w, f, *fault) for w, faults in SHARED.items() for f, fault in faults.items()),
]


@pytest.mark.parametrize(
    ("where", "fault", "old", "new"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES]
)
def test_a_planted_fault_is_found(where: str, fault: str, old: str, new: str) -> None:
    book, compiler, data = planned()
    part = part_of(where, data)
    content = unpacked(data)[part]
    spoilt = re.sub(old.encode(), new.encode(), content, count=1, flags=re.S)
    assert spoilt != content, "nothing was planted"
    with pytest.raises(ProofError):
        prove(book, compiler, altered(data, part, content, spoilt))


@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet2.xml", "xl/calcChain.xml", "xl/charts/chart2.xml", "docProps/app.xml",
     "xl/media/image1.png", "xl/worksheets/_rels/sheet1.xml.rels", "docProps/custom.xml"],
)  # fmt: skip
def test_a_lost_part_is_found(part: str) -> None:
    book, compiler, data = planned()
    package = Package(data)
    package.drop(part)
    with pytest.raises(ProofError):
        prove(book, compiler, package.to_bytes())


@pytest.mark.parametrize("part", ["xl/charts/chart9.xml", "odd.bin", "xl/worksheets/sheet9.xml"])
def test_a_part_that_nobody_planned_is_found(part: str) -> None:
    book, compiler, data = planned()
    package = Package(data)
    package.write(part, sheet().encode())
    with pytest.raises(ProofError, match="nobody planned"):
        prove(book, compiler, package.to_bytes())


def test_a_text_that_another_cell_shows_is_not_overwritten() -> None:
    book = Workbook(written(_host))
    at = book.strings.texts.index("kept")
    book.sheet("S").set("B2", "new")
    compiler = Compiler(book)
    compiler.strings._replaced = {at: "new"}
    compiler.strings._index["new"], compiler.strings._added = at, []
    data = compiler.run()
    assert Workbook(data).sheet("Other").get("A1") == "new"
    with pytest.raises(ProofError, match="the text of another cell"):
        prove(book, compiler, data)


def test_a_follower_that_lost_the_owner_of_its_formula_is_found() -> None:
    from tests.xlsx.books import made

    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
        '<row r="2" ht="20"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    book = Workbook(made({"S": sheet(rows)}))
    book.sheet("S").set("A1", 5)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    for old, new in (
        ("<f>B2</f>", '<f t="shared" si="0"/>'),
        ("<f>B2</f>", "<f>B3</f>"),
        (' ht="20"', ""),
        ("</row></sheetData>", "</row><x/></sheetData>"),
        ("<v>2</v></c></row>", "<v>2</v></c><x/></row>"),
    ):
        with pytest.raises(ProofError):
            prove(book, compiler, altered(data, SHEET, old, new))
