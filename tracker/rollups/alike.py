"""Names of different owners that may mean the same: offered as candidates, never merged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.rollups.model import Book, Sighting
from tracker.rollups.settings import Likeness

_COUNTS = re.compile(r"[0-9一二三四五六七八九十东西南北]")
_MOST = 4_000  # names of a group that are held side by side


@dataclass(frozen=True)
class Alike:
    """Two names that are alike but not the same.

    Attributes:
        module, field: where they stand.
        first, second: the names, each with the first book and row that has it.
        score: likeness, 0 to 100.
    """

    module: str
    field: str
    first: Named
    second: Named
    score: float


@dataclass(frozen=True)
class Named:
    """A name as people wrote it, the first book and row that has it, and all owners who use it."""

    name: str
    book: Book
    row: int
    owners: frozenset[str]


def alike(
    books: Sequence[Book], seen: Callable[[Book], Iterable[Sighting]], spoken: Mapping[str, str],
    wanted: Sequence[Likeness], near: float,
) -> list[Alike]:  # fmt: skip
    """Pairs of names from `near` on, the most alike first; no owner uses both of them.

    Names that say different numbers or directions (第一, 第二; 东院, 西院) are not alike.

    Args:
        books: the sources that count, in order.
        seen: what a book may share.
        spoken: spelling -> canonical name, both in compared form; those are one name.
        wanted: fields whose names are held side by side, within which groups.
        near: likeness from which two names are offered, 0 to 100.
    """
    groups = _groups(books, seen, spoken, wanted)
    found = [a for (w, _), names in groups.items() for a in _pairs(w, names, near)]
    return sorted(found, key=lambda a: (a.module, a.field, -a.score, a.first.name, a.second.name))


Names = dict[str, Named]


def _groups(
    books: Sequence[Book], seen: Callable[[Book], Iterable[Sighting]], spoken: Mapping[str, str],
    wanted: Sequence[Likeness],
) -> dict[tuple[Likeness, tuple[str, ...]], Names]:  # fmt: skip
    """Names by compared form, apart for each field and what they stand within."""
    found: dict[tuple[Likeness, tuple[str, ...]], Names] = defaultdict(dict)
    for book in books:
        for s in seen(book):
            for w in (w for w in wanted if w.module == s.module and not s.kind and s.key[w.at]):
                within = tuple(spoken.get(s.key[i], s.key[i]) for i in w.within)
                names, key = found[w, within], spoken.get(s.key[w.at], s.key[w.at])
                known = names.get(key) or Named(s.said[w.at], book, s.row, frozenset())
                if book.who not in known.owners:
                    known = Named(known.name, known.book, known.row, known.owners | {book.who})
                names[key] = known
    return found


def _pairs(wanted: Likeness, names: Names, near: float) -> Iterator[Alike]:
    from rapidfuzz import fuzz, process

    if len({o for n in names.values() for o in n.owners}) < 2:
        return
    for keys in _same_counts(sorted(names)[:_MOST]):
        for i, key in enumerate(keys):
            for text, score, _ in process.extract(
                key, keys[i + 1 :], scorer=fuzz.ratio, score_cutoff=near, limit=5
            ):
                mine, other = names[key], names[text]
                if not mine.owners & other.owners:
                    yield Alike(wanted.module, wanted.field, mine, other, float(score))


def _same_counts(keys: Iterable[str]) -> Iterable[list[str]]:
    """The names apart by the numbers and directions that they say."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        found["".join(sorted(_COUNTS.findall(key)))].append(key)
    return found.values()
