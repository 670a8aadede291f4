"""The rows of one book as a rollup shows them: masked, in words or in codes, with where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tracker.book.plan import display_values
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pandas as pd

OWNER, OWNER_NAME, FILE, SHEET, ROW = "rep", "rep_name", "source_file", "source_sheet", "source_row"
PROVENANCE = (OWNER, OWNER_NAME, FILE, SHEET, ROW)


def provenance(book: Book, module: str) -> dict[str, str]:
    """The fields of PROVENANCE but ROW; they say the same of all rows of a book's module."""
    assert book.head is not None
    facts = (book.owner, book.head.owner_name, book.name, book.head.sheets[module])
    return dict(zip(PROVENANCE, facts, strict=False))


def typed(frame: pd.DataFrame, module: Module, mask: Mask, lang: str) -> dict[str, Any]:
    """A book's rows as values and codes, a list, array or series a column (days: datetime64[D]).

    ROW and the fields that the book has, columns of phrases as sentences in `lang`.
    """
    found: dict[str, Any] = {ROW: [int(r) for r in frame.index]}
    for column in (c for c in module.columns if c.name in frame):
        name = column.name
        shown = mask.column(module, column, frame[name])
        if column.phrases:
            found[name] = display_values(column, shown, lang)
        else:
            found[name] = shown.to_numpy("datetime64[D]") if shown.dtype.kind == "M" else shown
    return found


def _values(values: pd.Series[Any]) -> list[Any]:
    if values.dtype.kind == "M":
        return [v.date() if full else None for v, full in zip(values, values.notna(), strict=True)]
    return [v if full else None for v, full in zip(values, values.notna(), strict=True)]


def worded(
    frame: pd.DataFrame, module: Module, columns: Sequence[str], mask: Mask, lang: str
) -> list[list[Any]]:
    """A book's rows as cells show them, one list a column of `columns`."""
    return [
        _worded(module.by_name[n], mask.column(module, module.by_name[n], frame[n]), lang)
        if n in frame
        else [None] * len(frame)
        for n in columns
    ]


def _worded(column: Column, values: pd.Series[Any], lang: str) -> list[Any]:
    labels = {p.code: p.label(lang) for p in column.picks}
    if column.type == "bool" and column.owner == "input":
        yes, no = ("是", "否") if lang == "zh" else ("Yes", "No")
        return [None if v is None else yes if v else no for v in _values(values)]
    if column.type == "time":
        return [_clock(v) for v in _values(values)]
    if values.dtype == object and not column.phrases:
        return [_joined(v, labels) for v in _values(values)]
    return display_values(column, values, lang)


def _clock(value: Any) -> Any:
    return "{:02d}:{:02d}".format(*divmod(round(value), 60)) if isinstance(value, float) else value


def _joined(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return "、".join(labels.get(v, str(v)) for v in value)
    return labels.get(value, value) if isinstance(value, str) else value
