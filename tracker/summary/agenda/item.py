"""One thing to do, as a plain value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = ("visit", "next", "due", "missed", "overdue", "owed", "promised", "issue", "date")
"""In the order in which they stand at one place.

visit: in the diary. next: named at the last visit, not yet in the diary. due: to be visited by the
tier's frequency; overdue: past that day. missed: in the diary, its day gone by. owed: what the rep
promised; promised: what the customer did. issue: with a deadline. date: a day to remember.
"""
CALLS = frozenset({"visit", "next", "due", "missed", "overdue"})


@dataclass(frozen=True, slots=True)
class Item:
    """Something due.

    Attributes:
        kind: one of KINDS.
        day: when it is or was due.
        late: days since then; below 0 where it lies ahead.
        module, row, row_id: where it stands in the workbook.
        who: ids of the customers.
        name, institution: as shown.
        what: the objective, the promise, the issue, the kind of date.
        start, end: minutes since midnight, None for the whole day.
        method: the word of how the visit takes place.
        tier, department: of the customer named first.
        off: called off or done, kept for calendars that have it.
        yearly: "day" of what comes again on the same day of each year, "leap" on the last of
            February, blank of what does not; only of dates.
    """

    kind: str
    day: dt.date
    late: int
    module: str
    row: int
    row_id: str
    who: tuple[str, ...] = ()
    name: str = ""
    institution: str = ""
    what: str = ""
    start: float | None = None
    end: float | None = None
    method: str | None = None
    tier: str | None = None
    department: str = ""
    off: bool = False
    yearly: str = ""


def clock(minutes: float | None) -> str:
    """Minutes since midnight as HH:MM; blank for none."""
    return "" if minutes is None else f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"
