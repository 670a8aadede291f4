from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, clean, frame, same, settings
from tests.metrics.test_growth import rows
from tracker.metrics.enrich import enrich
from tracker.metrics.series import Ledger
from tracker.metrics.trend import critical_s, of_ledger, series, trend

SETTINGS = settings()
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10_000)), max_size=8)
MIRROR = {"up": "down", "down": "up", "flat": "flat", "insufficient": "insufficient"}


@pytest.mark.parametrize("case", cases("trend"), ids=lambda c: f"{c.get('rule', '')}{c['values']}")
def test_trend_of_one_series(case: dict[str, Any]) -> None:
    chosen = settings(trend={"rule": case.get("rule", "theil_sen")})
    found = trend(case["values"], chosen.trend, case.get("per_year", 12))
    for name in ("label", "change", "n", "confidence", "s"):
        assert same(getattr(found, name), case[name]), (name, found)


@budget(max_examples=40, deadline=None)
@given(VALUES)
def test_a_reversed_series_has_the_mirrored_trend(values: list[float | None]) -> None:
    there, back = (trend(v, SETTINGS.trend) for v in (values, values[::-1]))
    assert back.label == MIRROR[there.label]
    assert (back.s, back.n, back.confidence) == (-there.s, there.n, there.confidence)
    assert same(back.change, None if there.change != there.change else -there.change)


@budget(max_examples=40, deadline=None)
@given(VALUES, st.integers(1, 50))
def test_the_trend_does_not_depend_on_the_unit(values: list[float | None], factor: int) -> None:
    scaled = [None if v is None else v * factor for v in values]
    there, back = trend(values, SETTINGS.trend), trend(scaled, SETTINGS.trend)
    assert (there.label, there.s, there.n) == (back.label, back.s, back.n)


@budget(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=5))
def test_many_series_at_once_are_each_as_if_alone(many: list[list[float | None]]) -> None:
    df = frame(
        [
            row
            for number, values in enumerate(many)
            for row in rows("2024Q1", [None, *values], product_key=f"P{number}")
        ]
    )
    found = of_ledger(Ledger.of(df, clean(df), date(2027, 1, 1)), SETTINGS.trend)
    for number, values in enumerate(many):
        alone, together = trend(values, SETTINGS.trend), found.loc[number]
        assert (together["label"], together["s"], together["n"]) == (alone.label, alone.s, alone.n)
        assert together["product_key"] == f"P{number}"


@pytest.mark.parametrize("n", range(4, 8))
def test_critical_values_are_those_of_all_orders(n: int) -> None:
    sizes = [
        abs(sum((b > a) - (b < a) for i, a in enumerate(order) for b in order[i + 1 :]))
        for order in permutations(range(n))
    ]
    share = {s: sum(size >= s for size in sizes) / len(sizes) for s in set(sizes)}
    assert critical_s(n) == min(s for s in share if share[s] <= 0.10)


def test_critical_values_of_the_published_table() -> None:
    assert [critical_s(n) for n in range(4, 13)] == [6, 8, 11, 13, 16, 18, 21, 23, 26]


def test_the_trend_stands_alike_on_every_row_of_its_series() -> None:
    df = frame(rows("2025Q1", [100.0, 104.0, 110.0, 113.0, 121.0, 126.0, 5.0, None]))
    found = enrich({"targets": df}, {}, date(2026, 8, 15), SETTINGS)["targets"]
    assert set(found["trend"]) == {"up"}
    assert set(found["trend_n"]) == {6.0}
    assert set(found["trend_confidence"]) == {"high"}


def test_a_wider_window_sees_more_points() -> None:
    wide = settings(trend={"window": 12})
    assert trend(list(range(100, 112)), wide.trend).n == 12


def test_points_for_a_chart() -> None:
    df = frame(rows("2026Q1", [1.0, None, 3.0], product_key="甲"))
    found = series(df, clean(df), date(2026, 8, 15), by=("product_key", "unit"))
    assert found[["product_key", "unit", "grain", "period", "actual"]].to_dict("records") == [
        {"product_key": "甲", "unit": "box", "grain": "quarter", "period": "2026Q1", "actual": 1.0}
    ]
