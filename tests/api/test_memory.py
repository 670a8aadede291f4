"""What a workbook remembers of earlier days, and what that makes of the early warning."""

from __future__ import annotations

from datetime import date, timedelta

from tests.books import AS_OF, Hand, moved, opened, refreshed
from tracker.metrics.movers import movers

NEXT, THIRD = AS_OF + timedelta(days=1), AS_OF + timedelta(days=20)


def reasons(data: bytes, row: int) -> str:
    return str(Hand(data).read("customers", "risk_reasons", row) or "")


def test_a_fallen_relationship_is_told_from_the_next_day_on(refreshed_bytes: bytes) -> None:
    typed, row = moved(refreshed_bytes, "2尝试合作")
    fallen = f"关系阶段由 4 降至 2（{NEXT}）"
    next_day = refreshed(typed, NEXT)
    assert fallen in reasons(next_day, row)
    assert refreshed(next_day, NEXT) == next_day
    assert fallen in reasons(refreshed(next_day, THIRD), row)
    later = refreshed(next_day, NEXT + timedelta(days=91))
    assert fallen not in reasons(later, row)


def test_what_is_taken_back_on_the_same_day_was_no_move(refreshed_bytes: bytes) -> None:
    typed, row = moved(refreshed_bytes, "1")
    hand = Hand(refreshed(typed, NEXT))
    hand.type("customers", "relationship_stage", row, "4战略合作伙伴")
    assert "关系阶段" not in reasons(refreshed(hand.done(), NEXT), row)


def test_another_spelling_is_no_move(refreshed_bytes: bytes) -> None:
    typed, row = moved(refreshed_bytes, "战略合作伙伴")
    assert "关系阶段" not in reasons(refreshed(typed, NEXT), row)


def test_a_move_is_not_known_on_the_day_of_the_last_refresh_or_before(
    refreshed_bytes: bytes,
) -> None:
    typed, row = moved(refreshed_bytes, "1")
    for day in (AS_OF, date(2026, 5, 1)):
        assert "关系阶段" not in reasons(refreshed(typed, day), row)


def test_a_tier_that_changed_is_known_with_the_day_it_was_seen(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    rated = hand.book.session.analyse(AS_OF).computed["customers"]["tier"]
    row = int(rated.index[rated == "D"][0])
    hand.type("customers", "tier_manual", row, "B")
    session = opened(refreshed(hand.done(), NEXT)).session
    moved = movers(session.analyse(THIRD).computed["customers"], (AS_OF, THIRD))
    assert list(moved.index) == [row]
    assert (moved["was"].iloc[0], moved["now"].iloc[0], bool(moved["up"].iloc[0])) == (
        "D",
        "B",
        True,
    )
    assert moved["since"].iloc[0].date() == NEXT
