from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.xlsx.books import MAIN, STYLES, altered, made, packed, sheet, unpacked, written
from tracker.errors import UnsuitableFileError
from tracker.opc.package import Package
from tracker.xlsx import Workbook
from tracker.xlsx.graft import private_parts

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def summary(book: xlsxwriter.Workbook, name: str | None = None, text: str = "你好") -> None:
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "num_format": "0.0%", "bg_color": "#FFEE00"})
    page.write("A1", text, bold)
    page.write("A2", 0.5, bold)
    page.write("A3", 2)
    page.set_column("F:F", 20, bold)
    page.conditional_format("A2:A3", {"type": "cell", "criteria": ">", "value": 1, "format": bold})
    page.write_url("B1", "https://example.org/?a=1&b=2", string="out")
    page.write_formula("B2", f"={page.get_name()}!A2*2", bold, 1.0)
    page.write_comment("A3", "note")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='{page.get_name()}'!$A$2:$A$3"})
    page.insert_chart("D3", chart)
    page.insert_image("D20", "p.png", {"image_data": io.BytesIO(PNG)})
    page.print_area("A1:C9")
    page.autofilter("A1:B3")


def pages(book: xlsxwriter.Workbook, *names: str) -> None:
    for name in names:
        summary(book, name)


def host() -> bytes:
    def build(book: xlsxwriter.Workbook) -> None:
        first = book.add_worksheet("数据")
        first.write("A1", "甲", book.add_format({"italic": True}))
        first.write_formula("A2", "=1+1", None, 2)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='数据'!$A$2"})
        first.insert_chart("D3", chart)

    return written(build)


def test_a_graft_brings_everything_along_and_nothing_is_lost() -> None:
    data = host()
    book = Workbook(data)
    book.put_sheet("汇总", written(summary))
    new = book.to_bytes()
    before, after = unpacked(data), unpacked(new)
    touched = {n for n in before if before[n] != after.get(n)}
    assert touched == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
        "xl/styles.xml", "xl/sharedStrings.xml",
    }  # fmt: skip
    chart = after["xl/charts/chart2.xml"].decode()
    assert "'汇总'!$A$2:$A$3" in chart
    assert "Sheet1" not in after["xl/worksheets/sheet2.xml"].decode()
    page = openpyxl.load_workbook(io.BytesIO(new))["汇总"]
    assert page["A1"].value == "你好"
    assert page["A1"].font.b
    assert page["A1"].fill.fgColor.rgb == "FFFFEE00"
    assert page["A2"].number_format == "0.0%"
    assert page["B1"].hyperlink.target == "https://example.org/?a=1&b=2"
    assert page["B2"].value == "='汇总'!A2*2"
    assert page.print_area == "'汇总'!$A$1:$C$9"
    assert page.column_dimensions["F"].width > 20
    (rule,) = (r for rules in page.conditional_formatting for r in rules.rules)
    assert rule.dxf.font.b


def test_grafting_again_changes_nothing_and_another_text_reuses_its_slot() -> None:
    book = Workbook(host())
    book.put_sheet("汇总", written(summary))
    first = book.to_bytes()
    again = Workbook(first)
    again.put_sheet("汇总", written(summary))
    assert again.to_bytes() is first
    other = Workbook(first)
    other.put_sheet("汇总", written(lambda b: summary(b, text="再见")))
    second = other.to_bytes()
    assert other.to_bytes() == second
    a, b = unpacked(first), unpacked(second)
    assert list(a) == list(b)
    assert {n for n in a if a[n] != b[n]} == {"xl/sharedStrings.xml", "xl/workbook.xml"} - {
        n for n in ("xl/workbook.xml",) if a[n] == b[n]
    }
    assert Workbook(second).sheet("汇总").get("A1") == "再见"
    assert len(Workbook(second).strings) == len(Workbook(first).strings)
    assert Workbook(second).sheet("数据").get("A1") == "甲"


def test_a_plainer_sheet_drops_what_hung_on_the_old_one() -> None:
    book = Workbook(host())
    book.put_sheet("汇总", written(summary))
    full = book.to_bytes()
    plain, small = Workbook(full), Workbook(full)
    plain.put_plain("汇总", sheet().encode())
    small.put_sheet("汇总", written(lambda d: d.add_worksheet().write(0, 0, "x")))
    for plainer in (plain, small):
        parts = unpacked(plainer.to_bytes())
        assert set(parts) == set(unpacked(host())) | {"xl/worksheets/sheet2.xml"}
        assert b"chart2" not in parts["[Content_Types].xml"]


def test_a_sheet_keeps_its_place_its_state_and_its_selected_tab() -> None:
    book = Workbook(written(lambda b: pages(b, "S", "Z")))
    book.put_sheet("S", written(summary), hidden=True)
    new = Workbook(book.to_bytes())
    assert [(s.name, s.state) for s in new.entries] == [("S", "visible"), ("Z", "visible")]
    assert b'tabSelected="1"' in new.package.read(new.sheet("S").part)


def test_a_text_that_other_sheets_use_is_never_overwritten() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>{}</v></c></row>'
    odd = "<row r=\"1\"><c t='s' r='A1'><f>X</f><v> 1 </v></c></row>"
    texts = '<sst xmlns="u"><si><t>own</t></si><si><t>shared</t></si></sst>'
    both = rows.format(0) + rows.format(1).replace('"1"', '"2"', 1).replace("A1", "A2")
    data = made({"G": sheet(both), "S": sheet(odd)}, strings=texts)
    book = Workbook(data)
    book.put_sheet("G", written(lambda b: b.add_worksheet().write_column(0, 0, ["a", "b"])))
    new = Workbook(book.to_bytes())
    assert new.sheet("S").get("A1") == "shared"
    assert new.strings.texts == ["a", "shared", "b"]


def test_tables_get_free_ids_and_no_name_twice() -> None:
    def table(book: xlsxwriter.Workbook, name: str = "T") -> None:
        page = book.add_worksheet()
        bold = book.add_format({"bold": True})
        page.add_table("A1:B3", {"name": name, "columns": [{"header": "x", "format": bold}]})

    data = written(lambda b: table(b, "Own"))
    book = Workbook(data)
    book.put_sheet("G", written(table))
    new = book.to_bytes()
    again = Workbook(new)
    again.put_sheet("G", written(table))
    assert again.to_bytes() is new
    assert b' id="2"' in unpacked(new)["xl/tables/table2.xml"]
    openpyxl.load_workbook(io.BytesIO(new))
    clash = Workbook(data)
    clash.put_sheet("G", written(lambda b: table(b, "OWN")))
    with pytest.raises(UnsuitableFileError, match="another table OWN"):
        clash.to_bytes()


def test_a_host_without_styles_keeps_its_plain_cells_plain() -> None:
    book = Workbook(made({"S": sheet('<row r="1"><c r="A1"><v>1</v></c></row>')}, styles=None))
    book.put_sheet("G", written(summary))
    new = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert not new["S"]["A1"].font.b
    assert new["G"]["A1"].font.b


def test_a_prefixed_style_sheet_takes_formats_under_its_prefix() -> None:
    styles = STYLES.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    book = Workbook(made({"S": sheet()}, styles=styles))
    book.put_sheet("G", written(summary))
    new = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert new["G"]["A2"].number_format == "0.0%"
    assert new["G"]["A1"].font.b


def test_private_parts_are_those_that_nothing_else_reaches() -> None:
    package = Package(written(lambda b: pages(b, "S", "Z")))
    private = private_parts(package, "xl/worksheets/sheet1.xml")
    assert "xl/charts/chart1.xml" in private
    assert "xl/charts/chart2.xml" not in private
    assert not any("media" in p for p in private)


def test_relationship_parts_are_declared_in_a_package_that_did_not() -> None:
    types = made({"S": sheet()})
    bare = altered(
        types, "[Content_Types].xml",
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
        '+xml"/>', "",
    )  # fmt: skip
    book = Workbook(bare)
    book.put_sheet("G", written(summary))
    assert b'Extension="rels"' in unpacked(book.to_bytes())["[Content_Types].xml"]


def test_a_source_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("d") / "donor.xlsx"
    path.write_bytes(written(summary))
    book = Workbook(made({"S": sheet()}))
    book.put_sheet("G", path)
    assert Workbook(book.to_bytes()).sheet("G").get("A1") == "你好"
    path.write_bytes(packed({"a": "<a/>"}))
    with pytest.raises(UnsuitableFileError):
        book.put_sheet("H", path)


def _styled(book: Any) -> None:
    page = book.add_worksheet("G")
    page.write_rich_string(0, 0, "plain ", book.add_format({"bold": True}), "bold & <so>")
    page.write_string(1, 0, "plain bold & <so>")


def test_rich_text_stays_rich_and_is_reused() -> None:
    book = Workbook(made({"S": sheet()}))
    book.put_sheet("G", written(_styled))
    new = book.to_bytes()
    strings = unpacked(new)["xl/sharedStrings.xml"]
    assert strings.count(b"<si>") == 2
    assert b"<r><rPr><b/>" in strings
    after = Workbook(new)
    assert after.sheet("G").get("A1") == after.sheet("G").get("A2") == "plain bold & <so>"
    assert after.sheet("G").raw(1, 1) != after.sheet("G").raw(2, 1)
    after.put_sheet("G", written(_styled))
    assert after.to_bytes() == new
    after.put_sheet("H", written(lambda b: b.add_worksheet("H").write(0, 0, "x")))
    assert unpacked(after.to_bytes())["xl/sharedStrings.xml"].count(b"<si>") == 3


def test_rich_text_in_a_host_with_a_prefix() -> None:
    host = made(
        {"S": sheet()}, strings=f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>a</x:t></x:si></x:sst>'
    )
    book = Workbook(host)
    book.put_sheet("G", written(_styled))
    assert b"<x:si><x:r><x:t" in unpacked(book.to_bytes())["xl/sharedStrings.xml"]


def test_what_hangs_on_the_donors_metadata_is_refused() -> None:
    donor = written(lambda b: b.add_worksheet().write_dynamic_array_formula("A1", "=SORT(B1:B9)"))
    with pytest.raises(UnsuitableFileError, match="dynamic arrays"):
        Workbook(made({"S": sheet()})).put_sheet("G", donor)


def test_a_replaced_sheet_leaves_no_print_area_behind() -> None:
    def first(book: Any) -> None:
        page = book.add_worksheet("G")
        page.print_area("A1:B2")
        page.autofilter("A1:B2")

    book = Workbook(made({"S": sheet()}))
    book.put_sheet("G", written(first))
    new = book.to_bytes()
    assert unpacked(new)["xl/workbook.xml"].count(b"_xlnm.") == 2
    after = Workbook(new)
    after.put_sheet("G", written(lambda b: b.add_worksheet("G")))
    assert b"_xlnm." not in unpacked(after.to_bytes())["xl/workbook.xml"]
