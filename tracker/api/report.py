"""What a check or a refresh came to, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date
from pathlib import Path

from tracker.api.notes import Unnoted
from tracker.book.changes import CellChange
from tracker.checks.catalogue import hint, message
from tracker.findings import Finding
from tracker.schema.model import Schema


@dataclass(frozen=True)
class Changes:
    """What a refresh changed, or would change.

    Attributes:
        cells: computed cells and ids, in sheet order.
        ids: how many rows got an id.
        would_write: whether the workbook's bytes differ from what they were.
        written: whether they were written.
        backup: where the previous bytes lie, or None.
        rescued: files with somebody else's save that were found or put aside.
        unnoted: sheets in which faulty cells get no note although notes are wanted.
        bundles: files of the inbox that are done with.
        taken: numbers of the bundles that were taken in.
    """

    cells: Sequence[CellChange] = ()
    ids: int = 0
    would_write: bool = False
    written: bool = False
    backup: Path | None = None
    rescued: tuple[Path, ...] = ()
    unnoted: tuple[Unnoted, ...] = ()
    bundles: tuple[Path, ...] = ()
    taken: tuple[int, ...] = ()


@dataclass(frozen=True)
class Report:
    """One workbook checked or refreshed: its findings and its changes.

    Attributes:
        rows: records by module.
        findings: graded and sorted, what happened once included.
        excluded: rows with an error, by module; they stay out of the aggregates.
        changes: None after a check.
        content: SHA-256 of the file that it tells of, "" where that is encrypted.
        row_ids: module -> Excel row -> id of the record.
    """

    path: Path
    schema: Schema
    lang: str
    as_of: date
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    excluded: Mapping[str, int]
    changes: Changes | None = None
    content: str = ""
    row_ids: Mapping[str, Mapping[int, str]] = having(default_factory=dict)

    def count(self, severity: str) -> int:
        """Findings of a severity."""
        return sum(f.severity == severity for f in self.findings)

    def message(self, finding: Finding, lang: str | None = None, *, show: bool = False) -> str:
        """A finding's message; personal values are left out unless `show`."""
        return message(finding, self.schema, lang or self.lang, show=show)

    def hint(self, finding: Finding, lang: str | None = None, *, show: bool = False) -> str:
        """How to put a finding right; personal values are left out unless `show`."""
        return hint(finding, self.schema, lang or self.lang, show=show)
