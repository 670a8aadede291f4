"""The sheet of settings: a key and its value a line; what cannot be read is told at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tracker.book.coerce import Fault, cell_text, number
from tracker.findings import Finding
from tracker.schema.model import Lookup, Setting, bounds
from tracker.schema.names import PickList, Variants, plain
from tracker.xlsx import Sheet
from tracker.xlsx.values import ErrorValue, number_text

HEADER: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {"zh": ("项目", "值", "说明"), "en": ("Setting", "Value", "Note")}
)
_VALUE = frozenset(plain(value) for _, value, _ in HEADER.values())
_EXAMPLE = "12"


class _Line(NamedTuple):
    """A line: what it is about, its label, what the cell beside it holds, and where that is."""

    setting: Setting
    label: str
    value: object
    row: int
    column: int


def read_settings(
    look: Lookup, sheet: Sheet | None, variants: Variants, given: Mapping[str, str]
) -> tuple[dict[str, str], list[Finding]]:
    """Values by key, and findings about those that cannot be read.

    A value is what the sheet says (a pick as its code), else what is given, else the default. Where a
    setting has an order of strictness, one that cannot be read counts as the strictest, and what is
    given holds against a laxer one.
    """
    found = {s.key: given.get(s.key, s.default) for s in look.rows}
    told: list[Finding] = []
    for line in _lines(look, sheet) if sheet else ():
        key, strict = line.setting.key, line.setting.strict
        value, fault = _read(line, variants)
        if fault is not None:
            assert sheet is not None
            at = (sheet.name, None, key, line.row, line.column, line.label)
            told.append(Finding(fault.code, *at, _text(line.value), fault.facts))
            value = strict[-1] if strict else ""
        found[key] = value or found[key]
    ordered = {s.key: s.strict for s in look.rows if s.strict and s.key in given}
    return found | {k: max(found[k], given[k], key=o.index) for k, o in ordered.items()}, told


def _lines(look: Lookup, sheet: Sheet) -> Iterator[_Line]:
    """The lines that have a value: under the header of values, without one in the next cell."""
    keys = {plain(n): s for s in look.rows for n in (s.key, *s.aliases, s.en, s.zh)}
    under: int | None = None
    for at, row in sheet.scan.rows.items():
        cells = {c.column: v for c in sheet.scan.cells(row) if (v := sheet.value(c)) is not None}
        first, *rest = cells or (0,)
        label = _text(cells.get(first))
        setting = keys.get(plain(label))
        if setting is None:
            heads = (c for c in rest if plain(_text(cells[c])) in _VALUE)
            under = next(heads, None) if under is None else under
            continue
        column = under or next(iter(rest), 0)
        if _text(cells.get(column)):
            yield _Line(setting, label, cells[column], at, column)


def _read(line: _Line, variants: Variants) -> tuple[str, Fault | None]:
    """A value as a code or text; "" with what is wrong where it cannot be read."""
    setting, text = line.setting, _text(line.value)
    if setting.picks:
        picks = PickList(setting.picks, variants)
        code = picks.code(text)
        return code or "", None if code else Fault("GEN003", _known(picks, text))
    if setting.type not in ("int", "num"):
        wrong = isinstance(line.value, ErrorValue)
        return ("", Fault("GEN009", {"error": text})) if wrong else (text, None)
    value = number(text)
    if value is None or not _fits(value, setting):
        said = bounds(setting.minimum, setting.maximum)
        return "", Fault("GEN002", {"expected": said} if said else {"example": _EXAMPLE})
    return number_text(value), None


def _known(picks: PickList, text: str) -> dict[str, object]:
    """The value that is nearest to a text, as a fact of a finding, or some of the list."""
    near = {lang: picks.nearest(text, lang) for lang in ("zh", "en")}
    if None in near.values():
        return {"listed": {lang: picks.some(lang) for lang in near}}
    return {"nearest": near}


def _fits(value: float, setting: Setting) -> bool:
    low, high = setting.minimum, setting.maximum
    whole = setting.type != "int" or value.is_integer()
    return whole and (low is None or value >= low) and (high is None or value <= high)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.text if isinstance(value, ErrorValue) else cell_text(value).strip()
