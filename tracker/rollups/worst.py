"""The findings of many books, the worst of them kept: a list that somebody may want to read."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.findings import RANK, Finding
from tracker.rollups.model import Book

MOST = 20_000


class Worst:
    """Findings with their books, errors first, then in order of book and place; at most MOST."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[str, list[tuple[Book, Finding]]] = {severity: [] for severity in RANK}

    def add(self, book: Book, findings: Iterable[Finding]) -> None:
        """Take in findings of a book; books come in their order."""
        for finding in findings:
            kept = self._kept[finding.severity]
            if len(kept) < self._most:
                kept.append((book, finding))

    def listed(self) -> tuple[tuple[Book, Finding], ...]:
        """What is kept."""
        ordered = sorted(self._kept.items(), key=lambda kept: RANK[kept[0]])
        return tuple([pair for _, kept in ordered for pair in kept][: self._most])
