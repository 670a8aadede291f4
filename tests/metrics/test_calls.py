from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, clean, frame, same, settings
from tracker.metrics import calls, due
from tracker.metrics.enrich import enrich

SETTINGS = settings()
TODAY = date(2026, 8, 15)
QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


@pytest.mark.parametrize("case", cases("calls", "intervals"), ids=str)
def test_interval(case: dict[str, Any]) -> None:
    found = due.interval(pd.Series([case["frequency"]], dtype="float64"))
    assert same(found[0], case["days"])


@pytest.mark.parametrize("case", cases("calls", "planned"), ids=str)
def test_planned(case: dict[str, Any]) -> None:
    start = pd.Series([case.get("start")], dtype="datetime64[s]")
    frequency = pd.Series([case["frequency"]], dtype="float64")
    assert same(calls.planned(frequency, start, QUARTER)[0], case["calls"])


@pytest.mark.parametrize("case", cases("calls", "remaining"), ids=str)
def test_what_remains(case: dict[str, Any]) -> None:
    plan, actual, future = (
        pd.Series([case[name]], dtype="float64") for name in ("planned", "actual", "scheduled")
    )
    assert same(calls.remaining(plan, actual)[0], case["remaining"])
    assert same(calls.remaining_to_schedule(plan, future, actual)[0], case["to_schedule"])
    assert same(calls.attainment(actual, plan)[0], case["attainment"])


@pytest.mark.parametrize("case", cases("calls", "customers"), ids=lambda c: str(c["name"]))
def test_one_customer(case: dict[str, Any]) -> None:
    usual = {"visit_status": "completed", "customer_key": ["甲"], "next_visit_date": None}
    other = usual | {"visit_date": date(2026, 8, 14), "customer_key": ["乙"]}
    visits = [usual | row for row in case["visits"]] + [other]
    made = frame([{k: v for k, v in row.items() if k != "error"} for row in visits])
    valid = pd.Series([not row.get("error", False) for row in visits], index=made.index)
    customers = frame([{"customer_id": "甲"} | case["customer"]])
    frames = {"customers": customers, "visits": made}
    row = enrich(frames, {"visits": valid}, TODAY, SETTINGS)["customers"].iloc[0]
    for column, wanted in case["gives"].items():
        assert same(row[column], wanted), (column, row[column], wanted)


def visit(day: str, *who: str, status: str = "completed") -> dict[str, object]:
    return {"visit_date": date.fromisoformat(day), "customer_key": who, "visit_status": status}


def test_worked_example_of_calls_on_five_targets() -> None:
    df = frame(
        [
            visit("2026-08-03", "A1"),
            visit("2026-08-03", "A1"),
            visit("2026-08-05", "A1"),
            visit("2026-08-05", "B1"),
            visit("2026-08-06", "X9"),
        ]
    )
    made = calls.done(df, clean(df), TODAY, SETTINGS.calls)
    targets = pd.Series(["A1", "A2", "B1", "B2", "C1"])
    assert list(calls.count(made, targets, QUARTER)) == [2, 0, 1, 0, 0]
    assert len(made) == 4


def test_a_group_visit_is_a_call_on_each_who_attends() -> None:
    df = frame([visit("2026-08-03", "甲", "乙"), visit("2026-08-03", "甲"), visit("2026-08-04")])
    made = calls.done(df, clean(df), TODAY, SETTINGS.calls)
    assert sorted(made["who"]) == ["乙", "甲"]


def test_every_visit_counts_where_the_settings_say_so() -> None:
    df = frame([visit("2026-08-03", "甲"), visit("2026-08-03", "甲")])
    by_visit = settings(calls={"count": "visit"}).calls
    assert len(calls.done(df, clean(df), TODAY, by_visit)) == 2


def test_scheduled_are_plans_after_the_day() -> None:
    df = frame(
        [
            visit("2026-08-15", "甲", status="planned"),
            visit("2026-08-16", "甲", status="planned"),
            visit("2026-08-17", "甲"),
        ]
    )
    found = calls.scheduled(df, clean(df), TODAY, SETTINGS.calls)
    assert list(found["date"]) == [pd.Timestamp("2026-08-16")]


@budget(max_examples=40, deadline=None)
@given(st.floats(0.1, 31), st.dates(date(2026, 7, 1), date(2026, 9, 30)))
def test_a_shorter_time_never_asks_for_more_calls(frequency: float, start: date) -> None:
    per_month = pd.Series([frequency])
    part = calls.planned(per_month, pd.Series([pd.Timestamp(start)]), QUARTER)
    assert 0 <= part[0] <= calls.planned(per_month, None, QUARTER)[0]
