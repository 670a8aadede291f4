"""Where the rows of books come to stand in a rollup's workbook."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import accumulate
from typing import Any

from tracker.rollups.result import Rollup
from tracker.rollups.rows import PROVENANCE

_HEADER = 1


class Places:
    """The rows of each module, book after book under the header."""

    def __init__(
        self, result: Rollup, columns: Mapping[str, Sequence[str]], elsewhere: Container[str]
    ) -> None:
        """`columns`: fields of each module's sheet; `elsewhere`: modules without rows there."""
        self._result, self._columns, self._elsewhere = result, columns, elsewhere
        self._heads = [b.head for b in result.books if b.taken and b.head]
        seen = (s for m in result.shared if not m.kind for _, s in m.seen)
        self._common = {(s.module, s.id) for s in seen}
        self._starts: dict[str, list[int]] = {}

    def link(self, module: str, line: Mapping[str, Any]) -> dict[str, object] | None:
        """The link to a row (`tracker.summary.marks.goto`); None where it is not in the workbook.

        An id that several books have leads to the row as it stands now, others wherever it is
        sorted to.

        Args:
            module: its module.
            line: `member` (place among the books that count), `at` (which record of the book), `id`.
        """
        if module in self._elsewhere or module not in self._columns:
            return None
        model = self._result.schema.modules[module]
        row = self._start(module, int(line["member"])) + int(line["at"]) + _HEADER + 1
        found: dict[str, object] = {"sheet": model.sheet[self._result.lang], "row": row}
        fields, key = self._columns[module], line["id"]
        if key and model.id_field in fields and (module, key) not in self._common:
            found |= {"id": key, "column": len(PROVENANCE) + 2 + fields.index(model.id_field)}
        return found

    def _start(self, module: str, member: int) -> int:
        if module not in self._starts:
            counts = (h.rows.get(module, 0) for h in self._heads)
            self._starts[module] = [0, *accumulate(counts)]
        return self._starts[module][member]
