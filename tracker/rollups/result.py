"""What a rollup comes to, as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tracker.findings import Finding
from tracker.rollups.alike import Alike
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.rollups.shared import Meeting
from tracker.schema.model import Schema

Figures = dict[str, object]


@dataclass(frozen=True)
class Rollup:
    """What a rollup came to.

    Attributes:
        books: every source, those taken first.
        findings: of the books and about them, errors first; each with its book. Of very many only
            the worst are kept; `by_code` has how many there are by severity and code.
        shared: what several owners have.
        alike: names of different owners that may mean the same, and that nobody has said to.
        figures: those of the team's Summary, in codes; JSON can hold them.
        mask: what is hidden of what people typed.
        written: files that were written.
    """

    as_of: date
    lang: str
    schema: Schema
    books: tuple[Book, ...]
    findings: tuple[tuple[Book, Finding], ...]
    by_code: Mapping[tuple[str, str], int]
    shared: tuple[Meeting, ...]
    alike: tuple[Alike, ...]
    figures: Figures
    mask: Mask
    written: tuple[Path, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings there are by severity."""
        found = Counter[str]()
        for (severity, _), count in self.by_code.items():
            found[severity] += count
        return found

    def narrowed(self, wants: Callable[[str], bool]) -> Rollup:
        """The same with the findings alone whose code is wanted."""
        return replace(
            self,
            findings=tuple(p for p in self.findings if wants(p[1].code)),
            by_code={k: n for k, n in self.by_code.items() if wants(k[1])},
        )

    @property
    def rows(self) -> dict[str, int]:
        """Records by module."""
        found: dict[str, int] = {}
        for book in self.books:
            for name, count in book.head.rows.items() if book.taken and book.head else ():
                found[name] = found.get(name, 0) + count
        return found
