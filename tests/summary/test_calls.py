from __future__ import annotations

import pytest

from tests.summary.book import customers, empty, source
from tracker.summary import calls


def test_calls_count_a_customer_and_day_once_and_a_group_visit_for_each() -> None:
    made = calls.made(source())
    pairs = sorted(zip(made["who"], made["date"].dt.strftime("%m-%d"), strict=True))
    assert pairs == [("Cb", "08-01"), ("Cb", "08-10"), ("Cc", "08-10"), ("Cd", "06-01")]


def test_windows_hold_both_ends() -> None:
    made = source()
    assert [calls.in_window(made, n) for n in (5, 6, 14, 15, 75, 76)] == [0, 2, 2, 3, 3, 4]
    assert calls.in_window(source(visits=None), 30) is None


def test_months_without_calls_are_zero_and_none_at_all_is_empty() -> None:
    rows = calls.by_month(source())
    assert [(r["month"], r["calls"]) for r in rows] == [
        ("2026-03", 0), ("2026-04", 0), ("2026-05", 0), ("2026-06", 1), ("2026-07", 0),
        ("2026-08", 3),
    ]  # fmt: skip
    assert calls.by_month(empty()) == []
    assert calls.by_month(source(visits=None)) == []


def test_plan_counts_no_customer_above_its_plan() -> None:
    made = source()
    table = made.computed["customers"]
    table["planned_calls"] = [12.0, 6.0, 3.0, *[float("nan")] * 7]
    table["actual_calls"] = [20.0, 3.0, 0.0, 5.0, *[0.0] * 6]
    found = calls.plan(made)
    assert found is not None
    assert found["capped"] == pytest.approx(15 / 21)
    assert found["planned"] == 21


def test_no_plan_is_none_not_zero() -> None:
    assert calls.plan(empty()) is None
    assert calls.plan(source(customers=None)) is None
    assert calls.by_tier(source(customers=None)) == []


def test_tiers_stand_in_order_and_those_without_a_plan_are_left_out() -> None:
    rows = calls.by_tier(source(customers=customers()))
    assert [r["tier"] for r in rows] == ["A", "B", "C"]
    assert rows[0] == {"tier": "A", "planned": 54.0, "actual": 3.0}
