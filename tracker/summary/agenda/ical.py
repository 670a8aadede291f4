"""Items as a calendar that phones take in (RFC 5545), by the package `icalendar`.

An entry keeps its UID as long as its row keeps its id, so that a second import updates. What was
called off or done meanwhile stays as a cancelled entry while its day lies ahead.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.errors import ConfigError
from tracker.summary.agenda.item import KINDS, Item
from tracker.summary.agenda.route import find
from tracker.summary.marks import plain
from tracker.summary.source import Source

if TYPE_CHECKING:
    from icalendar import Event, Timezone

_TAKEN = frozenset({"visit", "next", "owed", "promised", "date"})
_FIRST = dt.date(2000, 1, 1)  # SEQUENCE counts the days since then
_USUAL = 30.0  # minutes of a visit whose end is not known
_RULES = {"day": {"freq": "yearly"}, "leap": {"freq": "yearly", "bymonth": 2, "bymonthday": -1}}


def calendar(
    source: Source, words: Mapping[str, str], workbook: str, zone: ZoneInfo,
    until: dt.date | None, title: str,
) -> tuple[int, bytes]:  # fmt: skip
    """Entries and bytes of the calendar of next visits, commitments and days to remember.

    Args:
        source: the facts of a workbook.
        words: kinds of items in the language of the calendar.
        workbook: its id, part of every UID.
        zone: the zone of the times of day.
        until: the last day, or None for all that lies ahead.
        title: what the calendar is called.

    Raises:
        ConfigError: the package is not installed.
    """
    _require()
    from icalendar import Calendar

    made = Calendar()
    for name, value in (
        ("prodid", "-//tracker//agenda//EN"), ("version", "2.0"), ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"), ("x-wr-calname", plain(title)),
    ):  # fmt: skip
        made.add(name, value)
    items = [i for i in find(source, until) if i.kind in _TAKEN]
    items.sort(key=lambda i: (i.day, i.start or 0.0, KINDS.index(i.kind), i.row_id))
    if any(i.start is not None for i in items):
        made.add_component(_timezone(zone, source.as_of, items[-1].day))
    clerk = _Clerk(source.as_of, words, workbook, zone)
    for item in items:
        made.add_component(clerk.entry(item))
    return len(items), made.to_ical(sorted=False)


def _require() -> None:
    try:
        import icalendar  # noqa: F401  # asked for before anything is made
    except ImportError as e:
        raise ConfigError(
            path="--ics",
            zh="写日历需要另外的包：pip install 'tracker[calendar]'",
            en="calendars need a further package: pip install 'tracker[calendar]'",
        ) from e


def _timezone(zone: ZoneInfo, first: dt.date, last: dt.date) -> Timezone:
    from icalendar import Timezone

    years = dt.date(first.year, 1, 1), dt.date(max(first, last).year + 1, 1, 1)
    made = Timezone.from_tzinfo(zone, zone.key, *years)
    made.pop("comment", None)
    return made


@dataclass(frozen=True, slots=True)
class _Clerk:
    """Writes the entries of one calendar."""

    as_of: dt.date
    words: Mapping[str, str]
    workbook: str
    zone: ZoneInfo

    def entry(self, item: Item) -> Event:
        """One item as an entry: at its time of day, else for the whole day."""
        from icalendar import Event

        made = Event()
        made.add("uid", self._uid(item))
        made.add("dtstamp", dt.datetime.combine(self.as_of, dt.time(), dt.UTC))
        made.add("sequence", (self.as_of - _FIRST).days)
        made.add("summary", self._title(item))
        self._times(made, item)
        if item.yearly:
            made.add("rrule", _RULES[item.yearly])
        if item.institution:
            made.add("location", plain(item.institution))
        said = self._description(item)
        if said:
            made.add("description", plain(said))
        made.add("categories", [self.words[item.kind]])
        made.add("class", "PRIVATE")
        made.add("status", "CANCELLED" if item.off else "CONFIRMED")
        return made

    def _uid(self, item: Item) -> str:
        parts = f"{self.workbook}\n{item.module}\n{item.row_id}\n{item.kind}"
        return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest() + "@tracker"

    def _title(self, item: Item) -> str:
        kind = item.what if item.kind == "date" and item.what else self.words[item.kind]
        title = f"{kind} {item.name}" if item.name else kind
        return plain(f"{title} ({self.words['cancelled']})" if item.off else title)

    def _description(self, item: Item) -> str:
        if item.kind == "date":
            return self.words["greetings"]
        return " · ".join(p for p in (item.what, item.method) if p)

    def _times(self, made: Event, item: Item) -> None:
        """Promises that are late stand on the as-of day: they are still to be kept."""
        day = max(item.day, self.as_of)
        timed = item.kind == "visit" and item.start is not None
        if not timed or item.start is None:
            made.add("dtstart", day)
            made.add("dtend", day + dt.timedelta(days=1))
            made.add("transp", "TRANSPARENT")
            return
        end = item.start + _USUAL if item.end is None or item.end <= item.start else item.end
        made.add("dtstart", self._moment(day, item.start))
        made.add("dtend", self._moment(day, end))

    def _moment(self, day: dt.date, minutes: float) -> dt.datetime:
        start = dt.datetime.combine(day, dt.time(), self.zone)
        return start + dt.timedelta(minutes=minutes)
