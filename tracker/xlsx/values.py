"""Cell values: from the bytes of a cell, and back into bytes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.xlsx import markup
from tracker.xlsx.scan import RawCell
from tracker.xlsx.serial import to_serial
from tracker.xlsx.strings import SharedStrings, rich_text

Value = str | float | int | bool | dt.date | dt.time | None

ISO = b"d"
"""Type of a cell that holds a date or time as ISO text, as strict workbooks have them."""


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """What a formula that failed shows: #REF!, #N/A, ..."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class Put:
    """A planned cell.

    Attributes:
        value: what it holds.
        number_format: the code it gets where it has no format of its own.
        style: the index it takes instead of that of the cell that was there.
        moved: the bytes of a cell that is taken over from elsewhere, formula and all.
        over: whether `number_format` goes over a format that the cell has.
    """

    value: Value
    number_format: str | None = None
    style: int | None = None
    moved: bytes | None = None
    over: bool = False

    @property
    def clears(self) -> bool:
        """Whether nothing is to be there, and no look is given to it."""
        return self.value is None and self.moved is None and self.style is None


def as_put(planned: Put | Value) -> Put:
    """A planned cell of a value alone, or one that says more already."""
    return planned if isinstance(planned, Put) else Put(planned)


def decode(
    cell: RawCell, strings: SharedStrings, prefix: bytes, *, date1904: bool = False
) -> str | float | bool | ErrorValue | None:
    """What a cell holds: text, number (dates are numbers still), boolean, error, or None.

    A formula counts with its cached value. A number that is none reads as its text. `date1904`
    matters for dates stored as ISO texts alone.
    """
    raw, kind = cell.value, cell.kind
    if raw is None:
        return None
    if kind == b"n":
        return _number(raw)
    if kind == b"s":
        return _shared(raw, strings.texts)
    if kind == b"b":
        return raw.strip().lower() in (b"1", b"true")
    if kind == b"e":
        return ErrorValue(markup.unescape_text(raw))
    if kind == b"inlineStr":
        return rich_text(raw, prefix)
    if kind == ISO:
        return _iso_serial(raw, date1904=date1904)
    return markup.unescape_text(raw)


def _shared(raw: bytes, texts: Sequence[str]) -> str | None:
    try:
        index = int(raw)
    except ValueError:
        return None
    return texts[index] if 0 <= index < len(texts) else None


def _number(raw: bytes) -> float | str | None:
    try:
        number = float(raw)
    except ValueError:
        return markup.unescape_text(raw) or None
    return number if math.isfinite(number) else None


def _iso_serial(raw: bytes, *, date1904: bool) -> float | str:
    text = raw.decode("ascii", "replace").strip()
    for kind in (dt.datetime, dt.time):
        try:
            return float(to_serial(kind.fromisoformat(text), date1904=date1904))
        except ValueError:
            continue
    return text


def wanted_format(value: Value) -> str | None:
    """Number format that a date or time needs to show as one; None for other values."""
    if isinstance(value, dt.datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, dt.date):
        return "yyyy-mm-dd"
    return "hh:mm" if isinstance(value, dt.time) else None


def number_text(value: float) -> str:
    """A number as a sheet stores it: shortest text that reads back equal."""
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} cannot be stored in a cell")
    return repr(number).removesuffix(".0")


def refuse_unstorable(value: object, *, date1904: bool) -> None:
    """ValueError for a value that a cell cannot hold, TypeError for a type it does not know."""
    if isinstance(value, str):
        markup.refuse_too_long(value)
    elif isinstance(value, (int, float)):
        if not math.isfinite(value):
            number_text(value)  # says why
    elif isinstance(value, (dt.date, dt.time)):
        to_serial(value, date1904=date1904)
    elif value is not None:
        raise TypeError(f"a cell cannot hold {type(value).__name__}")
