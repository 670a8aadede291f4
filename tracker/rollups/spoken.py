"""Names and their other spellings over the lists of all books, and where the books are at odds."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.findings import Finding
from tracker.rollups.model import Book
from tracker.schema.names import plain


class Spoken:
    """Spellings as the books add them; of two that are at odds the first counts.

    Attributes:
        names: spelling -> canonical name, both in compared form.
        conflicts: a spelling that the lists of two books lead to different names (ROL702).
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.conflicts: list[tuple[Book, Finding]] = []
        self._first: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, book: Book, spellings: Mapping[str, Mapping[str, str]]) -> None:
        """Take in the lists of a book: list -> spelling -> canonical name."""
        for listed, names in spellings.items():
            for spelling, name in names.items():
                said, meant = plain(spelling), plain(name)
                self.names.setdefault(said, meant)
                other, known = self._first.setdefault((listed, said), (book.name, name))
                if plain(known) != meant:
                    facts = {"what": f"{spelling} → {name}", "other": f"{other}: {known}"}
                    self.conflicts.append(
                        (book, Finding("ROL702", "", value=spelling, facts=facts))
                    )
