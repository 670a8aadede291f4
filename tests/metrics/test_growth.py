from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, clean, frame, plain, same
from tracker.metrics.growth import columns, year_to_date
from tracker.metrics.period import Period, name, split
from tracker.metrics.series import History, Ledger


def rows(first: str, actuals: list[float | None], **more: object) -> list[dict[str, object]]:
    grain, ordinal = split(first)
    return [
        {"period": name(Period(grain, ordinal + n)), "actual": actual, "unit": "box"} | more
        for n, actual in enumerate(actuals)
    ]


@pytest.mark.parametrize("case", cases("growth"), ids=lambda c: str(c["name"]))
def test_growth_of_the_last_period(case: dict[str, Any]) -> None:
    df = frame(rows(case["first"], case["actuals"]))
    found = columns(Ledger.of(df, clean(df), case["as_of"]))
    for column, wanted in case["gives"].items():
        assert same(found[column].iloc[-1], wanted), (column, found[column].iloc[-1])


def test_grains_units_and_subjects_are_never_mixed() -> None:
    df = frame(
        [
            *rows("2026Q1", [100.0, 110.0], customer_key="甲"),
            *rows("2026Q1", [300.0, 600.0], customer_key="乙"),
            *rows("2026-01", [30.0, 33.0], customer_key="甲"),
            *rows("2026Q1", [5.0, 20.0], customer_key="甲", unit="CNY"),
        ]
    )
    found = columns(Ledger.of(df, clean(df), date(2026, 7, 1)))["growth_prev"]
    assert [plain(v) for v in found.round(9)] == [None, 0.1, None, 1.0, None, 0.1, None, 3.0]


def test_a_row_with_an_error_is_no_reference() -> None:
    df = frame(rows("2026Q1", [100.0, 110.0]))
    valid = pd.Series([False, True], index=df.index)
    assert columns(Ledger.of(df, valid, date(2026, 7, 1)))["growth_prev"].isna().all()


def test_year_to_date_compares_the_same_periods() -> None:
    df = frame(
        [
            *rows("2025Q1", [100.0, 100.0, 900.0, 900.0, 120.0, 130.0, 55.0], product_key="甲"),
            *rows("2025Q2", [10.0, 10.0, 10.0, 20.0, 20.0], product_key="乙"),
            *rows("2025Q1", [10.0], product_key="丙"),
        ]
    )
    found = year_to_date(Ledger.of(df, clean(df), date(2026, 8, 15)), 2026)
    assert list(found["product_key"]) == ["甲", "乙"]
    assert list(found["ytd"]) == [250.0, 40.0]
    assert [plain(v) for v in found["ytd_growth"]] == [0.25, None]


def test_series_of_a_product_adds_subjects_without_the_territory() -> None:
    df = frame(
        [
            *rows("2026Q1", [1.0, 2.0], subject_level="institution", customer_key="甲"),
            *rows("2026Q1", [10.0, 20.0], subject_level="institution", customer_key="乙"),
            *rows("2026Q1", [500.0, 500.0], subject_level="rep"),
        ]
    )
    points = Ledger.of(df, clean(df), date(2026, 7, 1), by=("unit",)).points
    assert list(points["period"]) == ["2026Q1", "2026Q2"]
    assert list(points["actual"]) == [11.0, 22.0]


def test_an_empty_history_knows_nothing() -> None:
    df = frame(rows("2026Q1", [None]))
    history = History.of(Ledger.of(df, clean(df), date(2026, 7, 1)).points)
    assert history.at(pd.Series([0]), pd.Series([1.0])).isna().all()
