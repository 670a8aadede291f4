"""What `undo` goes back to: a pure reading of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.history.journal import Entry

UNDO = "undo"


class UndoTarget(NamedTuple):
    """The entry to undo, the content to restore, and whether the workbook was edited since.

    An edited workbook is undone only if the person insists; its content is kept like any other.
    """

    entry: Entry
    sha: str
    edited: bool


def undo_target(entries: Sequence[Entry], current: str) -> UndoTarget | None:
    """What an undo of the content `current` (SHA-256) restores, or None where nothing is left.

    It is the last change still standing that wrote `current`. Where none did, the workbook was
    edited since, and it is the last change still standing. Undoing again goes further back; what
    an undo took away comes back with `restore`. `entries` are those of one file (`lineage`),
    oldest first.
    """
    standing = _standing(_happened(entries, current))
    for entry in reversed(standing):
        if entry.after == current:
            return UndoTarget(entry, entry.before, edited=False)
    if not standing:
        return None
    return UndoTarget(standing[-1], standing[-1].before, edited=True)


def _happened(entries: Sequence[Entry], current: str) -> list[Entry]:
    """Without changes that were journalled but never came about, or were put back by hand.

    Of these the next thing known of the file is again the content before them.
    """
    happened, later = [], current
    for entry in reversed(entries):
        if later != entry.before:
            happened.append(entry)
        later = entry.before
    return happened[::-1]


def _standing(entries: Sequence[Entry]) -> list[Entry]:
    """The changes that no undo took back; an undo takes back all from the one it restored."""
    standing: list[Entry] = []
    for entry in entries:
        if entry.command != UNDO:
            standing.append(entry)
            continue
        for n in reversed(range(len(standing))):
            if standing[n].before == entry.after:
                del standing[n:]
                break
    return standing
