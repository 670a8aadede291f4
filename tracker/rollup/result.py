"""What a rollup comes to, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tracker.findings import Finding
from tracker.rollup.alike import Alike
from tracker.rollup.model import Book
from tracker.rollup.shared import Meeting
from tracker.schema.model import Schema

Figures = dict[str, object]


@dataclass(frozen=True)
class Rollup:
    """What a rollup came to.

    Attributes:
        books: every source, those taken first.
        findings: of the books and about them, errors first; each with its book. Of very many only
            the worst are kept; `counts` has how many there are by severity.
        shared: what several owners have.
        alike: names of different owners that may mean the same, and that nobody has said to.
        figures: those of the team's Summary, in codes; JSON can hold them.
        written: files that were written.
    """

    as_of: date
    lang: str
    schema: Schema
    books: tuple[Book, ...]
    findings: tuple[tuple[Book, Finding], ...]
    counts: Mapping[str, int]
    shared: tuple[Meeting, ...]
    alike: tuple[Alike, ...]
    figures: Figures
    written: tuple[Path, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        """Records by module."""
        found: dict[str, int] = {}
        for book in self.books:
            for name, count in book.head.rows.items() if book.taken and book.head else ():
                found[name] = found.get(name, 0) + count
        return found
