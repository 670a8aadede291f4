from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import frame, settings
from tracker.metrics.shares import by_tier, shares

TODAY = date(2026, 6, 30)
QUARTER = (date(2026, 4, 1), TODAY)
TIERS = ["A", "B", "C"]


def test_the_worked_example() -> None:
    """M-28: calls 30/20/50, value 600/300/100 -> 0.50, 0.67, 5.0 (C over-served)."""
    sums = pd.DataFrame({"calls": [30.0, 20.0, 50.0], "value": [600.0, 300.0, 100.0]}, index=TIERS)
    assert list(shares(sums)["index"].round(2)) == [0.5, 0.67, 5.0]


def test_without_sales_there_is_no_index() -> None:
    sums = pd.DataFrame({"calls": [30.0, 20.0], "value": [0.0, 10.0]}, index=TIERS[:2])
    found = shares(sums)["index"]
    assert pd.isna(found["A"])
    assert found["B"] == pytest.approx(0.4)


@budget(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 900)), min_size=1, max_size=4))
def test_shares_sum_to_one(rows: list[tuple[int, int]]) -> None:
    sums = pd.DataFrame(rows, columns=["calls", "value"], index=list("ABCD")[: len(rows)]) * 1.0
    found = shares(sums)
    for name in ("calls", "value"):
        total = found[f"{name}_share"].sum()
        assert total == (pytest.approx(1.0) if sums[name].sum() else 0.0)


def test_calls_minutes_sales_and_potential_of_tiers() -> None:
    person = {"subject_type": "person", "institution_key": "一院", "potential_unit": "box"}
    customers: list[dict[str, object]] = [
        person | {"customer_id": "甲", "tier": "A", "potential_volume": 30.0},
        person | {"customer_id": "乙", "tier": "B", "potential_volume": 10.0},
    ]
    visit: dict[str, object] = {"visit_status": "completed", "visit_date": date(2026, 5, 4)}
    visits: list[dict[str, object]] = [
        visit | {"customer_key": ["甲", "乙"], "start_time": 540.0, "end_time": 570.0},
        visit | {"customer_key": ["甲"], "start_time": 600.0, "end_time": None},
        visit | {"customer_key": ["乙"], "visit_date": date(2026, 3, 31)},
    ]
    sale = {"period": "2026Q2", "unit": "box", "product_key": "P"}
    targets: list[dict[str, object]] = [
        sale | {"subject_level": "institution", "customer_key": "一院", "actual": 60.0},
        sale | {"subject_level": "person", "customer_key": "乙", "actual": 20.0},
        sale | {"subject_level": "rep", "customer_key": None, "actual": 500.0},
        sale | {"subject_level": "person", "customer_key": "乙", "actual": 9.0, "unit": "CNY"},
        sale | {"subject_level": "person", "customer_key": "乙", "actual": 7.0, "period": "2026Q1"},
    ]
    tables = {"customers": frame(customers), "visits": frame(visits), "targets": frame(targets)}
    found = by_tier(tables, QUARTER, TODAY, settings().calls)
    assert found is not None
    sums = found[["calls", "minutes", "value", "potential"]]
    assert [list(sums.loc[tier]) for tier in "AB"] == [[1, 30, 60, 30], [1, 30, 20, 10]]
    assert list(found["index"]) == [pytest.approx(0.5 / 0.75), pytest.approx(2.0)]
    assert by_tier({"customers": tables["customers"]}, QUARTER, TODAY, settings().calls) is None
