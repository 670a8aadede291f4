from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, clean, frame, same
from tests.metrics.test_growth import rows
from tracker.metrics.potential import evolution_index, index_of, realised
from tracker.metrics.series import Ledger

TODAY = date(2026, 8, 15)


@pytest.mark.parametrize("case", cases("potential", "evolution"), ids=str)
def test_evolution_index_of_two_growths(case: dict[str, Any]) -> None:
    pair = (pd.Series([case[name]], dtype="float64") for name in ("product", "market"))
    assert same(index_of(*pair).iloc[0], case["gives"])


def test_evolution_index_of_rows() -> None:
    told = rows("2025Q1", [100.0, 0.0, 0.0, 0.0, 120.0, 50.0, 60.0])
    for row, market in zip(told, [500.0, None, 1.0, 1.0, 540.0, 540.0, 600.0], strict=True):
        row["market_size"] = market
    df = frame(told)
    found = evolution_index(Ledger.of(df, clean(df), TODAY), clean(df))
    assert same(found.iloc[4], 111.1111)
    assert found.drop(found.index[4]).isna().all(), (
        "a blank, a zero and a running period say nothing"
    )


def customers(case: dict[str, Any]) -> pd.DataFrame:
    potential = {"potential_volume": case["potential"], "potential_unit": case["potential_unit"]}
    person = {
        "customer_id": "甲",
        "customer_name": "甲",
        "institution_key": "一院",
        "subject_type": None,
    }
    place = {
        "customer_id": "院",
        "customer_name": "一院",
        "institution_key": None,
        "subject_type": "institution",
    }
    return frame([person | {"potential_volume": 7.0, "potential_unit": "vial"}, place | potential])


@pytest.mark.parametrize("case", cases("potential", "realised"), ids=str)
def test_potential_realised(case: dict[str, Any]) -> None:
    row = {name: case[name] for name in ("period", "actual", "unit")}
    df = frame([row | {"subject_level": "institution", "customer_key": "一院"}])
    found = realised(Ledger.of(df, clean(df), TODAY), customers(case))
    assert same(found.iloc[0], case["gives"])


def test_a_persons_potential_is_its_own() -> None:
    case = {"potential": 50.0, "potential_unit": "vial"}
    row = {"period": "2026Q2", "actual": 21.0, "unit": "vial"}
    df = frame(
        [
            row | {"subject_level": "person", "customer_key": "甲"},
            row | {"subject_level": "department", "customer_key": "一院", "department": "心内科"},
            row | {"subject_level": "rep", "customer_key": None},
        ]
    )
    found = realised(Ledger.of(df, clean(df), TODAY), customers(case))
    assert [
        same(value, wanted) for value, wanted in zip(found, [1.0, None, None], strict=True)
    ] == [True] * 3
