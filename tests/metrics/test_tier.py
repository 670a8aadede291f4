from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, clean, frame, settings
from tracker.metrics.tier import columns, deciles, no_discrimination

LEVELS = settings().tier
NUMERIC = settings(tier={"mode": "numeric"}).tier


@pytest.mark.parametrize("case", cases("tier", "matrix"), ids=str)
def test_matrix(case: dict[str, Any]) -> None:
    df = frame(
        [
            {
                "potential_level": case["potential"],
                "customer_support": case["support"],
                "tier_manual": case.get("manual"),
            }
        ]
    )
    found = {name: cells.iloc[0] for name, cells in columns(df, clean(df), LEVELS).items()}
    by_matrix, _ = LEVELS.matrix.get((case["potential"], case["support"]), (None, ""))
    wanted = {"tier": case["tier"], "strategy": case["strategy"], "tier_auto": by_matrix}
    assert found == wanted | {"tier_source": case.get("source", "auto")}


@pytest.mark.parametrize("case", cases("tier", "deciles"), ids=str)
def test_deciles(case: dict[str, Any]) -> None:
    found = deciles(pd.Series(case["volumes"], dtype="float64"))
    assert list(found) == case["deciles"]
    assert no_discrimination(found) is case["alike"]


@budget(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_a_larger_volume_never_has_a_lower_decile(volumes: list[int]) -> None:
    found = deciles(pd.Series(volumes, dtype="float64"))
    pairs = sorted(zip(volumes, found, strict=True))
    assert [decile for _, decile in pairs] == sorted(found)
    assert max(found) == (10 if any(volumes) else 0)


def volumes(count: int, **more: object) -> list[dict[str, object]]:
    return [
        {"potential_volume": float(2**n), "potential_level": "L", "customer_support": "M"} | more
        for n in range(count)
    ]


def test_numeric_mode_takes_the_level_from_the_volume() -> None:
    df = frame([*volumes(10), {"potential_volume": None, "customer_support": "M"}])
    found = columns(df, clean(df), NUMERIC)["tier"]
    assert list(found[-3:]) == ["B", "A", None]
    assert set(found[:-3]) == {"D"}


def test_too_few_volumes_of_a_unit_leave_the_declared_level() -> None:
    df = frame([*volumes(10, potential_unit="box"), *volumes(9, potential_unit="CNY")])
    found = columns(df, clean(df), NUMERIC)["tier"]
    assert list(found[:10])[-2:] == ["B", "A"]
    assert set(found[10:]) == {"D"}


def test_a_row_with_an_error_does_not_count_among_the_volumes() -> None:
    df = frame(volumes(10))
    valid = clean(df)
    valid.iloc[-1] = False
    assert set(columns(df, valid, NUMERIC)["tier"]) == {"D"}


def test_too_few_volumes_without_a_declared_level_assess_nothing() -> None:
    df = frame(volumes(3)).drop(columns="potential_level")
    assert set(columns(df, clean(df), NUMERIC)["strategy"]) == {"unassessed"}


def test_absent_inputs_leave_the_columns_out() -> None:
    df = frame([{"tier_manual": "B", "potential_level": "H"}, {"tier_manual": None}])
    found = columns(df, clean(df), LEVELS)
    assert set(found) == {"tier", "tier_source"}
    assert list(found["tier"]) == ["B", None]
    assert columns(df[["potential_level"]], clean(df), LEVELS) == {}


def test_no_customers_have_no_tiers() -> None:
    df = frame(volumes(1))[:0]
    assert columns(df, clean(df), LEVELS)["tier"].empty
    assert columns(df, clean(df), NUMERIC)["tier"].empty
