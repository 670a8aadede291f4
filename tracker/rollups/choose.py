"""Which of several files with one workbook id counts, and the order of the books."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tracker.rollups.model import Book, Head, State, Unread, Words
from tracker.schema.names import plain

Taken = Head | Unread
_CONFLICT = re.compile(
    r"冲突|副本|备份|conflict|copy|backup|[(（]\d+[)）]\.\w+$|-(desktop|laptop)-\w+\.\w+$",
    re.IGNORECASE,
)
"""What synchronising programs and file managers put into the name of a second file."""


def books(files: Mapping[str, Taken], known: Iterable[str] = ()) -> list[Book]:
    """The sources of a rollup: books taken in order of their owners, then the others by name.

    Of the files with one workbook id the one with the higher revision counts, then the one saved
    later by its own record, then one whose name is not that of a conflict copy, then the first
    name; the others are named as its copies.

    Args:
        files: what came of each file, by name.
        known: names that were read from the cache.
    """
    cached, found, groups = set(known), list[Book](), dict[str, list[tuple[str, Head]]]()
    for name, taken in sorted(files.items()):
        if isinstance(taken, Unread):
            found.append(Book(name, "skipped", None, (taken.why,)))
        else:
            groups.setdefault(taken.workbook, []).append((name, taken))
    chosen = list[Book]()
    for group in groups.values():
        (name, first), *others = sorted(group, key=_rank, reverse=True)
        state: State = "partial" if first.remarks else "read"
        chosen.append(Book(name, state, first, first.remarks, known=name in cached))
        found += [_copy(other, head, chosen[-1]) for other, head in others]
    return sorted(chosen, key=_place) + sorted(found, key=lambda b: b.name)


def _place(book: Book) -> tuple[str, str, str]:
    """Where a book stands: by what it holds alone, never by how it came here."""
    assert book.head is not None
    return book.head.owner, book.head.owner_name, book.head.workbook


def _rank(entry: tuple[str, Head]) -> tuple[int, str, bool, tuple[int, ...]]:
    name, head = entry
    own = not _CONFLICT.search(name)
    return head.revision, head.saved, own, tuple(-ord(c) for c in name)


def _copy(name: str, head: Head, first: Book) -> Book:
    of = first.name
    why: Words = {
        "zh": f"与 {of} 是同一个工作簿（冲突副本或备份），只计 {of}；核对后删去不用的一个",
        "en": f"the same workbook as {of} (a conflict copy or a backup); {of} counts. "
        "Compare the two and delete the one not needed",
    }
    return Book(name, "copy", head, (why,), of=first)


def missing(expected: Sequence[str], found: Sequence[Book]) -> list[Book]:
    """Owners or file names that were expected and that no file of the rollup has."""
    said = [n for b in found for n in (b.name, b.name.rpartition("/")[2])]
    said += [b.head.owner for b in found if b.head]
    here = set(map(plain, said))  # a Mac spells names another way than lists do
    why: Words = {
        "zh": "在应交名单中，但没有找到；请向本人索取",
        "en": "expected, but not found; ask for it",
    }
    gone = [e for e in dict.fromkeys(expected) if plain(e) not in here]
    return [Book(name, "missing", None, (why,)) for name in gone]
