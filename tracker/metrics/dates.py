"""Dates to remember (M-34): when each comes round next, and whether it is time to think of it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics import lunar
from tracker.metrics.arith import days_from, no_words, words

if TYPE_CHECKING:
    from tracker.metrics.limits import DateSettings

_YEARLESS = len("MM-DD")


def next_date(
    typed: str, calendar: str | None, *, annual: bool, as_of: date, leap_day: tuple[int, int]
) -> date | None:
    """The next day on or after D that a date falls on; None once it is over, or where unknown.

    Args:
        typed: "2026-05-18" or "05-18"; a date without a year returns each year.
        calendar: "lunar" or anything else for the common one.
        annual: whether it returns each year; not before its own year.
        as_of: the day D.
        leap_day: month and day that stand for 29 February in a common year.
    """
    *year, month, day = map(int, typed.split("-"))
    place = lunar.day_of if calendar == "lunar" else partial(_solar, leap_day=leap_day)
    own = place(year[0], month, day) if year else date.min
    if own is None or (year and not annual):
        return own if own is not None and own >= as_of else None
    least = max(as_of, own)
    found = (place(y, month, day) for y in (least.year - 1, least.year, least.year + 1))
    return min((d for d in found if d is not None and d >= least), default=None)


def _solar(year: int, month: int, day: int, leap_day: tuple[int, int]) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February: any other day that cannot be has not been read
        return date(year, *leap_day)


def is_annual(typed: str, kind: str | None, recurrence: str | None, settings: DateSettings) -> bool:
    """Whether a date returns each year: as the row says, else without a year, else by its type."""
    if recurrence is not None:
        return recurrence == "annual"
    return len(typed) == _YEARLESS or kind in settings.annual


def columns(rows: pd.DataFrame, as_of: date, settings: DateSettings) -> dict[str, pd.Series]:
    """`next_date` (datetime64[s]), `days_to` (float64) and `reminder` (code) of each row.

    `reminder` is "today" or "soon" within the row's days of notice, else None.
    """
    blank = no_words(rows.index)
    names = ("important_date", "calendar", "date_type", "recurrence")
    cells = list(zip(*(rows.get(name, blank) for name in names), strict=True))
    known = {cell: _next(cell, as_of, settings) for cell in set(cells)}
    days = [known[cell] for cell in cells]
    when = pd.Series(days, index=rows.index, dtype="datetime64[s]")
    left = -days_from(when, as_of)
    notice = rows.get("remind_days", left * float("nan")).fillna(settings.remind_days)
    cases = [(left == 0, "today"), (left <= notice, "soon")]
    return {"next_date": when, "days_to": left, "reminder": words(rows.index, cases)}


def _next(
    cell: tuple[str | None, str | None, str | None, str | None], as_of: date, settings: DateSettings
) -> date | None:
    typed, calendar, kind, recurrence = cell
    if not isinstance(typed, str):
        return None
    annual = is_annual(typed, kind, recurrence, settings)
    return next_date(typed, calendar, annual=annual, as_of=as_of, leap_day=settings.leap_day)
