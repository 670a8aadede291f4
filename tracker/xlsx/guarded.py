"""Areas of a sheet that no single cell may be set in."""

from __future__ import annotations

import re

from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area
from tracker.xlsx.scan import Scan

_TALL = 50  # rows; taller areas are looked through one by one, under row 0


class Guarded:
    """Array formulas, data tables and merged cells; `areas` are their ranges with what they are."""

    def __init__(self, sheet: Scan) -> None:
        p = re.escape(sheet.prefix)
        formula = re.compile(rb"<%bf\s[^>]*\bt=[\"'](?:array|dataTable)[\"'][^>]*>" % p)
        found = [(m[0], "array") for m in formula.finditer(sheet.data)]
        found += [(m[0], "merge") for m in markup.tags(sheet.tail, sheet.prefix + b"mergeCell")]
        refs = [(markup.get(tag, b"ref") or b"", why) for tag, why in found]
        self.areas: list[tuple[Range, str]] = [
            (area(ref.decode()), why) for ref, why in refs if b":" in ref
        ]
        self._rows: dict[int, list[int]] = {}
        for i, (where, _) in enumerate(self.areas):
            tall = where.bottom - where.top > _TALL
            for row in (0,) if tall else range(where.top, where.bottom + 1):
                self._rows.setdefault(row, []).append(i)

    def __bool__(self) -> bool:
        return bool(self.areas)

    def at(self, row: int, column: int) -> str | None:
        """Why a cell must not be set ("array", "merge"), or None.

        The first cell of a merged area may be set.
        """
        for i in self._rows.get(row, []) + self._rows.get(0, []):
            where, why = self.areas[i]
            first = (row, column) == where[:2]
            if where.covers(row, column) and not (why == "merge" and first):
                return why
        return None
