from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, clean, frame, plain, same, settings
from tracker.metrics import visits
from tracker.metrics.completeness import PLAN_ELEMENTS
from tracker.metrics.enrich import enrich

TODAY = date(2026, 8, 15)


@pytest.mark.parametrize("case", cases("visits", "plans"), ids=str)
def test_plan_state(case: dict[str, Any]) -> None:
    assert plain(visits.plan_state(frame([case]), TODAY).iloc[0]) == case["plan_state"]


@pytest.mark.parametrize("case", cases("visits", "commitments"), ids=str)
def test_commitment_state(case: dict[str, Any]) -> None:
    assert plain(visits.commitment_state(frame([case]), TODAY).iloc[0]) == case["state"]


def diary() -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    told = cases("visits", "sequence")
    rows = [
        {
            "visit_id": case["visit_id"],
            "customer_key": case["who"],
            "visit_date": case["visit_date"],
            "next_visit_date": case.get("next_visit_date"),
            "start_time": case.get("start_time"),
            "visit_status": case.get("status", "completed"),
        }
        for case in told
    ]
    return frame(rows), told


def test_place_in_the_row_of_visits() -> None:
    df, told = diary()
    found = enrich({"visits": df}, {}, TODAY, settings())["visits"]
    for case, (_, row) in zip(told, found.iterrows(), strict=True):
        assert same(row["visit_no"], case["number"]), case
        assert same(row["days_since_prev"], case["days"]), case
        assert same(row["link_prev_plan"], case["planned_by"]), case
        assert plain(row["customer_id_resolved"]) == ("、".join(case["who"]) or None)


def test_a_visit_with_an_error_has_no_number_and_plans_nothing() -> None:
    df, told = diary()
    valid = clean(df)
    valid.iloc[0] = False
    found = visits.columns(df, valid, TODAY, link_days=3)
    ids = [case["visit_id"] for case in told]
    number = dict(zip(ids, map(plain, found["visit_no"]), strict=True))
    planned_by = dict(zip(ids, found["link_prev_plan"], strict=True))
    assert (number["V1"], number["V2"], number["V7"]) == (None, 1, 5)
    assert (planned_by["V3"], planned_by["V4"]) == ("V2", "V2")


def test_seven_elements_of_a_plan() -> None:
    row: dict[str, object] = dict.fromkeys(PLAN_ELEMENTS, "x")
    df = frame([row, row | {"purpose": None, "plan_close": None}, dict.fromkeys(PLAN_ELEMENTS)])
    found = visits.columns(df, clean(df), TODAY, link_days=3)["precall_completeness"]
    assert list(found) == [7, 5, 0]


@pytest.mark.parametrize(
    ("gone", "left_out"),
    [
        ("customer_key", {"visit_no", "days_since_prev", "link_prev_plan", "customer_id_resolved"}),
        ("visit_status", {"visit_no", "days_since_prev", "plan_state"}),
        ("next_visit_date", {"link_prev_plan"}),
    ],
)
def test_a_column_without_its_inputs_is_left_out(gone: str, left_out: set[str]) -> None:
    df, _ = diary()
    full, less = (set(visits.columns(d, clean(d), TODAY, 3)) for d in (df, df.drop(columns=gone)))
    assert full - less == left_out


def test_no_visits() -> None:
    df = diary()[0][:0]
    found = enrich({"visits": df}, {}, TODAY, settings())["visits"]
    assert found.empty
    assert "visit_no" in found
