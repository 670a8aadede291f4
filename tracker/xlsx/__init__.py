"""SpreadsheetML: read cells, patch cells, graft sheets, and prove that nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.xlsx.workbook import Sheet, Workbook

__all__ = ["Sheet", "Workbook"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from tracker.xlsx import workbook

        return getattr(workbook, name)
    raise AttributeError(name)
