from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, clean, frame, same, settings
from tests.metrics.test_growth import rows
from tracker.metrics.series import Ledger
from tracker.metrics.subjects import of_targets, running, trend_now

TODAY = date(2026, 8, 15)
RISING = [100.0, 104.0, 110.0, 113.0, 121.0, 126.0]
FALLING = [float(v) for v in reversed(RISING)]
FLAT = [100.0] * 6


def people() -> pd.DataFrame:
    return frame(
        [
            {"customer_id": "甲", "institution_key": "一院", "department": "心内科"},
            {"customer_id": "乙", "institution_key": None, "department": None},
            {"customer_id": "丙", "customer_name": "一院", "subject_type": "institution"},
        ]
    )


@pytest.mark.parametrize("case", cases("customers"), ids=lambda c: str(c["name"]))
def test_attainment_now(case: dict[str, Any]) -> None:
    df = frame([{k: v for k, v in row.items() if k != "error"} for row in case["targets"]])
    valid = pd.Series([not row.get("error", False) for row in case["targets"]], index=df.index)
    found = running(people(), Ledger.of(df, valid, TODAY), valid)["attainment"]
    by_name = dict(zip(("甲", "乙", "一院"), found, strict=True))
    for customer, wanted in case["gives"].items():
        assert same(by_name[customer], wanted), (customer, by_name[customer])


def now(*series: list[dict[str, object]]) -> list[object]:
    df = frame([row for rows_ in series for row in rows_])
    found = trend_now(people(), Ledger.of(df, clean(df), TODAY), clean(df), settings().trend)
    return list(found["label"])


def hospital(actuals: list[float], product: str, **more: object) -> list[dict[str, object]]:
    subject = {"subject_level": "institution", "customer_key": "一院", "product_key": product}
    return rows("2025Q1", list(actuals), **(subject | more))


def test_the_series_with_the_largest_total_gives_the_trend() -> None:
    double = [2 * v for v in FALLING]
    assert now(hospital(RISING, "A"), hospital(double, "B")) == ["down", None, "down"]


def test_of_equal_totals_the_first_product_by_name_counts() -> None:
    assert now(hospital(FALLING, "B"), hospital(RISING, "A")) == ["up", None, "up"]


def test_a_persons_own_series_counts_before_the_institutions() -> None:
    own = {"subject_level": "person", "customer_key": "甲"}
    assert now(hospital(RISING, "A"), hospital(FLAT, "A", **own)) == ["flat", None, "up"]


def test_a_series_of_one_point_is_insufficient() -> None:
    assert now(hospital([5.0], "A")) == ["insufficient", None, "insufficient"]


def test_faulty_rows_of_a_person_do_not_hide_the_institution() -> None:
    own = {"subject_level": "person", "customer_key": "甲"}
    df = frame([*hospital(RISING, "A"), *hospital(FLAT, "A", **own)])
    valid = df["subject_level"] != "person"
    found = trend_now(people(), Ledger.of(df, valid, TODAY), valid, settings().trend)
    assert list(found["label"]) == ["up", None, "up"]


def test_a_row_without_a_level_or_a_name_speaks_for_nobody() -> None:
    level = pd.Series(["person", None, "person", "rep"], dtype=object)
    key = pd.Series(["甲", "甲", None, "甲"], dtype=object)
    assert of_targets(level, key, None).notna().tolist() == [True, False, False, False]
