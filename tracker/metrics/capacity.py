"""Whether the call plan can be carried out at all (M-37)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.metrics.share import Share

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tracker.metrics.calls import Window

_WEEKEND = 5  # Saturday


def is_weekday(day: date) -> bool:
    """Whether a day is one of Monday to Friday."""
    return day.weekday() < _WEEKEND


def work_days(days: Window, works: Callable[[date], bool] = is_weekday) -> int:
    """Working days of a window, both ends inside."""
    first, last = days
    return sum(works(first + timedelta(days=n)) for n in range((last - first).days + 1))


def utilisation(
    planned: float, days: Window, calls_per_day: float, days_off: float = 0,
    works: Callable[[date], bool] = is_weekday,
) -> Share:  # fmt: skip
    """Planned calls against what the days hold; a rate above 1 is a plan that is not feasible.

    Args:
        planned: calls planned in the window over all customers.
        days: first and last day of the cycle.
        calls_per_day: calls that a working day holds.
        days_off: working days without visits (leave, meetings, training).
        works: which days are worked.
    """
    return Share(planned, max(0.0, work_days(days, works) - days_off) * calls_per_day)
