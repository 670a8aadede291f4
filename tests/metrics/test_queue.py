from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, frame, same
from tracker.metrics import queue

BUCKETS = (7, 14, 30)


def aged(ages: list[float]) -> pd.DataFrame:
    rows = frame([{"issue_status": "open", "age_days": age} for age in ages])
    closed = frame([{"issue_status": "closed", "age_days": 3.0}])
    return pd.concat([rows, closed]).astype({"age_days": "float64"})


@pytest.mark.parametrize("case", cases("queue", "buckets"), ids=str)
def test_age_classes_of_open_issues(case: dict[str, Any]) -> None:
    found = queue.buckets(aged(case["ages"]), BUCKETS)
    assert list(found["issues"]) == case["gives"]
    assert list(found["first"]) == [0, 8, 15, 31]


@pytest.mark.parametrize("case", cases("queue", "median"), ids=str)
def test_median_age(case: dict[str, Any]) -> None:
    assert queue.median_age(aged(case["ages"])) == case["gives"]


@pytest.mark.parametrize("case", cases("queue", "on_time"), ids=str)
def test_closed_on_time(case: dict[str, Any]) -> None:
    rows = frame([{"sla_state": state} for state in case["states"]])
    assert same(queue.on_time(rows).rate, case["rate"])


@pytest.mark.parametrize("case", cases("queue", "satisfaction"), ids=str)
def test_satisfaction(case: dict[str, Any]) -> None:
    names = ("raised_date", "closed_date", "satisfaction")
    rows = frame(
        [dict(zip(names, row, strict=True)) for row in case["rows"]] or [dict.fromkeys(names)]
    )
    mean, n = queue.satisfaction(rows, (date(2026, 7, 1), date(2026, 8, 15)))
    assert same(mean, case["mean"])
    assert n == case["n"]


def test_what_waits_for_an_answer() -> None:
    rows = frame([{"feedback_state": state} for state in ("pending", "done", None)])
    assert list(queue.to_feed_back(rows).index) == [2]
