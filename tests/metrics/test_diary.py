from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, frame, same
from tracker.metrics import commitments, diary
from tracker.metrics.visits import commitment_state

TODAY = date(2026, 8, 15)
DAY = date(2026, 8, 1)


@pytest.mark.parametrize("case", cases("diary", "execution"), ids=str)
def test_plan_execution(case: dict[str, Any]) -> None:
    rows = frame([{"visit_status": s, "visit_date": case["day"]} for s in case["rows"]])
    assert diary.execution(rows, TODAY) == case["gives"]
    assert same(diary.executed(rows, TODAY).rate, case["rate"])


@pytest.mark.parametrize("case", cases("diary", "objectives"), ids=str)
def test_objectives(case: dict[str, Any]) -> None:
    done = {"visit_status": "completed", "visit_date": DAY}
    rows = frame([done | {"objective": o, "objective_result": r} for o, r in case["rows"]])
    assert diary.attained(rows).whole == case["assessed"]
    assert same(diary.attained(rows).rate, case["rate"])
    assert same(diary.attained(rows, 0.5).rate, case["weighted"])


@pytest.mark.parametrize("case", cases("diary", "responses"), ids=str)
def test_responses(case: dict[str, Any]) -> None:
    done = {"visit_status": "completed", "visit_date": DAY}
    rows = frame([done | {"customer_response": r} for r in case["rows"]])
    assert diary.commitment_rate(rows).whole == case["total"]
    assert same(diary.commitment_rate(rows).rate, case["rate"])


@pytest.mark.parametrize("case", cases("diary", "timely"), ids=str)
def test_timeliness(case: dict[str, Any]) -> None:
    days = [None if n is None else DAY + timedelta(days=n) for n in case["days"]]
    rows = frame([{"visit_status": "completed", "visit_date": DAY, "logged_on": d} for d in days])
    assert same(diary.timely(rows, 1).rate, case["rate"])


@pytest.mark.parametrize("case", cases("diary", "probe"), ids=str)
def test_who_is_to_be_probed(case: dict[str, Any]) -> None:
    rows = [
        {
            "customer_key": ["甲"], "visit_status": "completed", "customer_response": response,
            "visit_date": DAY + timedelta(days=n),
        }
        for n, response in enumerate(case["rows"])
    ]  # fmt: skip
    assert ("甲" in diary.to_probe(frame(rows), TODAY)) is case["probe"]


@pytest.mark.parametrize("case", cases("diary", "commitments"), ids=str)
def test_commitments(case: dict[str, Any]) -> None:
    rows = frame(
        [
            {"commitment": "文献", "commitment_due": due, "commitment_done_on": done}
            for due, done in case["rows"]
        ]
    )
    rows["commitment_state"] = commitment_state(rows, TODAY)
    assert commitments.counts(rows) == case["gives"]
    assert same(commitments.kept(rows, TODAY).rate, case["rate"])
    late = case["gives"]["overdue"]
    left = rows[rows["commitment_due"].notna() & rows["commitment_done_on"].isna()]
    assert len(commitments.outstanding(rows)) == len(left) >= late


def test_rows_of_a_window_end_at_the_day() -> None:
    days = [date(2026, 6, 30), date(2026, 7, 1), TODAY, TODAY + timedelta(days=1)]
    rows = frame([{"visit_date": day} for day in days])
    found = diary.rows_in(rows, (date(2026, 7, 1), date(2026, 9, 30)), TODAY)
    assert [day.date() for day in found["visit_date"]] == days[1:3]


def test_completeness_is_the_mean_of_the_rows() -> None:
    assert diary.completeness(pd.Series([1.0, 0.5, None])) == 0.75
    assert diary.completeness(pd.Series([None], dtype="float64")) is None
