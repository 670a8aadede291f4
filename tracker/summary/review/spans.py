"""The days of a period, of the one before, and of as much of that as has gone by of this one."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

from tracker.metrics import period

Kind = Literal["week", "month", "quarter"]


class Span(NamedTuple):
    """Days from the first to the last, both included."""

    first: dt.date
    last: dt.date


class Spans(NamedTuple):
    """What is compared.

    Attributes:
        whole: all days of the running period.
        now: its days up to the as-of day.
        same: as many days of the period before, all of them where the running one is over.
        before: all days of the period before.
    """

    whole: Span
    now: Span
    same: Span
    before: Span


def spans(kind: Kind, as_of: dt.date) -> Spans:
    """The period that holds a day, a week beginning on Monday, and the one before."""
    whole = _holding(kind, as_of)
    before = _holding(kind, whole.first - dt.timedelta(days=1))
    until = min(before.first + (as_of - whole.first), before.last)
    same = before if as_of == whole.last else Span(before.first, until)
    return Spans(whole, Span(whole.first, as_of), same, before)


def _holding(kind: Kind, day: dt.date) -> Span:
    if kind == "week":
        first = day - dt.timedelta(days=day.weekday())
        return Span(first, first + dt.timedelta(days=6))
    return Span(*period.bounds(period.holding(day, kind)))
