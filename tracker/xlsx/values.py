"""Cell values: from the bytes of a cell, and back into bytes."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal

from tracker.xlsx import markup
from tracker.xlsx.scan import RawCell
from tracker.xlsx.serial import to_serial
from tracker.xlsx.strings import SharedStrings, rich_text

Value = str | float | int | bool | dt.date | dt.time | None


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """What a formula that failed shows: #REF!, #N/A, ..."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Put:
    """A planned cell: its value, and the number format it gets where it has none of its own."""

    value: Value
    number_format: str | None = None


def decode(
    cell: RawCell, strings: SharedStrings, prefix: bytes
) -> str | float | bool | ErrorValue | None:
    """What a cell holds: text, number (dates are numbers still), boolean, error, or None.

    A formula counts with its cached value. A number that is none reads as its text.
    """
    raw, kind = cell.value, cell.kind
    if raw is None:
        return None
    if kind == b"n":
        return _number(raw)
    if kind == b"s":
        index = int(raw) if raw.isdigit() else -1
        return strings.texts[index] if 0 <= index < len(strings.texts) else None
    if kind == b"b":
        return raw.strip().lower() in (b"1", b"true")
    if kind == b"e":
        return ErrorValue(markup.unescape_text(raw))
    if kind == b"inlineStr":
        return rich_text(raw, prefix)
    if kind == b"d":
        return _iso_serial(raw)
    return markup.unescape_text(raw)


def _number(raw: bytes) -> float | str | None:
    try:
        number = float(raw)
    except ValueError:
        return markup.unescape_text(raw) or None
    return number if math.isfinite(number) else None


def _iso_serial(raw: bytes) -> float | str:
    text = raw.decode("ascii", "replace")
    try:
        return to_serial(dt.datetime.fromisoformat(text), date1904=False)
    except ValueError:
        return text


def wanted_format(value: Value) -> str | None:
    """Number format that a date or time needs to show as one; None for other values."""
    if isinstance(value, dt.datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, dt.date):
        return "yyyy-mm-dd"
    return "hh:mm" if isinstance(value, dt.time) else None


def encode(
    prefix: bytes, ref: bytes, style: int, value: Value, strings: SharedStrings, *, date1904: bool
) -> bytes:
    """Bytes of a cell. A blank one without a style is no cell at all (b"").

    Text must have been allocated in `strings`. ValueError for what a cell cannot hold.
    """
    p = prefix
    head = b'<%bc r="%b"' % (p, ref) + (b' s="%d"' % style if style else b"")
    if value is None:
        return head + b"/>" if style else b""
    if isinstance(value, bool):
        return head + b' t="b"><%bv>%d</%bv></%bc>' % (p, value, p, p)
    if isinstance(value, str):
        return head + b' t="s"><%bv>%d</%bv></%bc>' % (p, strings.index(value), p, p)
    if isinstance(value, dt.date | dt.time):
        value = to_serial(value, date1904=date1904)
    return head + b"><%bv>%b</%bv></%bc>" % (p, number_text(value).encode(), p, p)


def number_text(value: float | Decimal) -> str:
    """A number as a sheet stores it: shortest text that reads back equal."""
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} cannot be stored in a cell")
    text = repr(number)
    return text[:-2] if text.endswith(".0") else text
