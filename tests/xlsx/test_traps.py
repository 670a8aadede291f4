"""Traps that other patchers fell into: what must come out, by three readers."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import python_calamine

from tests.xlsx.books import (
    MAIN,
    OFFICE,
    STYLES,
    altered,
    content_types,
    made,
    moment,
    packed,
    relations,
    sheet,
    unpacked,
    written,
)
from tracker.errors import UnsuitableFileError
from tracker.xlsx import Workbook
from tracker.xlsx.refs import cell
from tracker.xlsx.values import Value

PART = "xl/worksheets/sheet1.xml"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
RELS_DEFAULT = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/>'
)


def after(data: bytes, **values: Value) -> bytes:
    book = Workbook(data)
    for where, value in values.items():
        book.sheet("S").set(where, value)
    new = book.to_bytes()
    assert [n for n in unpacked(data) if n not in unpacked(new)] in ([], ["xl/calcChain.xml"])
    return new


def by_calamine(data: bytes, name: str = "S") -> dict[tuple[int, int], Any]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v != ""}


def shows(data: bytes, **values: Any) -> None:
    """All three readers see these values."""
    ours, third = Workbook(data).sheet("S"), by_calamine(data)
    theirs = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["S"]
    for where, value in values.items():
        assert ours.get(where) == value
        assert theirs[where].value == value
        assert third.get(cell(where)) == value


def formula(data: bytes, where: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))["S"][where].value


def shared_column(prefix: str = "") -> str:
    p = prefix
    return "".join(
        f'<{p}row r="{r}"><{p}c r="A{r}"><{p}v>{r}</{p}v></{p}c><{p}c r="B{r}">'
        + (
            f'<{p}f t="shared" ref="B1:B4" si="0">A1*$A$1+SUM(A$1:A1)</{p}f>'
            if r == 1
            else f'<{p}f t="shared" si="0"/>'
        )
        + f"<{p}v>{r * 2}</{p}v></{p}c></{p}row>"
        for r in range(1, 5)
    )


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_the_owner_of_a_shared_formula_is_overwritten(prefix: str) -> None:
    xml = sheet(shared_column())
    if prefix:
        inside = f"<x:sheetData>{shared_column(prefix)}</x:sheetData>"
        xml = f'<x:worksheet xmlns:x="{MAIN}">{inside}</x:worksheet>'
    chain = "".join(f'<c r="B{r}" i="1"/>' for r in range(1, 5))
    data = made(
        {"S": xml}, rels={"calcChain": "calcChain.xml"},
        parts={"xl/calcChain.xml": f'<calcChain xmlns="{MAIN}">{chain}</calcChain>'},
    )  # fmt: skip
    new = after(data, B1=99.0, B3="x")
    shows(new, B1=99, B2=4, B3="x", B4=8)
    assert formula(new, "B2") == "=A2*$A$1+SUM(A$1:A2)"
    assert formula(new, "B4") == "=A4*$A$1+SUM(A$1:A4)"
    left = unpacked(new)["xl/calcChain.xml"]
    assert [f'r="B{r}"'.encode() in left for r in range(1, 5)] == [False, True, False, True]
    assert b't="shared"' not in unpacked(new)[PART]


def test_a_follower_is_overwritten_and_the_others_still_follow() -> None:
    new = after(made({"S": sheet(shared_column())}), B3=7)
    assert unpacked(new)[PART].count(b't="shared"') == 3
    assert formula(new, "B4") == "=A4*$A$1+SUM(A$1:A4)"
    shows(new, B3=7, B4=8)


def test_a_sheet_without_references() -> None:
    rows = "".join(f"<row><c><v>{a}</v></c><c><v>{b}</v></c></row>" for a, b in ((1, 2), (3, 4)))
    new = after(made({"S": sheet(rows)}), B2=99, D1="far", A4=7)
    shows(new, A1=1, B1=2, A2=3, B2=99, D1="far", A4=7)
    assert by_calamine(new)[(4, 1)] == 7


@pytest.mark.parametrize("where", ["A1", "A2", "A3"])
def test_a_part_of_an_array_is_refused_and_a_single_one_is_not(where: str) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A3">B1:B3*2</f><v>0</v></c>'
        '<c r="C1"><f t="array" ref="C1">SUM(B1:B3)</f><v>5</v></c></row>'
        '<row r="2"><c r="A2"><v>0</v></c></row><row r="3"><c r="A3"><v>0</v></c></row>'
    )
    data = made({"S": sheet(rows)})
    with pytest.raises(ValueError, match="array"):
        after(data, **{where: 99})
    new = after(data, C1=99)
    shows(new, C1=99, A2=0)
    assert b'<f t="array" ref="A1:A3">B1:B3*2</f><v>0</v>' in unpacked(new)[PART]


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("calc", ["", '<calcPr calcId="191029" calcMode="manual"/>'])
def test_a_cell_that_formulas_read_lets_them_be_calculated_afresh(
    elsewhere: bool, calc: str
) -> None:
    reader = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>S!A1*10</f><v>10</v></c></row>'
    sheets = {"S": sheet(ONE), "T": sheet(reader)} if elsewhere else {"S": sheet(reader)}
    data = made(sheets, behind=calc)
    new = unpacked(after(data, A1=99))
    assert b'fullCalcOnLoad="1"' in new["xl/workbook.xml"]
    assert (b'calcMode="manual"' in new["xl/workbook.xml"]) is bool(calc)
    assert b"<f>S!A1*10</f><v>10</v>" in b"".join(new.values())
    shows(after(data, A1=99), A1=99)


def test_nothing_is_calculated_where_there_is_no_formula() -> None:
    data = made({"S": sheet(ONE)})
    assert unpacked(after(data, A1=2))["xl/workbook.xml"] == unpacked(data)["xl/workbook.xml"]


@pytest.mark.parametrize(
    "text",
    ["_x0041_ \x07 <é>", " lead", "trail ", "a\nb", "a\tb", "_x005F_", "_x000d_", "=1+1", "'", "\u3000",
     "]]>", "&amp;", "\U0001f469\u200d\U0001f467", "\u200fעב", "%x%", "1", "TRUE", "#N/A"],
)  # fmt: skip
def test_text_stays_text(text: str) -> None:
    new = after(made({"S": sheet(ONE)}), A1=text)
    assert Workbook(new).sheet("S").get("A1") == text
    assert by_calamine(new)[(1, 1)] == text
    theirs = openpyxl.load_workbook(io.BytesIO(new))["S"]["A1"]
    assert theirs.data_type == "s"
    if "\x07" not in text and "_x" not in text:  # it does not undo escapes
        assert theirs.value == text


def test_a_package_without_a_default_for_relationships() -> None:
    data = altered(made({"S": sheet(ONE)}), "[Content_Types].xml", RELS_DEFAULT, "")
    shows(after(data, A1="x", B1=2), A1="x", B1=2)


def test_relationship_ids_whose_prefix_is_declared_on_the_child() -> None:
    parts = unpacked(made({"S": sheet(ONE)}))
    book = f'<workbook xmlns="{MAIN}"><sheets><sheet name="S" sheetId="1" rel:id="rId1" xmlns:rel="{OFFICE}"/>'
    data = packed({**parts, "xl/workbook.xml": f"{book}</sheets></workbook>"})
    book_ = Workbook(data)
    book_.sheet("S").set("A1", "x")
    book_.put_sheet("G", written(lambda b: b.add_worksheet().write(0, 0, "grafted")))
    new = book_.to_bytes()
    shows(new, A1="x")
    assert by_calamine(new, "G") == {(1, 1): "grafted"}
    assert openpyxl.load_workbook(io.BytesIO(new))["G"]["A1"].value == "grafted"


@pytest.mark.parametrize(
    "root", [f'<styleSheet xmlns="{MAIN}"/>', f'<x:styleSheet xmlns:x="{MAIN}"/>']
)
def test_a_style_sheet_that_is_nothing_but_its_root(root: str) -> None:
    new = after(made({"S": sheet(ONE)}, styles=root), A2=dt.date(2026, 6, 30), A1=5)
    assert Workbook(new).sheet("S").get("A2") == moment(2026, 6, 30)
    assert by_calamine(new)[(2, 1)] == dt.date(2026, 6, 30)
    if not root.startswith("<x:"):  # openpyxl knows no prefix there
        shows_date = openpyxl.load_workbook(io.BytesIO(new))["S"]["A2"]
        assert shows_date.value == moment(2026, 6, 30)


def test_styles_under_another_name() -> None:
    data = made(
        {"S": sheet('<row r="1"><c r="A1" s="1"><v>46000</v></c></row>')}, styles=None,
        parts={"xl/Formats/book.STYLES.xml": STYLES}, rels={"styles": "/xl/formats/Book.styles.xml"},
    )  # fmt: skip
    data = altered(
        data, "[Content_Types].xml", "</Types>",
        f'<Override PartName="/xl/Formats/book.STYLES.xml" ContentType="{TYPE}"/></Types>',
    )  # fmt: skip
    new = after(data, A1=dt.date(2026, 6, 30), B1=dt.time(9, 30), C1="x")
    assert Workbook(new).sheet("S").get("A1") == moment(2026, 6, 30)
    assert Workbook(new).sheet("S").get("B1") == dt.time(9, 30)
    styles = [n for n in unpacked(new) if "styles" in n.lower()]
    assert styles == ["xl/Formats/book.STYLES.xml"]
    assert b"hh:mm" in unpacked(new)[styles[0]]


TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


def test_a_date_where_no_style_is_declared_for_one() -> None:
    plain = STYLES[: STYLES.index("<cellXfs")] + (
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
    new = after(made({"S": sheet(ONE)}, styles=plain), A1=moment(2026, 6, 30, 9, 30), B1=1.5)
    shows(new, A1=moment(2026, 6, 30, 9, 30), B1=1.5)


def test_a_prefixed_sheet_in_a_book_without_prefixes() -> None:
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
        '</x:row><x:row r="2"><x:c r="B2" t="str"><x:v>old</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    new = after(made({"S": xml}), B2=99, C3="new", A2=True)
    assert Workbook(new).sheet("S").get("A1") == 1
    shows(new, B2=99, C3="new", A2=True)


def test_a_totals_row_below_a_table_moves_down() -> None:
    def build(book: Any) -> None:
        page = book.add_worksheet("S")
        columns = [{"header": "n", "total_string": "all"}, {"header": "v", "total_function": "sum"}]
        page.add_table("A1:B4", {"name": "T", "columns": columns, "total_row": True})
        for r, (name, v) in enumerate([("a", 1), ("b", 2)], 1):
            page.write_row(r, 0, [name, v])

    book = Workbook(written(build))
    book.sheet("S").append("T", [["c", 3], ["d", 4]])
    new = book.to_bytes()
    shows(new, A3="b", A4="c", B5=4, A6="all")
    assert formula(new, "B6") == "=SUBTOTAL(109,[v])"
    assert openpyxl.load_workbook(io.BytesIO(new))["S"].tables["T"].ref == "A1:B6"


@pytest.mark.parametrize("kind", ["absolute", "upper case", "no folder"])
def test_targets_and_names_as_odd_programs_write_them(kind: str) -> None:
    parts = unpacked(made({"S": sheet(ONE)}))
    if kind == "absolute":
        rels = parts["xl/_rels/workbook.xml.rels"]
        parts["xl/_rels/workbook.xml.rels"] = rels.replace(b'Target="', b'Target="/xl/')
    elif kind == "upper case":
        parts["xl/Worksheets/SHEET1.xml"] = parts.pop(PART)
    else:
        parts = {n.removeprefix("xl/"): c for n, c in parts.items()}
        types = content_types([("worksheets/sheet1.xml", "worksheet"), ("styles.xml", "styles")])
        parts["[Content_Types].xml"] = types.replace("/xl/workbook.xml", "/workbook.xml").encode()
        parts["_rels/.rels"] = relations(("rId1", "officeDocument", "workbook.xml")).encode()
    new = after(packed(dict(parts)), A1="x", B2=5)
    assert {Workbook(new).sheet("S").get(w) for w in ("A1", "B2")} == {"x", 5}
    if kind == "absolute":
        shows(new, A1="x", B2=5)


def test_what_cannot_be_followed_is_refused_in_one_line() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><b/><c r="B1"/></row>'
    with pytest.raises(UnsuitableFileError) as caught:
        after(made({"S": sheet(rows)}), C1=2)
    assert "\n" not in str(caught.value)
