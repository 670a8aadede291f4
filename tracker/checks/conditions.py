"""What rules ask of a table's rows, as boolean arrays that are worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any

from tracker.book import period
from tracker.book.read import Table
from tracker.book.resolve import KEY
from tracker.schema.model import Column
from tracker.schema.names import plain

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_SAID = {
    "filled": ("已填", "filled"),
    "blank": ("空白", "blank"),
    "ahead": ("未过", "not past"),
    "past": ("已过", "past"),
    "complete": ("已结束", "complete"),
    "running": ("进行中", "running"),
    "future": ("未开始", "not begun"),
}


class Cells:
    """A table's cells as rules see them. Masks are aligned with the rows of the table.

    Columns of `computed` (on the same index) are seen beside those of the table's own frame.
    """

    def __init__(self, table: Table, as_of: date, computed: pd.DataFrame | None = None) -> None:
        self.table, self.as_of, self.computed = table, as_of, computed
        self._filled: dict[str, Mask] = {}
        self._conditions: dict[str, Mask] = {}
        self._comparable: dict[str, list[Any]] = {}
        self.paths: dict[str, list[tuple[Any, ...]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.table.frame or (self.computed is not None and name in self.computed)

    def __len__(self) -> int:
        return len(self.table.frame)

    def series(self, name: str) -> pd.Series[Any]:
        """The typed values of a field; index = Excel row."""
        frame = self.table.frame
        if name in frame or self.computed is None:
            return frame[name]
        return self.computed[name]

    def values(self, name: str) -> Any:
        """The typed values of a field as an array."""
        return self.series(name).to_numpy()

    def comparable(self, name: str) -> list[Any]:
        """A column as it is compared for sameness: keys of references, plain texts, blank as ""."""
        if name not in self._comparable:
            self._comparable[name] = _comparable(
                self.series(name + KEY if name + KEY in self else name)
            )
        return self._comparable[name]

    def constant(self, *, value: bool) -> Mask:
        """A mask of one value."""
        import numpy as np

        return np.full(len(self), value, dtype=bool)

    def filled(self, name: str) -> Mask:
        """Whether a field holds anything; nowhere if the workbook lacks the column."""
        if name not in self._filled:
            import pandas as pd

            known = name in self
            self._filled[name] = (
                ~pd.isna(self.values(name)) if known else self.constant(value=False)
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
        """Rows for which every entry holds: a word of WORDS, or one of a list of values.

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
        column = self.table.module.by_name.get(name)
        if name not in self:
            default = column.default if column else None
            return self.constant(value=isinstance(want, list) and default in want)
        if isinstance(want, str):
            return self._in_time(name, want)
        return _one_of(self.values(name), column, set(want))

    def _in_time(self, name: str, want: str) -> Mask:
        """Days on or after the as-of day (`ahead`) or before it; periods against the as-of day."""
        import numpy as np

        today = np.datetime64(self.as_of, "s")
        if want in ("ahead", "past"):
            day = self.values(name)
            return np.array(day >= today if want == "ahead" else day < today, dtype=np.bool_)
        first, last = self.bounds(name)
        now = {"complete": last < today, "future": first > today}
        now["running"] = (first <= today) & (last >= today)
        return np.array(now[want], dtype=np.bool_)

    def bounds(self, name: str) -> tuple[Any, Any]:
        """First and last day of each row's period; NaT where it has none."""
        import numpy as np

        texts, blank = self.values(name), np.datetime64("NaT", "s")
        known = {
            t: tuple(np.datetime64(d, "s") for d in period.bounds(t))
            for t in set(compress(texts, texts))
        }
        pairs = [known.get(t, (blank, blank)) for t in texts]
        days = np.array(pairs, dtype="datetime64[s]").reshape(-1, 2)
        return days[:, 0], days[:, 1]


def _comparable(series: pd.Series[Any]) -> list[Any]:
    if series.dtype == object:
        return [tuple(map(plain, v)) if isinstance(v, tuple) else plain(v or "") for v in series]
    return [v if full else "" for v, full in zip(series, series.notna(), strict=True)]


def _one_of(values: Any, column: Column | None, wanted: set[Any]) -> Mask:
    import numpy as np

    if values.dtype != object:
        return np.array(np.isin(values, list(wanted)), dtype=np.bool_)
    if column is not None and column.type == "multi":
        found = (v is not None and not wanted.isdisjoint(v) for v in values)
    else:
        blank = (column.default if column else None) in wanted
        found = (blank if v is None else v in wanted for v in values)
    return np.fromiter(found, dtype=bool, count=len(values))


def words(table: Table, when: Mapping[str, Any], lang: str) -> str:
    """A condition as people read it: 状态=已完成."""
    parts, chinese = [], lang == "zh"
    for name, want in when.items():
        column = table.module.by_name.get(name)
        if column is None:
            continue
        if isinstance(want, str):
            parts.append(f"{column.label(lang)}={_SAID[want][not chinese]}")
        else:
            labels: dict[Any, str] = {p.code: p.label(lang) for p in column.picks}
            labels[None] = _SAID["blank"][not chinese]
            parts.append(f"{column.label(lang)}={'/'.join(str(labels.get(w, w)) for w in want)}")
    return "，".join(parts) if chinese else ", ".join(parts)
