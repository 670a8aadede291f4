"""What a workbook remembers of its columns with `memory`: what stood there before, and since when.

Kept is each value as of the last as-of day before the present one, so that a second refresh of the
same day finds what the first found, whatever was typed and taken back in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as having
from typing import TYPE_CHECKING, Any

from tracker.book.coerce import cell_text
from tracker.book.state import AS_OF, Marks, Past, State, mark

if TYPE_CHECKING:
    import pandas as pd

    from tracker.schema.model import Column
    from tracker.schema.names import PickList

REMEMBERED = "memory"
"""Key of a state's `meta`: the day, before that of its rows, of what it remembers."""
_NOTHING: Mapping[str, Mapping[str, Past]] = {}
Known = dict[str, Past]


@dataclass(frozen=True)
class Memory:
    """Values as of `day` (ISO, "" for none): module -> row id -> field -> what is known of it."""

    day: str = ""
    rows: Mapping[str, Mapping[str, Mapping[str, Past]]] = having(default_factory=dict)

    def before(self, day: str) -> Memory:
        """The same where it lies before a day; nothing is known else."""
        return self if self.day < day else Memory()

    def of_rows(self, rows: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, Known]]:
        """What is known of these rows (module -> row id); the others are forgotten."""
        return {
            module: {key: dict(past) for key, past in known.items() if key in rows.get(module, ())}
            for module, known in self.rows.items()
        }


def follow(past: Past | None, now: str, day: str) -> Past:
    """What is known of a value once it is seen on a day."""
    if past is not None and past.value == now:
        return past
    return Past(now, day, past.value if past else "")


def recall(
    state: State, remembered: Mapping[tuple[str, str], tuple[Column, PickList]], day: str
) -> Memory:
    """What was known on the last as-of day before `day`, of the columns with a memory.

    Of a day that lies before what the state remembers, nothing is known; what it remembers stays.
    """
    known = Memory(state.meta.get(REMEMBERED, ""), state.memory)
    seen = state.meta.get(AS_OF, "")
    if not known.day < seen < day:
        return known
    rows: dict[str, dict[str, dict[str, Past]]] = {}
    for (module, name), (column, picks) in remembered.items():
        is_computed = column.owner == "computed"
        read = (
            _written(state, module, column) if is_computed else _typed(state, module, name, picks)
        )
        old, mine = known.rows.get(module, _NOTHING), rows.setdefault(module, {})
        for key in state.rows.get(module, {}):
            past = old.get(key, {}).get(name)
            mine.setdefault(key, {})[name] = follow(past, read(key), seen)
    return Memory(seen, rows)


def _typed(state: State, module: str, name: str, picks: PickList) -> Callable[[str], str]:
    """Row id -> code of what was typed, "" for a blank; each spelling is looked up once."""
    known: dict[object, str] = {None: ""}
    rows = state.rows.get(module, {})

    def read(key: str) -> str:
        raw = rows[key].get(name)
        if raw not in known:
            text = cell_text(raw).strip()
            known[raw] = picks.code(text) or text
        return known[raw]

    return read


def _written(state: State, module: str, column: Column) -> Callable[[str], str]:
    """Row id -> code of the word that was written, told by the mark that it left."""
    codes = {mark(p.label(state.meta.get("lang", "zh"))): p.code for p in column.picks}
    marks = state.marks.get(module, Marks())
    return lambda key: codes.get(marks.of(key, column.name) or "", "")


def columns(
    values: pd.Series[Any], ids: Mapping[int, str], past: Mapping[str, Mapping[str, Past]],
    name: str, day: str,
) -> dict[str, pd.Series[Any]]:  # fmt: skip
    """The past of a column `f` of these values, on their index (Excel rows, whose ids are given).

    `f_before` is its code on the last earlier as-of day, `f_was` the code that the present one
    replaced (object, None where nothing is known), `f_since` the as-of day on which the present
    one was first seen (datetime64[s]).
    """
    import pandas as pd

    index = values.index
    old = [past.get(ids[row], {}).get(name) for row in index]
    now = [follow(p, v or "", day) for p, v in zip(old, values, strict=True)]
    made: dict[str, pd.Series[Any]] = {
        "before": pd.Series([p.value or None if p else None for p in old], index, object),
        "was": pd.Series([p.was or None for p in now], index, object),
        "since": _days([p.since for p in now], index),
    }
    return {f"{name}_{part}": values for part, values in made.items()}


def _days(texts: list[str], index: pd.Index[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.to_datetime(pd.Series(texts, index, object), errors="coerce").astype("datetime64[s]")
