"""Which changes led to a file: copies of a workbook share its id, and with it one journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.history.journal import Entry


def lineage(
    entries: Sequence[Entry], path: str, current: str, gone: Callable[[str], bool]
) -> list[Entry]:
    """The changes of one journal that led to the content `current` (SHA-256) at `path`.

    Walked backwards: the latest that was made at the path or that wrote the content, then from
    where and what that one had before. So a moved workbook keeps its past, and a copy has that
    of its original up to the copying, but not what became of the original since. Where neither
    leads on, what lay at a path that is `gone` counts as moved from there. Oldest first.
    """
    line: list[Entry] = []
    earlier = list(entries)
    while earlier:
        back = range(len(earlier) - 1, -1, -1)
        direct = (n for n in back if path == earlier[n].path or current == earlier[n].after)
        found = next(direct, None)
        if found is None:
            found = next((n for n in back if gone(earlier[n].path)), None)
        if found is None:
            break
        entry = earlier[found]
        line.append(entry)
        del earlier[found:]
        path, current = entry.path, entry.before
    return line[::-1]
