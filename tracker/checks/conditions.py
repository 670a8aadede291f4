"""What rules ask of a table's rows, as boolean arrays that are worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.book.read import Table
from tracker.schema.model import Column

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


class Cells:
    """A table's cells as rules see them. Masks are aligned with the rows of the table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._filled: dict[str, Mask] = {}
        self._conditions: dict[str, Mask] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.table.frame

    def values(self, name: str) -> Any:
        """The typed values of a field as an array."""
        return self.table.frame[name].to_numpy()

    def constant(self, *, value: bool) -> Mask:
        """A mask of one value."""
        import numpy as np

        return np.full(len(self.table.frame), value, dtype=bool)

    def filled(self, name: str) -> Mask:
        """Whether a field holds anything; nowhere if the workbook lacks the column."""
        if name not in self._filled:
            known = name in self
            self._filled[name] = (
                self.table.frame[name].notna().to_numpy() if known else self.constant(value=False)
            )
        return self._filled[name]

    def readable(self, names: Iterable[str]) -> Mask:
        """Rows in which none of the fields failed its own check."""
        holds = self.constant(value=True)
        for name in names:
            rows = self._bad.get(name)
            if rows:
                holds &= ~self.table.frame.index.isin(rows)
        return holds

    @cached_property
    def _bad(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, names in self.table.bad.items():
            for name in names:
                found.setdefault(name, []).append(row)
        return found

    def where(self, when: Mapping[str, Any]) -> Mask:
        """Rows for which every entry holds: `filled`, `blank`, or one of a list of values.

        A blank counts as the column's default, and a row whose cell could not be read never holds.
        """
        holds = self.readable(when)
        for name, want in when.items():
            key = f"{name}={want}"
            if key not in self._conditions:
                self._conditions[key] = self._holds(name, want)
            holds &= self._conditions[key]
        return holds

    def _holds(self, name: str, want: Any) -> Mask:
        if want in ("filled", "blank"):
            return self.filled(name) if want == "filled" else ~self.filled(name)
        column = self.table.module.by_name[name]
        if name not in self:
            return self.constant(value=column.default in want)
        return _one_of(self.values(name), column, set(want))


def _one_of(values: Any, column: Column, wanted: set[Any]) -> Mask:
    import numpy as np

    if values.dtype != object:
        return np.array(np.isin(values, list(wanted)), dtype=np.bool_)
    if column.type == "multi":
        found = (v is not None and not wanted.isdisjoint(v) for v in values)
    else:
        blank = column.default in wanted
        found = (blank if v is None else v in wanted for v in values)
    return np.fromiter(found, dtype=bool, count=len(values))


def words(table: Table, when: Mapping[str, Any], lang: str) -> str:
    """A condition as people read it: 状态=已完成."""
    parts = []
    for name, want in when.items():
        column = table.module.by_name[name]
        label = column.label(lang)
        if want in ("filled", "blank"):
            said = {"filled": ("已填", "filled"), "blank": ("空白", "blank")}[want]
            parts.append(f"{label}={said[lang != 'zh']}")
        else:
            labels = {p.code: p.label(lang) for p in column.picks}
            parts.append(f"{label}={'/'.join(str(labels.get(w, w)) for w in want)}")
    return "，".join(parts) if lang == "zh" else ", ".join(parts)
