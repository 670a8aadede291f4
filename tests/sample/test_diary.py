from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, time
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.sample.reading import FREQUENCY, D, Record, Told, tier
from tracker.sample.diary import CLOSES, OPENS, _spread, _times
from tracker.sample.workdays import is_workday

HOLIDAYS = ("2025-10-06", "2026-01-02", "2026-02-18", "2026-04-06", "2026-05-04", "2026-06-19")


def _by_day(rows: list[Record]) -> dict[date, list[Record]]:
    days: dict[date, list[Record]] = defaultdict(list)
    for row in rows:
        days[row["visit_date"]].append(row)
    return days


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def test_visits_fall_on_working_days_of_the_year_in_order(told: Told) -> None:
    days = [row["visit_date"] for row in told.rows("visits")]
    assert days == sorted(days)
    assert all(is_workday(day) for day in days)
    assert not {date.fromisoformat(day) for day in HOLIDAYS} & set(days)
    assert sum(day <= D for day in days) == told.full(2500)
    assert days[0] >= date(2025, 7, 1)
    assert all(day.month == 7 for day in days if day > D)


def test_a_full_territory_has_eight_to_twelve_visits_a_day(told: Told) -> None:
    past = [row for row in told.rows("visits") if row["visit_date"] <= D]
    counts = {len(rows) for rows in _by_day(past).values()}
    if told.size == 1:
        assert counts == {8, 9, 10, 11, 12}
    assert max(counts) <= 12


def test_visits_of_a_day_leave_time_to_travel(told: Told) -> None:
    for rows in _by_day(told.rows("visits")).values():
        assert time(8) <= rows[0]["start_time"]
        assert rows[-1]["end_time"] <= time(18)
        assert all(row["start_time"] < row["end_time"] for row in rows)
        for one, other in pairwise(rows):
            gap = _minutes(other["start_time"]) - _minutes(one["end_time"])
            assert gap >= (5 if one["institution"] == other["institution"] else 15)


def test_no_customer_is_seen_twice_on_a_day(told: Told) -> None:
    for rows in _by_day(told.rows("visits")).values():
        names = [name for row in rows for name in row["customer"]]
        assert len(set(names)) == len(names)


def test_the_institution_is_that_of_everybody_present(told: Told) -> None:
    people = told.customers()
    for row in told.rows("visits"):
        assert {people[name]["institution"] for name in row["customer"]} == {row["institution"]}


def test_several_customers_meet_in_department_meetings_only(told: Told) -> None:
    groups = [row for row in told.rows("visits") if len(row["customer"]) > 1]
    assert all(row["visit_method"] == "group_meeting" for row in groups)
    assert told.size < 1 or 10 <= len(groups) <= 60


def test_visits_follow_the_tiers(told: Told) -> None:
    people = told.customers()
    seen = Counter(name for row in told.visits("completed") for name in row["customer"])
    shares: dict[str, list[float]] = defaultdict(list)
    for name, row in people.items():
        if row["status"] == "active" and row["first_contact_date"] < date(2025, 7, 1):
            shares[tier(row)].append(seen[name])
    means = {name: sum(counts) / len(counts) for name, counts in shares.items()}
    assert means["A"] > means["B"] > means["C"] > means["D"]
    if told.size == 1:
        for name in "ABC":
            assert 0.55 < means[name] / (FREQUENCY[name] * 365 / 30) < 1.05


def test_a_few_plans_fell_through(told: Told) -> None:
    statuses = Counter(row["visit_status"] for row in told.rows("visits") if row["visit_date"] <= D)
    assert statuses["planned"] == max(1, told.full(8))
    assert statuses["cancelled"] + statuses["rescheduled"] == told.full(70)
    missed = [row for row in told.visits("planned") if row["visit_date"] <= D]
    assert all(date(2026, 6, 1) <= row["visit_date"] < D for row in missed)


def test_only_customers_worth_a_visit_are_planned(told: Told) -> None:
    people = told.customers()
    planned = [row["customer"] for row in told.visits("planned") if row["visit_date"] > D]
    assert len(planned) == told.full(40)
    assert all(tier(people[name]) != "D" for names in planned for name in names)
    assert len({name for names in planned for name in names}) == len(planned)


@given(st.integers(), st.integers(1, 12), st.integers(0, 39))
def test_spread_gives_away_every_call_evenly(seed: int, base: int, extra: int) -> None:
    counts = _spread(Random(seed), base * 40 + extra, 40)
    assert sum(counts) == base * 40 + extra
    assert min(counts) >= max(1, base - 2)
    assert max(counts) <= base + 2


@given(st.integers(), st.lists(st.integers(0, 5), min_size=1, max_size=12).map(sorted))
def test_times_stay_within_the_day(seed: int, places: list[int]) -> None:
    slots = _times(Random(seed), places)
    assert slots[0][0] >= OPENS
    assert slots[-1][1] <= CLOSES
    assert all(one[1] < other[0] for one, other in pairwise(slots))
