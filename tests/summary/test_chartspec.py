from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.summary import chartspec

ROWS = [{"m": "2026-01", "a": 3, "b": None}, {"m": "2026-02", "a": math.nan, "b": 2.5}]


def test_rows_become_series_with_gaps() -> None:
    spec = chartspec.make("line", ROWS, "m", {"a": "甲", "b": "乙"}, title="", x_name="", y_name="")
    assert spec.points == ("2026-01", "2026-02")
    assert [s.values for s in spec.series] == [(3.0, None), (None, 2.5)]


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="pie"):
        chartspec.make("pie", ROWS, "m", {}, title="", x_name="", y_name="")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.floats(allow_nan=False)))
def test_a_spec_survives_its_attribute(text: str, values: list[float]) -> None:
    finite = [v for v in values if math.isfinite(v)]
    rows = [{"x": v, "y": v, "name": text} for v in finite]
    spec = chartspec.make(
        "scatter", rows, "x", {"y": text}, title=text, x_name=text, y_name=text, label="name"
    )
    assert chartspec.from_json(spec.to_json()) == spec
