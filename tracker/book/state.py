"""The hidden sheet that a workbook remembers by: its id, its revision, the last synced rows.

One line each: `meta` key value · `marks` module fields... · `row` module id marks json... ·
`sheet` name row marks. A mark is four hex digits of a cell as it was written, enough to see
that somebody typed over it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import Any

from tracker.xlsx import Sheet
from tracker.xlsx.plain import plain_sheet

_CHUNK = 30_000  # a cell holds 32,767 characters at most
MARK = 4


@dataclass
class State:
    """What the last refresh left behind; empty for a workbook that never had one.

    Attributes:
        meta: workbook id, schema version, revision, as-of day, counters, ... as texts.
        rows: module -> row id -> what the input cells held, as JSON text.
        marks: module -> row id -> field -> mark of the computed cell.
        sheets: generated sheet -> row -> marks of its cells, from the first column on.
    """

    meta: dict[str, str] = having(default_factory=dict)
    rows: dict[str, dict[str, str]] = having(default_factory=dict)
    marks: dict[str, dict[str, dict[str, str]]] = having(default_factory=dict)
    sheets: dict[str, dict[int, str]] = having(default_factory=dict)

    def base(self, module: str) -> dict[str, dict[str, object]]:
        """The last known input cells of a module by row id; rows that cannot be read are left out."""
        found = {}
        for key, text in self.rows.get(module, {}).items():
            try:
                found[key] = json.loads(text)
            except ValueError:
                continue
        return found


def mark(value: object) -> str:
    """Four hex digits of a cell's value; numbers count to twelve digits, as programs re-save them."""
    text = "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
    return f"{zlib.crc32(text.encode()) & 0xFFFF:04x}"


def row_json(inputs: Mapping[str, object]) -> str:
    """The input cells of a row as the state keeps them; blank ones are left out."""
    return json.dumps(inputs, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_state(sheet: Sheet | None) -> State:
    """The state that a workbook carries. Lines that cannot be understood are passed over."""
    state, fields = State(), dict[str, list[str]]()
    for line in _lines(sheet) if sheet else ():
        kind, rest = line[0], line[1:]
        if kind == "meta" and len(rest) >= 2:
            state.meta[rest[0]] = rest[1]
        elif kind == "marks" and rest:
            fields[rest[0]] = rest[1:]
        elif kind == "row" and len(rest) >= 4:
            module, key, marks = rest[:3]
            state.rows.setdefault(module, {})[key] = "".join(rest[3:])
            parts = [marks[i : i + MARK] for i in range(0, len(marks), MARK)]
            names = fields.get(module, [])
            state.marks.setdefault(module, {})[key] = dict(zip(names, parts, strict=False))
        elif kind == "sheet" and len(rest) >= 3 and rest[1].isdigit():
            state.sheets.setdefault(rest[0], {})[int(rest[1])] = rest[2]
    return state


def _lines(sheet: Sheet) -> Iterator[list[str]]:
    for row in sheet.scan.rows.values():
        values = [sheet.value(c) for c in sheet.scan.cells(row)]
        texts = [str(v) for v in values if v is not None]
        if texts:
            yield texts


def state_sheet(state: State) -> bytes:
    """The worksheet part that holds a state."""
    return plain_sheet(_rows(state))


def _rows(state: State) -> Iterator[Sequence[Any]]:
    for key in sorted(state.meta):
        yield ("meta", key, state.meta[key] or " ")
    for module, rows in state.rows.items():
        marks = state.marks.get(module, {})
        fields = sorted({f for m in marks.values() for f in m})
        yield ("marks", module, *fields)
        for key, text in rows.items():
            mine = marks.get(key, {})
            line = "".join(mine.get(f, "----") for f in fields)
            chunks = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
            yield ("row", module, key, line or "-", *chunks)
    for name, lines in state.sheets.items():
        for number, text in lines.items():
            yield ("sheet", name, str(number), text)
