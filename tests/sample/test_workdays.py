from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.sample.workdays import FIRST, LAST, days_after, is_workday, workday_from, workdays

DAYS = st.dates(FIRST, date(2026, 12, 31))


def test_weekends_and_public_holidays_are_free() -> None:
    assert not is_workday(date(2026, 6, 27))
    assert not is_workday(date(2025, 10, 8))
    assert not is_workday(date(2026, 2, 16))
    assert is_workday(date(2026, 2, 24))
    assert is_workday(LAST)


def test_the_year_has_242_working_days() -> None:
    assert len(workdays(FIRST, LAST)) == 242


@given(DAYS)
def test_the_next_working_day_is_the_first_one(day: date) -> None:
    found = workday_from(day)
    assert is_workday(found)
    between = [day + timedelta(n) for n in range((found - day).days)]
    assert not any(is_workday(free) for free in between)


@given(DAYS, st.integers(1, 90))
def test_days_after_never_comes_early(day: date, count: int) -> None:
    assert (
        day + timedelta(count) <= days_after(day, count) <= day + timedelta(count + 10)
    )  # the spring holiday
