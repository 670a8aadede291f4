from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.history.journal import Entry
from tracker.history.undo import UNDO, undo_target


def journal(*changes: str) -> list[Entry]:
    """ "AB" is a refresh from A to B, "<BA" an undo, "AB@2" a change of a second copy."""
    found = []
    for n, change in enumerate(changes, 1):
        states, _, copy = change.lstrip("<").partition("@")
        command = UNDO if change[0] == "<" else "refresh"
        when = datetime(2026, 1, 1, tzinfo=UTC)
        found.append(Entry(n, when, command, None, states[0], states[1], copy or "1"))
    return found


@pytest.mark.parametrize(
    ("changes", "current", "restores", "edited"),
    [
        (["AB"], "B", "A", False),
        (["AB", "BC"], "C", "B", False),
        (["AB", "BC", "<CB"], "B", "A", False),
        (["AB", "BC", "<CB", "BD"], "D", "B", False),
        (["AB", "BC", "<CB", "BD", "<DB"], "B", "A", False),
        (["AB"], "X", "A", True),
        (["AB", "XC"], "C", "X", False),
        (["AB", "XC", "<CX"], "X", "A", True),
        (["AB", "BC", "<CB"], "X", "A", True),
        # there and back again by two refreshes, then two undos
        (["AB", "BA"], "A", "B", False),
        (["AB", "BA", "<AB"], "B", "A", False),
        # journalled, but killed before the swap
        (["AB", "BC"], "B", "A", False),
        (["AB", "<BA"], "B", "A", False),
        (["AB", "<BA", "BC", "<CB"], "B", "A", False),
        # an undo forced over an edit takes back the change below it
        (["ZA", "AB", "<XA"], "A", "Z", False),
        # brought back by a restore, then undone twice: a restore is a change like any other
        (["AB", "BC", "<CB", "BC"], "C", "B", False),
        (["AB", "BC", "<CB", "BC", "<CB"], "B", "A", False),
        (["AB", "BC", "CA"], "A", "C", False),
        (["AB", "BC", "CA", "<AC"], "C", "B", False),
    ],
)
def test_target(changes: list[str], current: str, restores: str, edited: bool) -> None:
    target = undo_target(journal(*changes), current)
    assert target is not None
    assert (target.sha, target.edited) == (restores, edited)
    assert target.entry.before == restores


@pytest.mark.parametrize(
    ("changes", "current"),
    [([], "A"), (["AB", "<BA"], "A"), (["AB"], "A"), (["AB", "BC", "<CB", "<BA"], "A")],
)
def test_nothing_left(changes: list[str], current: str) -> None:
    assert undo_target(journal(*changes), current) is None


@given(st.text("ABCDE", min_size=2, max_size=8).filter(lambda s: all(map(str.__ne__, s, s[1:]))))
def test_undoing_again_and_again_goes_back_to_the_beginning(states: str) -> None:
    entries = journal(*(a + b for a, b in pairwise(states)))
    current, walked = states[-1], states[-1]
    while target := undo_target(entries, current):
        assert not target.edited
        entries += journal(f"<{current}{target.sha}")
        current = target.sha
        walked += current
    assert walked == states[::-1]
