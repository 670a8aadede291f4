from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from tests.summary.book import empty, source
from tests.summary.reading import part, parts, sheet_of, values
from tracker.errors import TemplateError
from tracker.summary import marks, model, page
from tracker.summary.sheet import render_sheet

IDS = {"customers": 1, "issues": 1, "targets": 1}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = [
    "=1+1", "{=1}", "{{7*7}}", "<script>x</script>", "http://x.cn", "mailto:a@b.cn", "internal:A1",
    "@SUM(A1)", "+1", "-1", "'1", "_x0041_", "1e5", "2026-01-01", "TRUE", "a\x00b\x07c",
]  # fmt: skip


def summary(lang: str = "zh") -> bytes:
    html = page.render_page(
        model.build(replace(source(lang), id_columns=IDS), title="汇总", rep="王丽")
    )
    return render_sheet(html, "汇总")


def cell(text: str) -> str:
    return f"<html><body><table><tr><td>{text}</td></tr></table></body></html>"


def test_equal_pages_give_equal_bytes() -> None:
    assert summary() == summary()
    assert summary() != summary("en")


@pytest.mark.parametrize("typed", HOSTILE)
def test_text_stays_text(typed: str) -> None:
    made = render_sheet(cell(str(escape(marks.plain(typed)))), "S")
    found = sheet_of(made)["B1"]
    assert (found.value, found.data_type) == (" ".join(marks.plain(typed).split()), "s")
    assert found.hyperlink is None


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_any_text_comes_back(typed: str) -> None:
    shown = " ".join(marks.plain(typed).split())
    made = render_sheet(cell(str(escape(marks.plain(typed)))), "S")
    cells = part(made, "xl/worksheets/sheet1.xml").iter(f"{MAIN}c")
    assert {c.get("t") for c in cells} == ({"s"} if shown else {None})


def test_a_very_long_text_is_cut_where_a_cell_ends() -> None:
    value = sheet_of(render_sheet(cell("长" * 40_000), "S"))["B1"].value
    assert len(str(value)) == 32_767


def test_types_survive() -> None:
    day = marks.finalizer("zh")(dt.date(2026, 8, 15))
    row = f"{marks.num(0.5, '0.0%')}</td><td>{day}</td><td>{marks.goto('甲', {'sheet': '客户', 'row': 7})}"
    sheet = sheet_of(render_sheet(cell(row), "S"))
    number, date, link = (sheet.cell(1, c) for c in (2, 3, 4))
    assert (number.value, number.number_format) == (0.5, "0.0%")
    assert (str(date.value), date.number_format) == ("2026-08-15 00:00:00", "yyyy-mm-dd")
    assert link.hyperlink is not None
    assert (link.value, link.hyperlink.location) == ("甲", "'客户'!A7")


def test_a_number_among_words_is_words() -> None:
    assert values(render_sheet(cell(f"共 {marks.num(3)} 个"), "S")) == ["共 3 个"]


def test_an_outside_link_is_only_text() -> None:
    found = sheet_of(render_sheet(cell('<a href="http://x.cn">x</a>'), "S"))["B1"]
    assert (found.value, found.hyperlink) == ("x", None)


def test_bars_reach_over_their_own_table_only() -> None:
    rows = "".join(f"<tr><td>{marks.bar(v, 1.5)}</td></tr>" for v in (0.5, 1.0))
    sheet = sheet_of(render_sheet(f"<body><table>{rows}</table><table>{rows}</table></body>", "S"))
    ranges = [str(r.sqref) for r in sheet.conditional_formatting]
    assert ranges == ["B1:B2", "B4:B5"]


def test_the_sheet_prints_on_one_page_width() -> None:
    sheet = sheet_of(summary())
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert str(sheet.print_area).startswith("'汇总'!$A$1:$M$")
    assert sheet.column_dimensions["AE"].hidden


def test_rows_are_high_enough_for_their_text() -> None:
    long = "很长的文字" * 60
    html = f"<style>td {{ white-space: normal; }}</style>{cell(long)}"
    height = sheet_of(render_sheet(html, "S")).row_dimensions[1].height
    assert height is not None
    assert height > 300


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_summary_has_charts_links_and_sparklines(lang: str) -> None:
    made = summary(lang)
    assert len(parts(made, "xl/charts/")) == 6
    xml = part(made, "xl/worksheets/sheet1.xml")
    assert len([e for e in xml.iter() if str(e.tag).endswith("}sparkline")]) == 4
    cells = [f for f in xml.iter(f"{MAIN}f") if f.getparent().tag == f"{MAIN}c"]  # type: ignore[union-attr]  # it has one
    assert len(cells) == 11
    assert all(str(f.text).startswith("HYPERLINK(") for f in cells)
    assert len(list(xml.iter(f"{MAIN}hyperlink"))) >= 5


def test_an_empty_workbook_renders() -> None:
    made = render_sheet(page.render_page(model.build(empty(), title="汇总")), "汇总")
    assert parts(made, "xl/charts/") == []
    assert "汇总" in values(made)


def test_everything_fits_the_code_page_of_a_chinese_console() -> None:
    for value in values(summary()):
        str(value).encode("gbk")


def test_everything_but_the_known_tags_is_looked_into() -> None:
    html = (
        "<body><!-- x --><main><section><h1>一</h1><h2>二</h2><h3>三</h3></section></main></body>"
    )
    assert values(render_sheet(html, "S")) == ["一", "二", "三"]


@pytest.mark.parametrize(
    "body",
    [
        "<body data-widths='wide'><p>x</p></body>",
        f"<body data-widths='{'9,' * 40}9'><p>x</p></body>",
        "<body>\n<table><tr><td colspan='x'>1</td></tr></table></body>",
        "<body>\n<table><tr><td colspan='13'>1</td></tr></table></body>",
        "<body>\n<table><tr><td><data value='many'>1</data></td></tr></table></body>",
        "<body>\n<figure data-spec='{}'></figure></body>",
    ],
)
def test_a_page_that_fits_no_sheet_is_a_mistake_of_the_template(body: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render_sheet(body, "S")
    assert caught.value.facts["template"] == page.TEMPLATE
    assert caught.value.facts["line"] == 1 + body.count("\n")
