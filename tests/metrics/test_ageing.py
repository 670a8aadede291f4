from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.metrics.tables import cases, frame, same, settings
from tracker.metrics.enrich import enrich

SETTINGS = settings()
TODAY = date(2026, 8, 15)
COLUMNS = ("sla_state", "age_days", "overdue_days", "feedback_state")


@pytest.mark.parametrize("case", cases("issues"), ids=lambda c: str(c["row"]))
def test_one_issue(case: dict[str, Any]) -> None:
    usual = {"raised_date": date(2026, 8, 1), "closed_date": None, "fed_back_on": None}
    row = enrich({"issues": frame([usual | case["row"]])}, {}, TODAY, SETTINGS)["issues"].iloc[0]
    for column in COLUMNS:
        assert same(row[column], case[column]), (column, row[column])


@pytest.mark.parametrize(
    ("gone", "kept"),
    [
        ("due_date", {"age_days", "feedback_state"}),
        ("closed_date", {"age_days", "overdue_days", "sla_state", "feedback_state"}),
        ("fed_back_on", {"age_days", "overdue_days", "sla_state"}),
        ("issue_status", {"age_days"}),
        ("raised_date", {"overdue_days", "sla_state", "feedback_state"}),
    ],
)
def test_a_column_without_its_inputs_is_left_out(gone: str, kept: set[str]) -> None:
    day = date(2026, 8, 1)
    df = frame(
        [
            {
                "raised_date": day,
                "due_date": day,
                "closed_date": day,
                "fed_back_on": day,
                "issue_status": "closed",
            }
        ]
    )
    assert set(enrich({"issues": df.drop(columns=gone)}, {}, TODAY, SETTINGS)["issues"]) == kept


def test_how_soon_is_soon_is_a_setting() -> None:
    df = frame([{"due_date": date(2026, 8, 20), "issue_status": "open"}])
    wider = settings(issues={"due_soon_days": 5})
    assert enrich({"issues": df}, {}, TODAY, wider)["issues"]["sla_state"].item() == "due_soon"
