from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, frame, plain, settings
from tracker.metrics import lunar
from tracker.metrics.dates import columns, next_date

TODAY = date(2026, 6, 30)
LEAP = (2, 28)


@pytest.mark.parametrize("case", cases("dates"), ids=lambda c: f"{c['date']} {c.get('calendar')}")
def test_the_next_time_a_date_comes_round(case: dict[str, Any]) -> None:
    row = {
        "important_date": case["date"], "date_type": case["type"], "calendar": case.get("calendar"),
        "recurrence": case.get("recurrence"), "remind_days": case.get("remind"),
    }  # fmt: skip
    found = {k: plain(v.iloc[0]) for k, v in columns(frame([row]), TODAY, settings().dates).items()}
    assert found["next_date"] == case["next"]
    for name, wanted in (("days_to", "days"), ("reminder", "reminder")):
        if wanted in case:
            assert found[name] == case[wanted]


def test_the_first_of_march_may_stand_for_a_leap_day() -> None:
    assert next_date("02-29", None, annual=True, as_of=TODAY, leap_day=(3, 1)) == date(2027, 3, 1)
    chosen = settings(dates={"leap_day": "03-01"}).dates
    assert chosen.leap_day == (3, 1)


DAYS = st.dates(date(1901, 1, 1), date(2098, 12, 31))


@budget(deadline=None)
@given(DAYS, st.integers(1, 12), st.integers(1, 29), st.sampled_from(["solar", "lunar"]))
def test_an_annual_date_comes_within_a_year_or_a_leap_one(
    day: date, month: int, of_month: int, calendar: str
) -> None:
    found = next_date(
        f"{month:02d}-{of_month:02d}", calendar, annual=True, as_of=day, leap_day=LEAP
    )
    assert found is not None
    assert timedelta(0) <= found - day < timedelta(days=385)


@pytest.mark.parametrize(
    "day",
    [
        "1900-01-31", "1949-01-29", "1985-02-20", "2000-02-05", "2020-01-25", "2023-01-22",
        "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2033-01-31",
        "2034-02-19", "2050-01-23", "2099-01-21",
    ],
)  # fmt: skip
def test_new_years_of_the_calendar(day: str) -> None:
    wanted = date.fromisoformat(day)
    assert lunar.day_of(wanted.year, 1, 1) == wanted
    assert lunar.year_of(wanted) == wanted.year
    assert wanted.year == 1900 or lunar.year_of(wanted - timedelta(days=1)) == wanted.year - 1


@pytest.mark.parametrize(
    ("year", "month"), [(2020, 4), (2023, 2), (2025, 6), (2028, 5), (2033, 11), (1984, 10)]
)
def test_leap_months_fall_back_to_the_ordinary_ones(year: int, month: int) -> None:
    assert lunar.has_leap(year, month)
    assert sum(lunar.has_leap(year, m) for m in range(1, 13)) == 1
    ordinary, after = lunar.day_of(year, month, 1), lunar.day_of(year, month % 12 + 1, 1)
    assert ordinary is not None
    assert after is not None
    assert 58 <= (after - ordinary).days <= 60


def test_outside_the_table_nothing_is_known() -> None:
    assert lunar.day_of(1899, 1, 1) is None
    assert lunar.day_of(2100, 1, 1) is None
    assert lunar.year_of(date(2100, 6, 1)) is None
    assert not lunar.has_leap(2101, 1)


def test_years_follow_each_other_without_a_gap() -> None:
    for year in range(lunar.FIRST, lunar.LAST):
        last, first = lunar.day_of(year, 12, 30), lunar.day_of(year + 1, 1, 1)
        assert last is not None
        assert first is not None
        assert last + timedelta(days=1) == first
