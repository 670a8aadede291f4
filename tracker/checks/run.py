"""Which rows of a workbook's tables count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tracker.book.read import Table
from tracker.findings import Finding

if TYPE_CHECKING:
    import pandas as pd


def valid_rows(tables: Mapping[str, Table], findings: list[Finding]) -> dict[str, pd.Series[bool]]:
    """By module, which rows carry no finding at error level; index = Excel row."""
    import pandas as pd

    faulty: dict[str, set[int]] = {}
    for f in findings:
        if f.severity == "error" and f.module and f.row:
            faulty.setdefault(f.module, set()).add(f.row)
    return {
        name: pd.Series(~t.frame.index.isin(list(faulty.get(name, ()))), index=t.frame.index)
        for name, t in tables.items()
    }
