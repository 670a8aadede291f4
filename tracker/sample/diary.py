"""When the rep calls on whom: the calls of the story, without their content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tracker.sample.customers import Person, draw
from tracker.sample.workdays import FIRST, LAST, PLANS_UNTIL, workdays

OPENS, CLOSES = 8 * 60, 18 * 60  # minutes of the day
METHODS = {"in_person": 80, "phone": 8, "wechat": 6, "online": 4, "email": 1, "congress": 1}
REACHED_BY = {"phone": "office_phone", "wechat": "wechat", "email": "email"}


@dataclass(slots=True)
class Call:
    """One visit, done or planned. Times are minutes since midnight; `place` is its row's place."""

    people: tuple[Person, ...]
    day: date
    start: int
    end: int
    method: str
    status: str = "completed"
    place: int = 0

    @property
    def lead(self) -> Person:
        """The person whose response counts; in a group visit the first."""
        return self.people[0]


@dataclass(frozen=True, slots=True)
class Diary:
    """All calls by day and time, and for each call the lead's next one, if there is any."""

    calls: tuple[Call, ...]
    following: tuple[Call | None, ...]

    def after(self, call: Call) -> Call | None:
        """The next call on the same customer."""
        return self.following[call.place]

    def completed(self) -> list[Call]:
        """The visits that took place."""
        return [call for call in self.calls if call.status == "completed"]


def keep(rng: Random, people: Sequence[Person], size: float) -> Diary:
    """The year's calls and the plans beyond it.

    A smaller territory has fewer days in the field and fewer calls on each of them.
    """
    days = workdays(FIRST, LAST)
    if size < 1:
        days = sorted(rng.sample(days, round(len(days) * size**0.5)))
    rota = _Rota(rng, people)
    done = rota.fill(days, round(2500 * size))
    _spoil(rng, done, size)
    ahead = workdays(LAST + timedelta(1), PLANS_UNTIL)
    planned = rota.fill(ahead[: max(1, round(40 * size))], max(2, round(40 * size)), planning=True)
    for call in planned:
        call.status = "planned"
    return _linked([*done, *planned])


class _Rota:
    """Who is due: each day goes to those who have waited longest for their interval."""

    def __init__(self, rng: Random, people: Sequence[Person]) -> None:
        self.rng = rng
        self.people = people
        self.last: dict[str, date] = {}
        self.wait: dict[str, float] = {}
        for person in people:
            wait = person.interval * rng.uniform(0.85, 1.25)
            known = max(person.since, FIRST - timedelta(rng.random() * wait))
            self.wait[person.name], self.last[person.name] = wait, known

    def fill(self, days: list[date], total: int, *, planning: bool = False) -> list[Call]:
        calls: list[Call] = []
        for day, count in zip(days, _spread(self.rng, total, len(days)), strict=True):
            pool = [person for person in self.people if self._may_see(person, day, planning)]
            pool.sort(key=lambda person: self._waited(person, day), reverse=True)
            calls += self._day(day, pool[:count], [] if planning else pool[count:])
        return calls

    def _may_see(self, person: Person, day: date, planning: bool) -> bool:
        if planning:
            return person.until is None and person.interval <= 30 and self.last[person.name] <= LAST
        return person.active_on(day) and self.last[person.name] < day

    def _waited(self, person: Person, day: date) -> float:
        return (day - self.last[person.name]).days / self.wait[person.name]

    def _day(self, day: date, chosen: list[Person], others: list[Person]) -> list[Call]:
        chosen.sort(key=lambda person: person.site.place)
        slots = _times(self.rng, [person.site.place for person in chosen])
        calls = []
        for person, (start, end) in zip(chosen, slots, strict=True):
            guests = self._guests(person, others)
            method = "group_meeting" if guests else _method(self.rng, person)
            calls.append(Call((person, *guests), day, start, end, method))
            for attending in (person, *guests):
                self.last[attending.name] = day
        return calls

    def _guests(self, person: Person, others: list[Person]) -> list[Person]:
        """Colleagues who join a meeting in the department, now and then."""
        if self.rng.random() > 0.02:
            return []
        near = [other for other in others if other.site.name == person.site.name][:2]
        for guest in near:
            others.remove(guest)
        return near


def _spread(rng: Random, total: int, days: int) -> list[int]:
    """`total` calls over the days, none more than two from the even share."""
    base, extra = divmod(total, days)
    counts = [base + (n < extra) for n in range(days)]
    rng.shuffle(counts)
    for _ in range(days):
        more, less = rng.randrange(days), rng.randrange(days)
        if more != less and counts[more] < base + 2 and counts[less] > max(1, base - 2):
            counts[more] += 1
            counts[less] -= 1
    return counts


def _times(rng: Random, places: list[int]) -> list[tuple[int, int]]:
    """Start and end of each call in turn, with time to travel and what is left spent on breaks."""
    lengths = [rng.choice((15, 20, 25, 30)) for _ in places]
    travel = [
        0 if n == 0 else 5 if places[n - 1] == place else 20 for n, place in enumerate(places)
    ]
    spare = CLOSES - OPENS - sum(lengths) - sum(travel)
    now, slots = OPENS, []
    for length, way in zip(lengths, travel, strict=True):
        pause = 5 * rng.randint(0, min(spare, 60) // 5)
        spare -= pause
        now += way + pause
        slots.append((now, now + length))
        now += length
    return slots


def _method(rng: Random, person: Person) -> str:
    method = draw(rng, METHODS)
    needs = REACHED_BY.get(method)
    return "in_person" if needs and not person.row[needs] else method


def _spoil(rng: Random, calls: list[Call], size: float) -> None:
    """Some calls fall through: cancelled, put off, and a few plans of June never closed."""
    single = [call for call in calls if len(call.people) == 1]
    for n, call in enumerate(rng.sample(single, round(70 * size))):
        call.status = "rescheduled" if n % 3 == 0 else "cancelled"
    latest = {person.name: call for call in calls for person in call.people}
    open_plans = [
        call
        for call in latest.values()
        if call.status == "completed"
        and len(call.people) == 1
        and call.lead.interval <= 30
        and date(2026, 6, 1) <= call.day < LAST
    ]
    for call in rng.sample(open_plans, min(len(open_plans), max(1, round(8 * size)))):
        call.status = "planned"


def _linked(calls: list[Call]) -> Diary:
    calls.sort(key=lambda call: (call.day, call.start))
    following: list[Call | None] = [None] * len(calls)
    coming: dict[str, Call] = {}
    for place in range(len(calls) - 1, -1, -1):
        call = calls[place]
        call.place = place
        following[place] = coming.get(call.lead.name)
        coming.update((person.name, call) for person in call.people)
    return Diary(tuple(calls), tuple(following))
