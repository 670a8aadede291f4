from __future__ import annotations

import lxml.html
import pytest
from lxml.html import HtmlElement

from tests.summary.reading import part, sheet_of
from tracker.summary import cells, svg
from tracker.summary.sheet import render_sheet


def td(inner: str) -> HtmlElement:
    return lxml.html.fragment_fromstring(f"<td>{inner}</td>", create_parent="tr")[0]


@pytest.mark.parametrize(
    ("inner", "tag"),
    [
        ('<data value="1">1</data>', "data"),
        (" <time datetime='2026-01-01'>x</time>\n", "time"),
        ('<span class="bar"><meter value="1"></meter>1</span>', "meter"),
        ("<b>1</b>", None),
        ('约 <data value="1">1</data>', None),
        ('<data value="1">1</data> 个', None),
        ('<data value="1">1</data><data value="2">2</data>', None),
        ("", None),
    ],
)
def test_only_an_element_that_stands_alone_gives_a_type(inner: str, tag: str | None) -> None:
    child = cells.typed_child(td(inner))
    assert (child.tag if child is not None else None) == tag


def test_text_is_on_one_line_for_each_break() -> None:
    assert cells.text_of(td("  a\n  b<br>c <i>d</i> ")) == "a b\nc d"


def test_a_sparkline_without_values_is_an_empty_cell() -> None:
    html = f"<body><table><tr><td>{svg.spark([None, None])}</td></tr></table></body>"
    assert "sparkline" not in str(part_text(render_sheet(html, "S")))


def part_text(made: bytes) -> str:
    return " ".join(str(e.tag) for e in part(made, "xl/worksheets/sheet1.xml").iter())


def test_a_cell_over_several_columns_is_merged() -> None:
    html = "<body><table><tr><td colspan='3'>甲</td><td>乙</td></tr></table></body>"
    sheet = sheet_of(render_sheet(html, "S"))
    assert [str(r) for r in sheet.merged_cells.ranges] == ["B1:D1"]
    assert (sheet["B1"].value, sheet["E1"].value) == ("甲", "乙")
