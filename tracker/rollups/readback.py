"""The rows of a rollup's workbook read back: words as codes again, everything else as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from tracker.rollups import texts
from tracker.rollups.mask import Mask
from tracker.rollups.rows import PROVENANCE
from tracker.rollups.tables import Batch, Rows, kinds
from tracker.schema.model import Module, Schema
from tracker.xlsx import Sheet, Workbook

_BATCH = 5_000
_BETWEEN = "、"
_FLAGS = {"是": True, "Yes": True, "否": False, "No": False}
_MINUTES = 60


def tables(book: Workbook, schema: Schema, mask: Mask, lang: str) -> list[Rows]:
    """The modules of a rollup that lies in a workbook, in the order of the schema.

    A module whose rows were left to parquet files has none here.

    Args:
        book: a workbook that `tracker rollup` made, in whatever order its columns are by now.
        schema: what it was made with.
        mask: which fields are hidden in it.
        lang: its language.
    """
    found = []
    for module in schema.modules.values():
        if module.sheet[lang] in book.worksheet_names:
            sheet = book.sheet(module.sheet[lang])
            places = _places(sheet, module, lang)
            fields = kinds(module, [n for n in places if n not in PROVENANCE], mask)
            read = {n: _reader(module, n, fields[n], lang) for n in fields if n in places}
            batches = partial(_batches, sheet, places, read)
            found.append(Rows(module.name, {n: fields[n] for n in read}, batches))
    return found


def _places(sheet: Sheet, module: Module, lang: str) -> dict[str, int]:
    """Field -> its column, by the headers of the first row."""
    labels = {texts.PROVENANCE[n][lang]: n for n in PROVENANCE}
    labels |= {c.label(lang): c.name for c in module.columns}
    where = sheet.scan.rows.get(1)
    heads = {c.column: sheet.value(c) for c in sheet.scan.cells(where)} if where else {}
    there = {labels[v]: column for column, v in heads.items() if isinstance(v, str) and v in labels}
    order = [*PROVENANCE, *(c.name for c in module.columns)]
    return {n: there[n] for n in order if n in there}


def _batches(
    sheet: Sheet, places: Mapping[str, int], read: Mapping[str, Callable[[Any], object]]
) -> Iterator[Batch]:
    batch: Batch = {n: [] for n in read}
    count = 0
    for row in (r for r in sheet.scan.rows if r > 1):
        cells = {c.column: sheet.value(c) for c in sheet.scan.cells(sheet.scan.rows[row])}
        if places and cells.get(next(iter(places.values()))) is None:
            continue  # a remark, no row
        for name, one in read.items():
            value = cells.get(places[name])
            batch[name].append(None if value is None or value == "" else one(value))
        count += 1
        if count % _BATCH == 0:
            yield batch
            batch = {n: [] for n in read}
    if count % _BATCH:
        yield batch


def _reader(module: Module, name: str, kind: str, lang: str) -> Callable[[Any], object]:
    """From a cell's value to the field's."""
    column = module.by_name.get(name)
    codes = {p.label(lang): p.code for p in column.picks} if column else {}
    if kind == "texts":
        return lambda v: [codes.get(part, part) for part in str(v).split(_BETWEEN)]
    if kind == "text":
        return lambda v: codes.get(str(v), _text(v))
    if kind == "day":
        return _day
    if kind == "flag":
        return lambda v: v if isinstance(v, bool) else _FLAGS.get(str(v))
    if kind == "whole":
        return lambda v: int(v) if isinstance(v, float) else None
    return _clock if column is not None and column.type == "time" else _number


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, float) else None


def _day(value: Any) -> dt.date | None:
    from tracker.xlsx.serial import from_serial

    moment = from_serial(value, date1904=False) if isinstance(value, float) else None
    return moment.date() if moment else None


def _clock(value: Any) -> float | None:
    """Minutes of the day."""
    hours, _, minutes = str(value).partition(":")
    sound = hours.isdecimal() and minutes.isdecimal()
    return float(int(hours) * _MINUTES + int(minutes)) if sound else _number(value)


def hidden(unmasked: str) -> Mask:
    """The mask that a rollup was made with, of the fields it says to have let through."""
    return Mask(frozenset(f for f in unmasked.split(",") if f))
