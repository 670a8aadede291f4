"""Cases of a bundle and a workbook's rows, by name."""

from __future__ import annotations

from dataclasses import replace

from tracker.bundles.codec import digest
from tracker.bundles.desk import Choice, Desk
from tracker.bundles.model import Bundle, Entry, Place, Synced
from tracker.history.threeway import Value

ROW: Place = ("targets", "k")
CELL = (*ROW, "target")
WHOLE = (*ROW, "")


def bundle(number: int, target: Value, *, gone: bool = False) -> Bundle:
    row = Entry(*ROW, {"period": "2026Q3"}, {"target": target})
    rows, lost = ((), (ROW,)) if gone else ((row,), ())
    return Bundle("w", "R1", number, number - 1, "1", "", "2026-06-30", "HQ", rows, lost, "c")


def agreed(target: Value = 100.0) -> Desk:
    """Both sides hold the same."""
    desk = Desk(Synced("w"), {})
    desk.take(bundle(1, target))
    assert desk.mine == {ROW: {"target": target}}
    return desk


def disputed() -> Desk:
    """100 was agreed; the rep typed 110, the central side says 120."""
    desk = agreed()
    desk.mine[ROW]["target"] = 110.0
    desk.take(bundle(2, 120.0))
    assert desk.mine[ROW] == {"target": 110.0}
    assert [desk.synced.disputes[CELL].base, desk.synced.disputes[CELL].theirs] == [100.0, 120.0]
    return desk


def test_what_only_the_central_side_changed_is_done() -> None:
    desk = agreed()
    desk.take(bundle(2, 120.0))
    assert (desk.mine, desk.synced.disputes) == ({ROW: {"target": 120.0}}, {})


def test_a_cell_emptied_centrally_is_emptied_here() -> None:
    desk = agreed()
    desk.take(bundle(2, None))
    assert desk.mine == {ROW: {"target": None}}


def test_a_row_that_stood_here_first_is_asked_about_where_it_differs() -> None:
    desk = Desk(Synced("w"), {ROW: {"target": 90.0}})
    desk.take(bundle(1, 100.0))
    assert desk.mine[ROW] == {"target": 90.0}
    assert CELL in desk.synced.disputes


def test_a_conflict_ends_when_either_side_comes_round() -> None:
    desk = disputed()
    desk.mine[ROW]["target"] = 120.0
    desk.tidy()
    assert desk.synced.disputes == {}
    desk = disputed()
    desk.take(bundle(3, 100.0))
    assert (desk.mine[ROW]["target"], desk.synced.disputes) == (110.0, {})


def test_a_value_put_back_while_it_is_disputed_is_a_choice_of_its_own() -> None:
    desk = disputed()
    desk.mine[ROW]["target"] = 100.0
    desk.tidy()
    desk.take(bundle(3, 130.0))
    assert desk.mine[ROW]["target"] == 100.0
    assert desk.synced.disputes[CELL].theirs == 130.0


def test_a_later_word_renews_the_conflict_with_the_base_that_it_had() -> None:
    desk = disputed()
    desk.take(bundle(3, 130.0))
    asked = desk.synced.disputes[CELL]
    assert (asked.base, asked.theirs, asked.bundle) == (100.0, 130.0, 3)


def test_each_choice_does_what_it_says_and_the_next_word_asks_again() -> None:
    for choice, left in (
        (Choice("mine"), 110.0), (Choice("theirs"), 120.0), (Choice("other", 115.0), 115.0),
    ):  # fmt: skip
        desk = disputed()
        assert desk.choose(CELL, choice)
        assert (desk.mine[ROW]["target"], desk.synced.disputes) == (left, {})
        assert not desk.choose(CELL, choice)
        desk.take(bundle(3, 140.0))
        assert (CELL in desk.synced.disputes) == (left != 120.0)


def test_a_row_deleted_here_is_asked_about_only_where_it_changed_there() -> None:
    for target, asked in ((100.0, False), (120.0, True)):
        desk = agreed()
        desk.mine.clear()
        desk.take(bundle(2, target))
        assert (desk.mine, WHOLE in desk.synced.disputes) == ({}, asked)
    assert desk.choose(WHOLE, Choice("theirs"))
    assert desk.mine == {ROW: {"target": 120.0}}


def test_a_row_deleted_with_an_open_conflict_is_asked_about_as_a_row() -> None:
    desk = disputed()
    desk.mine.clear()
    desk.tidy()
    assert [d.kind for d in desk.synced.disputes.values()] == ["deleted_mine"]
    desk.mine[ROW] = {"target": 7.0}
    desk.tidy()
    assert [(d.kind, d.theirs) for d in desk.synced.disputes.values()] == [("value", 120.0)]


def test_a_row_withdrawn_centrally_stays_until_somebody_decides() -> None:
    for choice, stays in ((Choice("mine"), True), (Choice("theirs"), False)):
        desk = agreed()
        desk.take(bundle(2, None, gone=True))
        assert ROW in desk.mine
        assert desk.choose(WHOLE, choice)
        assert (ROW in desk.mine, desk.synced.rows, desk.synced.disputes) == (stays, {}, {})


def test_a_row_withdrawn_and_sent_again_is_no_conflict_where_it_is_the_same() -> None:
    desk = agreed()
    desk.take(bundle(2, None, gone=True))
    desk.take(bundle(3, 100.0))
    assert (desk.mine, desk.synced.disputes) == ({ROW: {"target": 100.0}}, {})


def test_a_column_that_the_workbook_lacks_is_no_conflict() -> None:
    desk = Desk(Synced("w"), {ROW: {}})
    desk.take(bundle(1, 100.0))
    assert (desk.mine, desk.synced.disputes) == ({ROW: {}}, {})


def test_blank_cells_do_not_show_in_the_digest() -> None:
    with_blank, without = agreed(None), Desk(Synced("w"), {})
    without.take(replace(bundle(1, 1.0), rows=(Entry(*ROW, {}, {}),)))
    assert digest(with_blank.synced.rows) == digest(without.synced.rows)
