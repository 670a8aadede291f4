from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import frame, settings
from tracker.metrics.positives import rows

TODAY = date(2026, 8, 15)
NAMES = ("customer_key", "date", "acceptance", "reaction", "message_type")


def book(**changes: Any) -> dict[str, pd.DataFrame]:
    """甲 of 一院 likes P (two types of message, calls as planned); 一院 has 40 of 100 at half time."""
    told = changes.get("told", [["甲", date(2026, 8, 1), "4", None, ["efficacy", "safety"]]])
    customer = {
        "customer_id": "甲", "customer_name": "甲", "institution_key": "一院", "subject_type": "person",
        "actual_calls": changes.get("calls", 9.0), "planned_calls": 9.0, "status": changes.get("status"),
    }  # fmt: skip
    sale = {
        "subject_level": "institution", "customer_key": "一院", "product_key": "P", "unit": "box",
        "period": "2026Q3", "target": 100.0, "actual": changes.get("actual", 40.0),
    }  # fmt: skip
    other = sale | {"product_key": "Q", "actual": 1.0}
    issue = {"customer_key": "甲", "product_key": changes.get("about", "Q"), "issue_status": "open"}
    return {
        "customers": frame([customer]),
        "targets": frame([sale, other]),
        "messaging": frame([{"product_key": "P"} | dict(zip(NAMES, r, strict=True)) for r in told]),
        "issues": frame([issue]),
    }


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, "unclear"),
        ({"calls": 8.0}, "depth"),
        ({"told": [["甲", date(2026, 8, 1), "5", None, ["efficacy"]]]}, "depth"),
        ({"told": [["甲", date(2026, 8, 1), None, "positive", ["efficacy", "safety"]]]}, "unclear"),
        ({"about": "P"}, "concern"),
        ({"about": "P", "calls": 0.0}, "both"),
    ],
)
def test_the_cause(changes: dict[str, Any], cause: str) -> None:
    found = rows(book(**changes), TODAY, settings())
    assert found is not None
    assert [
        tuple(r) for r in found[["customer_key", "product_key", "cause"]].itertuples(index=False)
    ] == [("甲", "P", cause)]
    assert found["adjusted"].iloc[0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    "changes",
    [
        {"actual": 45.0},
        {"actual": None},
        {"told": [["甲", date(2026, 8, 1), "3", "neutral", ["efficacy"]]]},
        {
            "told": [
                ["甲", date(2026, 7, 1), "5", None, None],
                ["甲", date(2026, 8, 1), "2", None, None],
            ]
        },
        {"told": [["乙", date(2026, 8, 1), "5", None, None]]},
        {"status": "moved"},
    ],
)
def test_who_is_not_listed(changes: dict[str, Any]) -> None:
    if changes.get("actual", 1.0) is None:
        tables = book(**changes)
        tables["targets"] = tables["targets"].assign(target=float("nan"))
    else:
        tables = book(**changes)
    found = rows(tables, TODAY, settings())
    assert found is not None
    assert found.empty


def test_limits_of_ones_own_and_absent_inputs() -> None:
    assert rows(book(), TODAY, settings(positives={"below": 0.75})).empty  # type: ignore[union-attr]  # the columns are there
    shallow = rows(book(), TODAY, settings(positives={"few_types": 3}))
    assert shallow is not None
    assert list(shallow["cause"]) == ["depth"]
    tables = book()
    del tables["issues"]
    found = rows(tables, TODAY, settings())
    assert found is not None
    assert found["issues"].isna().all()
    del tables["targets"]
    assert rows(tables, TODAY, settings()) is None
