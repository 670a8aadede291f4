from __future__ import annotations

from datetime import timedelta

from tests.sample.reading import D, Record, Told

CLOSED = {"resolved", "closed"}
SETTLED = {"result", "closed_date", "fed_back_on", "confirmed_satisfied", "satisfaction"}


def _open(told: Told) -> list[Record]:
    return [row for row in told.rows("issues") if row["issue_status"] not in CLOSED]


def test_issues_were_raised_in_completed_visits_in_order(told: Told) -> None:
    met = {(row["customer"][0], row["visit_date"]) for row in told.visits("completed")}
    days = [row["raised_date"] for row in told.rows("issues")]
    assert days == sorted(days)
    assert {(row["customer"], row["raised_date"]) for row in told.rows("issues")} <= met


def test_settled_issues_say_how_and_when(told: Told) -> None:
    for row in told.rows("issues"):
        if row["issue_status"] in CLOSED:
            assert row.keys() >= SETTLED
            assert row["raised_date"] <= row["closed_date"] <= row["fed_back_on"] <= D
            assert 1 <= row["satisfaction"] <= 5
        else:
            assert not SETTLED & row.keys()


def test_due_dates_do_not_precede_the_issue(told: Told) -> None:
    dated = [row for row in told.rows("issues") if "due_date" in row]
    assert all(row["due_date"] >= row["raised_date"] for row in dated)


def test_three_in_ten_are_open_a_few_overdue_and_two_without_a_date(told: Told) -> None:
    waiting = _open(told)
    assert len(waiting) == round(0.3 * len(told.rows("issues")))
    overdue = [row for row in waiting if row.get("due_date", D) < D]
    undated = [row for row in waiting if "due_date" not in row]
    assert len(overdue) == max(1, told.full(4))
    assert len(undated) == told.full(2)
    if told.size == 1:
        soon = [r for r in waiting if D <= r.get("due_date", D) <= D + timedelta(3)]
        assert soon


def test_everything_has_an_owner_and_grave_cases_a_plan(told: Told) -> None:
    for row in told.rows("issues"):
        assert row["owner"]
        if row["severity"] in ("high", "crisis"):
            assert row["action_plan"]
    assert [row["issue_status"] in CLOSED for row in _crises(told)] == [True]


def _crises(told: Told) -> list[Record]:
    return [row for row in told.rows("issues") if row["severity"] == "crisis"]


def test_suspected_adverse_reactions_are_recorded_as_such(told: Told) -> None:
    words = ("不良反应", "副作用", "adverse", "side effect")
    for row in told.rows("issues"):
        mentions = any(word in row["issue"] for word in words)
        assert mentions == (row["record_type"] == "adverse_event")
    if told.size == 1:
        assert sum(row["record_type"] == "adverse_event" for row in told.rows("issues")) == 2
