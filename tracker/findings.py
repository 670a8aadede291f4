"""A finding: one fault in a person's data, as a value that points at its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning", "info"]
RANK: Mapping[str, int] = MappingProxyType({"error": 0, "warning": 1, "info": 2})


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        code: as in domain.md part 2 (GEN003).
        sheet: the sheet's name as it stands in the workbook.
        module, field: schema keys; None where the finding is about a sheet or a book.
        row, column: 1-based place in the sheet; None where there is no single cell.
        header: the header text as it stands in the sheet.
        value: what the cell holds, as read and before any normalisation.
        facts: what the message templates of the code name beyond header, value, cell and row.
        fix: the value that would put it right, or None.
        severity: set from the catalogue and the configuration, "" until then.
    """

    code: str
    sheet: str
    module: str | None = None
    field: str | None = None
    row: int | None = None
    column: int | None = None
    header: str | None = None
    value: object = None
    facts: Mapping[str, object] = having(default_factory=dict)
    fix: object = None
    severity: str = ""
