"""Findings that need the past: what moved since an earlier day, and what has stood still too long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.books import AS_OF, Hand, moved, opened, refreshed, refreshed_sample

NEXT = AS_OF + timedelta(days=1)


@pytest.fixture(scope="module")
def small() -> bytes:
    return refreshed_sample(size=0.2)


def rows(data: bytes, day: date, code: str) -> set[int | None]:
    return {f.row for f in opened(data).check(as_of=day) if f.code == code}


def test_a_stage_two_rungs_off_is_told_by_both_refreshes_of_a_day(small: bytes) -> None:
    assert rows(small, AS_OF, "CUS111") == set()
    typed, row = moved(small, "2尝试合作")
    assert rows(typed, NEXT, "CUS111") == {row}
    first = refreshed(typed, NEXT)
    assert rows(first, NEXT, "CUS111") == {row}
    assert refreshed(first, NEXT) == first
    assert not opened(first).plan(NEXT).cells


def test_one_rung_is_no_leap(small: bytes) -> None:
    typed, row = moved(small, "3优选供应商")
    assert row not in rows(typed, NEXT, "CUS111")


def test_an_open_issue_is_told_when_its_status_stands_longer_than_two_weeks(
    small: bytes,
) -> None:
    statuses = Hand(small).frame("issues")["issue_status"]
    still = set(statuses.index[statuses.isin(["open", "in_progress", "on_hold"])])
    assert still
    assert rows(small, AS_OF, "ISS509") == set()
    last = refreshed(small, AS_OF + timedelta(days=14))
    assert rows(last, AS_OF + timedelta(days=14), "ISS509") == set()
    over = AS_OF + timedelta(days=15)
    assert rows(last, over, "ISS509") == still
    again = refreshed(last, over)
    assert rows(again, over, "ISS509") == still
    assert refreshed(again, over) == again


def test_a_status_that_changed_begins_anew(small: bytes) -> None:
    hand = Hand(small)
    statuses = hand.frame("issues")["issue_status"]
    row = int(statuses.index[statuses.isin(["open", "in_progress"])][0])
    hand.type("issues", "issue_status", row, "搁置")
    typed = refreshed(hand.done(), AS_OF + timedelta(days=10))
    assert row not in rows(typed, AS_OF + timedelta(days=24), "ISS509")
    assert row in rows(typed, AS_OF + timedelta(days=25), "ISS509")
