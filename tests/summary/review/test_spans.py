from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.summary.review.spans import Kind, Span, spans

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


def span(first: str, last: str) -> Span:
    return Span(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_a_running_month_is_held_against_the_same_stretch() -> None:
    found = spans("month", dt.date(2026, 3, 30))
    assert found.now == span("2026-03-01", "2026-03-30")
    assert found.same == found.before == span("2026-02-01", "2026-02-28")
    assert spans("month", dt.date(2026, 6, 10)).same == span("2026-05-01", "2026-05-10")


def test_a_period_that_is_over_is_held_against_all_of_the_one_before() -> None:
    assert spans("month", dt.date(2026, 6, 30)).same == span("2026-05-01", "2026-05-31")
    assert spans("quarter", dt.date(2026, 3, 31)).same == span("2025-10-01", "2025-12-31")


def test_a_week_begins_on_monday() -> None:
    found = spans("week", dt.date(2026, 7, 1))
    assert found.whole == span("2026-06-29", "2026-07-05")
    assert found.same == span("2026-06-22", "2026-06-24")


@pytest.mark.parametrize("kind", ["week", "month", "quarter"])
@given(day=DAYS)
def test_periods_meet_and_hold_their_days(kind: Kind, day: dt.date) -> None:
    found = spans(kind, day)
    assert found.whole.first <= day <= found.whole.last
    assert found.before.last + dt.timedelta(days=1) == found.whole.first
    assert found.same.first == found.before.first
    assert found.same.last <= found.before.last
    assert found.now == (found.whole.first, day)
