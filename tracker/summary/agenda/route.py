"""The items of each day in the order of the way: by institution, then by time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from itertools import chain

from tracker.summary.agenda import calls, others, promises
from tracker.summary.agenda.brief import Brief, Briefs
from tracker.summary.agenda.desk import Desk
from tracker.summary.agenda.item import CALLS, KINDS, Item
from tracker.summary.source import Source

_NEVER = 24 * 60.0
_VISITED = ("visit", "next", "missed")
_SECTIONS = (
    calls.diary, calls.named, calls.by_frequency, promises.owed, promises.promised, others.issues, others.dates,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """One institution on one day, its items in order."""

    institution: str
    items: tuple[Item, ...]

    @property
    def visited(self) -> bool:
        """Whether a visit of that day leads there."""
        return any(i.kind in ("visit", "next") for i in self.items)


@dataclass(frozen=True, slots=True)
class Day:
    """One day; what is late stands under the first."""

    day: dt.date
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Agenda:
    """What is due.

    Attributes:
        days: every day that was asked for, those without items too.
        briefs: what to know, by customer id, of all that are to be visited.
        left_out: kind -> items that are not listed: beyond the limit, or personal.
        excluded: rows with errors by module; they are not looked at.
    """

    as_of: dt.date
    days: tuple[Day, ...]
    briefs: Mapping[str, Brief]
    left_out: Mapping[str, int] = having(default_factory=dict)
    excluded: Mapping[str, int] = having(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        """All items in the order in which they are listed."""
        return [item for day in self.days for stop in day.stops for item in stop.items]


def find(source: Source, until: dt.date | None = None) -> list[Item]:
    """All items up to a day, or all there are; those called off among them."""
    desk = Desk(source, until)
    return list(chain.from_iterable(section(desk) for section in _SECTIONS))


def agenda(source: Source, days: int, *, show: bool = False) -> Agenda:
    """What is due today and on the days that follow, `days` in all.

    `show` adds what is personal: phones, and days to remember. A customer who is to be visited
    anyway is not listed again as due or overdue. Overdue visits are cut at the limit
    `agenda.overdue` of the thresholds, those on today's way first.
    """
    last = source.as_of + dt.timedelta(days=days - 1)
    found = [i for i in find(source, last) if not i.off]
    visited = {w for i in found if i.kind in _VISITED for w in i.who}
    found = [i for i in found if i.kind not in ("due", "overdue") or not visited & set(i.who)]
    kept, left = _cut(found, source)
    if not show:
        personal = sum(i.kind == "date" for i in kept)
        kept = [i for i in kept if i.kind != "date"]
        left |= {"date": personal} if personal else {}
    every = [source.as_of + dt.timedelta(days=n) for n in range(days)]
    plan = tuple(
        Day(d, _stops([i for i in kept if _shown_on(i, source, last) == d])) for d in every
    )
    ids = {w for i in kept if i.kind in CALLS for w in i.who}
    briefs = Briefs(Desk(source, last), ids, show=show)
    return Agenda(
        source.as_of, plan, {who: briefs.of(who) for who in sorted(ids)}, left,
        {m: n for m in source.frames if (n := source.excluded(m))},
    )  # fmt: skip


def _cut(items: Sequence[Item], source: Source) -> tuple[list[Item], dict[str, int]]:
    """The items without the overdue visits beyond the limit."""
    way = {i.institution for i in items if i.kind in ("visit", "next") and i.day == source.as_of}
    late = [i for i in items if i.kind == "overdue"]
    late.sort(key=lambda i: (i.institution not in way, i.tier or "~", -i.late, i.name))
    longest = source.limit("overdue", "agenda")
    gone = {id(i) for i in late[longest:]}
    return [i for i in items if id(i) not in gone], {"overdue": len(gone)} if gone else {}


def _shown_on(item: Item, source: Source, last: dt.date) -> dt.date:
    """Its own day; today for what is late, and for reminders of what lies further ahead."""
    return item.day if source.as_of <= item.day <= last else source.as_of


def _stops(items: Iterable[Item]) -> tuple[Stop, ...]:
    places: dict[str, list[Item]] = {}
    for item in items:
        places.setdefault(item.institution, []).append(item)
    stops = [Stop(name, tuple(sorted(here, key=_in_stop))) for name, here in places.items()]
    return tuple(sorted(stops, key=_on_way))


def _in_stop(item: Item) -> tuple[float, int, int, str, str]:
    time = _NEVER if item.start is None or item.kind != "visit" else item.start
    return time, KINDS.index(item.kind), -item.late, item.name, item.row_id


def _on_way(stop: Stop) -> tuple[float, bool, int, str]:
    """By the first visit of the day; places without one follow, the most pressing first."""
    times = [i.start for i in stop.items if i.kind == "visit" and i.start is not None]
    pressing = max(i.late for i in stop.items)
    return min(times, default=_NEVER), not stop.visited, -pressing, stop.institution
