from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, frame, same, settings
from tracker.metrics import calls, coverage

TODAY = date(2026, 9, 30)
QUARTER = calls.window(TODAY)
CALLS = settings().calls


def book(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    people = [{"customer_id": who, "tier": tier} for who, tier in case["customers"].items()]
    visits = [
        {"customer_key": who, "visit_date": day, "visit_status": status}
        for who, day, status in case["visits"]
    ]
    return {"customers": frame(people), "visits": frame(visits)}


@pytest.mark.parametrize("case", cases("coverage"), ids=lambda c: str(c["name"]))
def test_coverage(case: dict[str, Any]) -> None:
    tables = book(case)
    found = coverage.targeted(tables, QUARTER, TODAY, CALLS)
    hit = coverage.on_target(tables, QUARTER, TODAY, CALLS)
    assert found is not None
    assert hit is not None
    rates = coverage.rates(found)
    row = dict(rates.iloc[0]) if len(rates) else {}
    made = coverage.done(tables, TODAY, CALLS)
    row |= {"on_target": hit.rate, "per_day": coverage.per_field_day(made, QUARTER).rate}
    for name, wanted in case["gives"].items():
        assert same(row.get(name), wanted), (name, row.get(name))


def test_the_example_of_capped_attainment() -> None:
    """M-18: A 20 of 12, B 3 of 6, C 0 of 3."""
    told = pd.DataFrame({"planned": [12.0, 6.0, 3.0], "actual": [20.0, 3.0, 0.0]})
    row = coverage.rates(told).iloc[0]
    assert round(row["uncapped"], 3) == 1.095
    assert round(row["capped"], 3) == 0.714


CALLED = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("ABC")), min_size=1
)


@budget(deadline=None)
@given(CALLED)
def test_capped_is_never_above_uncapped_or_one(rows: list[tuple[int, int, str]]) -> None:
    told = pd.DataFrame(rows, columns=["planned", "actual", "tier"])
    row = coverage.rates(told).iloc[0]
    if row["planned"] > 0:
        assert row["capped"] <= min(row["uncapped"], 1.0) + 1e-12
    assert 0 <= row["coverage"] <= 1


@budget(deadline=None)
@given(CALLED)
def test_tiers_add_up_to_the_whole_in_any_order(rows: list[tuple[int, int, str]]) -> None:
    told = pd.DataFrame(rows, columns=["planned", "actual", "tier"])
    by_tier = coverage.rates(told, ["tier"])
    backwards = coverage.rates(told.iloc[::-1], ["tier"])
    pd.testing.assert_frame_equal(by_tier, backwards)
    counts = ["customers", "covered", "planned", "actual", "capped_calls"]
    assert dict(by_tier[counts].sum()) == dict(coverage.rates(told)[counts].iloc[0])


def test_who_is_not_served_or_not_yet_known_is_no_target() -> None:
    people: list[dict[str, object]] = [
        {"customer_id": "A1", "tier": "A", "status": "moved", "first_contact_date": None},
        {"customer_id": "A2", "tier": "A", "status": None, "first_contact_date": date(2026, 10, 1)},
        {"customer_id": "A3", "tier": "A", "status": None, "first_contact_date": date(2026, 9, 1)},
    ]
    tables = book({"customers": {}, "visits": [[["A3"], date(2026, 9, 1), "completed"]]})
    tables["customers"] = frame(people)
    found = coverage.targeted(tables, QUARTER, TODAY, CALLS)
    assert found is not None
    assert list(found["customer_id"]) == ["A3"]
    assert list(found["planned"]) == [6]


def test_reach_by_product() -> None:
    tables = book({"customers": {"A1": "A", "B1": "B"}, "visits": [[["A1"], TODAY, "completed"]]})
    told = {"product_key": "P", "date": date(2026, 7, 1)}
    tables["messaging"] = frame(
        [told | {"customer_key": "A1"}, told | {"customer_key": "A1"}, told | {"customer_key": "X"}]
    )
    found = coverage.reach_by_product(tables, QUARTER, TODAY, CALLS)
    assert found is not None
    assert list(found.loc["P"]) == [1, 2, 0.5]


def test_without_their_inputs_nothing_is_said() -> None:
    tables = book({"customers": {"A1": "A"}, "visits": []})
    assert coverage.targeted(tables, QUARTER, TODAY, CALLS) is None
    assert coverage.on_target({}, QUARTER, TODAY, CALLS) is None
    assert coverage.reach_by_product(tables, QUARTER, TODAY, CALLS) is None
