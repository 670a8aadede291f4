from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tracker.summary import chartspec, svg


def spec(kind: str, rows: list[dict[str, object]]) -> chartspec.ChartSpec:
    return chartspec.make(
        kind, rows, "x", {"y": "<系列>"}, title="<标题>", x_name="x", y_name="y", label="name"
    )


ROWS: list[dict[str, object]] = [
    {"x": 1, "y": 4.0, "name": "<甲>"},
    {"x": 2, "y": -2.0, "name": "乙"},
    {"x": 3, "y": None, "name": "丙"},
]


@pytest.mark.parametrize(
    ("kind", "shape", "count"), [("column", "rect", 2), ("scatter", "circle", 2)]
)
def test_each_known_value_is_drawn_once(kind: str, shape: str, count: int) -> None:
    tree = etree.fromstring(svg.figure(spec(kind, ROWS)))
    assert len(tree.findall(f".//{shape}")) == count
    assert tree.findtext("svg/text") == "<标题>"


def test_a_line_goes_through_the_known_values() -> None:
    tree = etree.fromstring(svg.figure(spec("line", ROWS)))
    line = tree.find(".//polyline")
    assert line is not None
    assert len(str(line.get("points")).split()) == 2


def test_nothing_to_draw_is_nothing() -> None:
    assert svg.figure(spec("column", [])) == ""


def test_sparkline_of_gaps_only_has_no_line() -> None:
    assert "polyline" not in svg.spark([None, None])
    assert 'data-values=",2.0"' in svg.spark([None, 2])


@pytest.mark.parametrize(
    ("high", "fmt", "ticks"),
    [(5, "#,##0", "0 1 2 3 4 5"), (1, "#,##0", "0 1"), (2, "#,##0", "0 1 2"),
     (25, "#,##0", "0 5 10 15 20 25"), (100, "#,##0", "0 25 50 75 100"), (1, "0%", "0% 25% 50% 75% 100%")],
)  # fmt: skip
def test_counts_have_ticks_of_whole_numbers(high: float, fmt: str, ticks: str) -> None:
    rows: list[dict[str, object]] = [{"x": "a", "y": high}]
    made = chartspec.make(
        "column", rows, "x", {"y": "n"}, title="t", x_name="x", y_name="y", fmt=fmt
    )
    tree = etree.fromstring(str(svg.figure(made)))
    ends = [e.text for e in tree.iterfind(".//text") if e.get("text-anchor") == "end"]
    assert [t for t in ends if t and t[0].isdigit()] == ticks.split()


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_axis_ends_at_a_round_number_not_far_above(value: float) -> None:
    assert value * (1 - 1e-8) <= svg.nice(value) <= value * 2.5 + 1e-9
    assert svg.nice(0) == 1
