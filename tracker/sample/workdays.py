"""The days of the story and which of them a representative works on."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

FIRST = date(2025, 7, 1)
LAST = date(2026, 6, 30)
PLANS_UNTIL = date(2026, 7, 22)
# The public holidays of mainland China between FIRST and PLANS_UNTIL.
HOLIDAYS = (
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
)


@cache
def is_workday(day: date) -> bool:
    """Whether the day is neither Saturday, Sunday nor a public holiday of the story."""
    return day.weekday() < 5 and not any(start <= day <= end for start, end in HOLIDAYS)


def workdays(start: date, end: date) -> list[date]:
    """Every working day from `start` to `end`, both included."""
    span = (start + timedelta(n) for n in range((end - start).days + 1))
    return [day for day in span if is_workday(day)]


def workday_from(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_workday(day):
        day += timedelta(1)
    return day


def days_after(day: date, count: int) -> date:
    """The working day that is `count` calendar days after `day`, or the next one."""
    return workday_from(day + timedelta(count))
