from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from tests.xlsx.books import altered, made, moment, packed, sheet, unpacked, written
from tracker.errors import UnsuitableFileError
from tracker.xlsx import Workbook
from tracker.xlsx.values import Value

TABLE = (
    '<table xmlns="u" id="1" displayName="t" ref="A1:B2"{}><autoFilter ref="A1:B2"/>'
    '<tableColumns count="2"><tableColumn id="1" name="a"/></tableColumns></table>'
)


def changed(old: bytes, new: bytes) -> set[str]:
    a, b = unpacked(old), unpacked(new)
    assert [n for n in a if n in b] == [n for n in b if n in a]
    return {n for n in {**a, **b} if a.get(n) != b.get(n)}


def test_values_of_every_type_come_back() -> None:
    data = made({"S": sheet('<row r="1"><c r="A1" s="1"><v>46203</v></c></row>')})
    book = Workbook(data)
    values: dict[str, Value] = {
        "A1": moment(2026, 1, 2), "B1": "文本 <&>\n", "C1": 1.5, "D1": 7, "E1": True,
        "F1": moment(2026, 6, 30, 9, 30), "G1": dt.time(9, 30), "H1": "",
    }  # fmt: skip
    for where, value in values.items():
        book.sheet("S").set(where, value)
        assert book.sheet("S").get(where) == value
    new = book.to_bytes()
    assert book.to_bytes() == new
    again = Workbook(new).sheet("S")
    assert {w: again.get(w) for w in values} == values
    cells = openpyxl.load_workbook(io.BytesIO(new))["S"]
    assert cells["F1"].value == moment(2026, 6, 30, 9, 30)
    assert cells["B1"].value == "文本 <&>\n"
    assert changed(data, new) == {
        "[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
        "xl/styles.xml", "xl/worksheets/sheet1.xml",
    }  # fmt: skip


def test_a_book_without_styles_gets_them_for_a_date() -> None:
    book = Workbook(made({"S": sheet()}, styles=None))
    book.sheet("S").set("A1", dt.date(2026, 6, 30))
    new = book.to_bytes()
    assert Workbook(new).sheet("S").get("A1") == moment(2026, 6, 30)
    assert openpyxl.load_workbook(io.BytesIO(new))["S"]["A1"].value == moment(2026, 6, 30)


def test_a_strict_book_stays_strict() -> None:
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts = unpacked(made({"S": sheet()}, styles=None))
    for name in parts:
        for old, new in (
            (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", main.encode()),
            (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
             b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
        ):  # fmt: skip
            parts[name] = parts[name].replace(old, new)
    book = Workbook(packed(dict(parts)))
    book.sheet("S").set("A1", dt.date(2026, 6, 30))
    book.sheet("S").set("A2", "x")
    book.put_sheet("G", written(lambda b: b.add_worksheet().write(0, 0, "y")))
    for name, content in unpacked(book.to_bytes()).items():
        assert b"openxmlformats.org/spreadsheetml" not in content, name
        assert b"openxmlformats.org/officeDocument" not in content, name


def test_dates_count_from_1904_where_the_book_says_so() -> None:
    book = Workbook(made({"S": sheet()}, before='<workbookPr date1904="1"/>'))
    book.sheet("S").set("A1", dt.date(2026, 6, 30))
    new = Workbook(book.to_bytes())
    assert new.sheet("S").get("A1") == moment(2026, 6, 30)
    raw = new.sheet("S").raw(1, 1)
    assert raw is not None
    assert raw.value == b"44741"


def test_two_sheets_on_one_part_are_refused_when_both_are_written() -> None:
    data = altered(
        made({"A": sheet(), "B": sheet()}), "xl/_rels/workbook.xml.rels", "sheet2.xml", "sheet1.xml"
    )
    book = Workbook(data)
    book.sheet("A").set("A1", 1)
    book.to_bytes()
    book.sheet("B").set("A1", 2)
    with pytest.raises(UnsuitableFileError, match="share one part"):
        book.to_bytes()


def test_followers_of_an_overwritten_formula_and_the_chain() -> None:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}">'
        + ('<f t="shared" ref="B1:B3" si="0">A1*2</f>' if r == 1 else '<f t="shared" si="0"/>')
        + f"<v>{2 * r}</v></c></row>"
        for r in (1, 2, 3)
    )
    chain = '<calcChain xmlns="u">' + "".join(f'<c r="B{r}" i="1"/>' for r in (1, 2, 3))
    data = made(
        {"S": sheet(rows)},
        parts={"xl/calcChain.xml": chain + "</calcChain>"},
        rels={"calcChain": "calcChain.xml"},
    )
    book = Workbook(data)
    book.sheet("S").set("B1", 99)
    new = unpacked(book.to_bytes())
    assert b"<f>A2*2</f><v>4</v>" in new["xl/worksheets/sheet1.xml"]
    assert b'"B1"' not in new["xl/calcChain.xml"]
    assert b"fullCalcOnLoad" in new["xl/workbook.xml"]
    for where in ("B2", "B3"):
        book.sheet("S").set(where, 0)
    assert "xl/calcChain.xml" not in unpacked(book.to_bytes())


def table_book(extra: str = "") -> bytes:
    tail = '<dataValidations><dataValidation sqref="A2"/></dataValidations>'
    link = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    link += '<Relationship Id="rId1" Type="x/table" Target="../tables/t1.xml"/></Relationships>'
    return made(
        {"S": sheet('<row r="1"/><row r="2"/>', tail=tail)},
        parts={
            "xl/tables/t1.xml": TABLE.format(extra),
            "xl/worksheets/_rels/sheet1.xml.rels": link,
        },
    )


def test_a_table_grows_with_its_rules() -> None:
    book = Workbook(table_book())
    assert book.sheet("S").grow_table("t", 5)
    assert not book.sheet("S").grow_table("t", 2)
    with pytest.raises(KeyError):
        book.sheet("S").grow_table("u", 5)
    new = unpacked(book.to_bytes())
    assert new["xl/tables/t1.xml"].count(b'ref="A1:B5"') == 2
    assert b'sqref="A2:A5"' in new["xl/worksheets/sheet1.xml"]


def test_a_new_name_alone_lets_formulas_be_calculated_afresh() -> None:
    row = '<row r="1"><c r="A1"><f>rate*2</f><v>2</v></c></row>'
    book = Workbook(made({"S": sheet(row)}))
    book.set_name("rate", "5")
    assert b'fullCalcOnLoad="1"' in unpacked(book.to_bytes())["xl/workbook.xml"]
