from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, clean, frame, same, settings
from tracker.metrics import attainment, pace
from tracker.metrics.enrich import enrich

SETTINGS = settings()
AMOUNTS = st.one_of(st.none(), st.floats(-1e6, 1e6))


@pytest.mark.parametrize("case", cases("targets", "rows"), ids=lambda c: str(c["name"]))
def test_a_row_of_targets(case: dict[str, Any]) -> None:
    df = frame([{"subject_level": "institution", "customer_key": "I", "unit": "box"} | case["row"]])
    row = enrich({"targets": df}, {}, case["as_of"], SETTINGS)["targets"].iloc[0]
    for column, wanted in case["gives"].items():
        assert same(row[column], wanted), (column, row[column], wanted)


@pytest.mark.parametrize("case", cases("targets", "aggregates"), ids=lambda c: str(c["name"]))
def test_aggregate(case: dict[str, Any]) -> None:
    df = frame([{k: v for k, v in row.items() if k != "error"} for row in case["rows"]])
    valid = pd.Series([not row.get("error", False) for row in case["rows"]], index=df.index)
    total = attainment.aggregate(df, valid, case["as_of"])
    assert list(total.index) == sorted(case["gives"])
    for unit, wanted in case["gives"].items():
        for column, value in wanted.items():
            assert same(total.loc[unit, column], value), (unit, column, total.loc[unit, column])


def test_aggregate_by_product_and_level_keeps_the_territory_apart() -> None:
    common = {"period": "2026Q3", "unit": "box", "product_key": "甲"}
    df = frame(
        [
            common | {"subject_level": "institution", "target": 10.0, "actual": 5.0},
            common | {"subject_level": "rep", "target": 12.0, "actual": 6.0},
        ]
    )
    by = ["product_key", "subject_level"]
    total = attainment.aggregate(df, clean(df), date(2026, 8, 15), by)
    assert total["target"].to_dict() == {
        ("甲", "institution", "box"): 10.0,
        ("甲", "rep", "box"): 12.0,
    }


def test_aggregate_of_no_rows_has_no_groups() -> None:
    row = {"unit": "box", "period": "2026Q3", "target": 1.0, "actual": 1.0}
    df = frame([row])[:0]
    assert attainment.aggregate(df, clean(df), date(2026, 8, 15)).empty


def test_gap_to_pace_of_the_worked_example() -> None:
    found = pace.gap_to_pace(pd.Series([120.0]), pd.Series([54.0]), pd.Series([0.5]))
    assert found[0] == 6


@budget(max_examples=25, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=12), st.randoms())
def test_aggregate_does_not_depend_on_the_order_of_rows(
    amounts: list[tuple[float | None, float | None]], random: Any
) -> None:
    rows: list[dict[str, object]] = [
        {"unit": "box", "period": "2026Q3", "target": t, "actual": a} for t, a in amounts
    ]
    df = frame(rows)
    order = list(df.index)
    random.shuffle(order)
    there = attainment.aggregate(df, clean(df), date(2026, 8, 15))
    back = attainment.aggregate(df.loc[order], clean(df), date(2026, 8, 15))
    np.testing.assert_allclose(there.to_numpy(), back.to_numpy(), rtol=1e-6, atol=1e-6)


@budget(max_examples=60, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_attainment_is_blank_iff_an_input_is_blank_or_the_target_not_positive(
    target: float | None, actual: float | None
) -> None:
    df = frame([{"target": target, "actual": actual}])
    known = target is not None and target > 0 and actual is not None
    assert attainment.attainment(df).notna()[2] == known


@budget(max_examples=25, deadline=None)
@given(st.floats(1, 1e6), st.floats(0, 1e6), st.dates(date(2026, 7, 1), date(2026, 9, 29)))
def test_selling_what_is_required_each_day_closes_the_gap(
    target: float, actual: float, day: date
) -> None:
    df = frame([{"period": "2026Q3", "target": target, "actual": actual}])
    row = enrich({"targets": df}, {}, day, SETTINGS)["targets"].iloc[0]
    days_left = (date(2026, 9, 30) - day).days
    assert actual + row["required_per_day"] * days_left == pytest.approx(max(target, actual))


@pytest.mark.parametrize(
    ("gone", "left_out"),
    [
        ("target", {"attainment", "attainment_status", "gap", "pace_status", "forecast"}),
        ("actual", {"attainment", "mat", "trend", "growth_prev", "forecast", "gap"}),
        ("period", {"time_progress", "trend", "mat", "pace_status", "forecast"}),
    ],
)
def test_a_column_without_its_inputs_is_left_out(gone: str, left_out: set[str]) -> None:
    df = frame([{"period": "2026Q3", "target": 1.0, "actual": 1.0}])
    full = set(enrich({"targets": df}, {}, date(2026, 8, 15), SETTINGS)["targets"])
    less = set(
        enrich({"targets": df.drop(columns=gone)}, {}, date(2026, 8, 15), SETTINGS)["targets"]
    )
    assert left_out <= full
    assert not left_out & less
