"""Cell by cell from what people type to typed values (contract, section 2).

A coercer takes what a cell holds and gives the value with a fault or None. The cell itself stays
as it is; pandera, which sees typed columns only, never coerces.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tracker.book import period
from tracker.schema.model import Column
from tracker.schema.names import PickList, Variants
from tracker.xlsx.serial import from_serial
from tracker.xlsx.values import number_text

BLANKS = " \t\r\n\u3000\u00a0"
SEPARATORS = re.compile(r"[、，,；;/\n]+")
_NO_FACTS: Mapping[str, object] = MappingProxyType({})
_NUMBER = re.compile(r"([+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)(万|亿|%)?", re.I)
_SCALE = {"万": 1e4, "亿": 1e8, "%": 0.01, None: 1}
_YMD = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?号?(?:[T\s]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_CLOCK = re.compile(
    r"(上午|下午|晚上|早上|中午|am|pm)?(\d{1,2})(?::|点|时)(\d{1,2}|半)?分?(?::\d{1,2})?(am|pm)?",
    re.I,
)
_SERIALS = range(20_000, 80_000)  # the years 1954 to 2119


class Fault(NamedTuple):
    """What is wrong with a cell's spelling: a code, what its message names, the better value."""

    code: str
    facts: Mapping[str, object] = _NO_FACTS
    fix: object = None


Reading = tuple[object, Fault | None]
Coercer = Callable[[object, bool], Reading]
"""(what the cell holds, whether its format shows a date) -> (value, fault)."""


def coercer(
    column: Column, variants: Variants, picks: PickList | None, *, date1904: bool
) -> Coercer:
    """The coercer of a column; `picks` is its pick-list where it has one."""
    if column.type == "date":
        return lambda raw, is_date: _date(raw, column, is_date=is_date, date1904=date1904)
    if column.type == "monthday":
        return lambda raw, is_date: _month_day(raw, column, is_date=is_date, date1904=date1904)
    if column.type in ("num", "int"):
        return lambda raw, _: _number(raw, column)
    if column.type == "time":
        return lambda raw, _: _time(raw, column)
    if column.type == "period":
        return lambda raw, is_date: _period(raw, column, is_date=is_date, date1904=date1904)
    if column.type == "bool":
        return lambda raw, _: _bool(raw, variants)
    if column.type == "multi":
        return lambda raw, _: _multi(raw, picks)
    if column.type == "pick":
        assert picks is not None
        return lambda raw, _: _pick(raw, picks)
    return lambda raw, is_date: _text(raw, column, is_date=is_date, date1904=date1904)


def cell_text(raw: object) -> str:
    """What a cell holds as text: whole numbers without decimals."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    return number_text(raw) if isinstance(raw, float | int) else str(raw)


def _clean(raw: object) -> str:
    return unicodedata.normalize("NFKC", cell_text(raw)).strip()


def _text(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    if isinstance(raw, float) and is_date:
        moment = from_serial(raw, date1904=date1904)
        return (moment.date().isoformat() if moment else cell_text(raw)), None
    if isinstance(raw, float) and column.number_code:
        text = cell_text(raw)
        return text, Fault(column.number_code, {"normal": text}, text)
    text = cell_text(raw)
    if column.patterns:
        text = _clean(text)
        return re.sub(r"\s", "", text) or None, None
    tidy = text.strip(BLANKS)
    if not column.long_text:
        tidy = re.sub(r"[\s\u3000\u00a0]*[\r\n]+[\s\u3000\u00a0]*", " ", tidy)
        tidy = tidy.replace("\u3000", " ").replace("\u00a0", " ")
    fault = Fault("GEN006", {"normal": tidy}, tidy) if tidy != text and tidy else None
    return tidy or None, fault


def _pick(raw: object, picks: PickList) -> Reading:
    text = cell_text(raw)
    tidy = text.strip(BLANKS)
    if not tidy:
        return None, None
    code = picks.code(tidy)
    fault = Fault("GEN006", {"normal": tidy}, tidy) if tidy != text and code else None
    return code or tidy, fault


def _multi(raw: object, picks: PickList | None) -> Reading:
    parts = split(cell_text(raw))
    if picks is not None:
        parts = [picks.code(p) or p for p in parts]
    return tuple(dict.fromkeys(parts)) or None, None


def split(text: str) -> list[str]:
    """Parts of a cell that holds several values."""
    return [p for p in (part.strip(BLANKS) for part in SEPARATORS.split(text)) if p]


_YES = {"是", "有", "y", "yes", "true", "t", "1", "√", "对"}
_NO = {"否", "无", "n", "no", "false", "f", "0", "×", "x", "不"}


def _bool(raw: object, variants: Variants) -> Reading:
    if isinstance(raw, bool):
        return raw, None
    text = variants.plain(cell_text(raw))
    if not text:
        return None, None
    if text in _YES or text in _NO:
        return text in _YES, None
    return None, Fault("GEN003", {"nearest": "是、否"})


def number(text: str) -> float | None:
    """A number as people write it: 1,200 or 3万 or 85% or full-width digits; None if it is none."""
    m = _NUMBER.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if m is None:
        return None
    scaled = float(m[1].replace(",", "")) * _SCALE[m[2]]
    return round(scaled, 10) if m[2] else scaled


def _number(raw: object, column: Column) -> Reading:
    fault = None
    value: float | None
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        value = float(raw)
    else:
        text = cell_text(raw)
        if not text.strip(BLANKS):
            return None, None
        value = None if isinstance(raw, bool) else number(text)
        if value is not None:
            fault = Fault("GEN008", {"normal": number_text(value)}, value)
    if value is None or (column.type == "int" and value != int(value)):
        return None, Fault(column.type_code, {"expected": _expected(column)})
    return value, fault


def _date(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    if isinstance(raw, float) and not isinstance(raw, bool):
        return _date_number(raw, column, is_date=is_date, date1904=date1904)
    text = _clean(raw)
    if not text:
        return None, None
    day = parse_date(text)
    if day is None:
        return None, Fault(column.type_code, {"expected": _expected(column)})
    return day, Fault("GEN007", {"normal": day.isoformat()}, day)


def _date_number(raw: float, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    moment = from_serial(raw, date1904=date1904)
    if is_date and moment is not None and raw >= 1:
        return moment.date(), None
    compact = parse_date(str(int(raw))) if raw == int(raw) else None
    day = compact or (moment.date() if moment and int(raw) in _SERIALS else None)
    if day is None:
        return None, Fault(column.type_code, {"expected": _expected(column)})
    return day, Fault("GEN007", {"normal": day.isoformat()}, day)


def parse_date(text: str) -> dt.date | None:
    """A date with its year, in the usual spellings; None for anything that could be two days."""
    m = _YMD.fullmatch(text) or _COMPACT.fullmatch(text)
    if m:
        return _day(int(m[1]), int(m[2]), int(m[3]))
    m = _DMY.fullmatch(text)
    if m is None:
        return None
    first, second, year = int(m[1]), int(m[2]), int(m[3])
    if first > 12 >= second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 >= first else None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month_day(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    """A date, or a month and day alone ("05-18")."""
    if isinstance(raw, float):
        value, fault = _date_number(raw, column, is_date=is_date, date1904=date1904)
        return (value.isoformat() if isinstance(value, dt.date) else None), fault
    text = _clean(raw)
    if not text:
        return None, None
    day = parse_date(text)
    if day:
        return day.isoformat(), Fault("GEN007", {"normal": day.isoformat()}, day)
    m = _MONTH_DAY.fullmatch(text)
    if m and _day(2000, int(m[1]), int(m[2])):
        return f"{int(m[1]):02d}-{int(m[2]):02d}", None
    return None, Fault(column.type_code, {"expected": _expected(column)})


def _time(raw: object, column: Column) -> Reading:
    """Minutes since midnight, or (start, end) for a range in one cell."""
    if isinstance(raw, float):
        if 0 <= raw < 1 or raw >= 20_000:
            return float(round(raw % 1 * 1440)), None
        return None, Fault(column.type_code, {"expected": _expected(column)})
    text = re.sub(r"\s", "", _clean(raw))
    if not text:
        return None, None
    parts = re.split(r"[-~—–至到]+", text)
    times = [parse_time(p) for p in parts]
    if None in times or len(times) > 2 or (len(times) == 2 and not column.range_into):
        return None, Fault(column.type_code, {"expected": _expected(column)})
    return (times[0] if len(times) == 1 else tuple(times)), None


def parse_time(text: str) -> float | None:
    """Minutes since midnight of 9:30, 9点半, 下午2:15, 2:15pm; None if it is no time."""
    m = _CLOCK.fullmatch(text)
    if m is None:
        return None
    hour, minute = int(m[2]), 30 if m[3] == "半" else int(m[3] or 0)
    half = (m[1] or m[4] or "").lower()
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    return float(hour * 60 + minute) if hour < 24 and minute < 60 else None


def _period(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    typed: object = raw
    if isinstance(raw, float):
        moment = from_serial(raw, date1904=date1904) if is_date else None
        typed = moment.date() if moment else int(raw) if raw == int(raw) else raw
    elif not _clean(raw):
        return None, None
    canonical = period.parse(typed)
    if canonical is None:
        return None, Fault(column.type_code, {"expected": "2026, 2026H1, 2026Q3, 2026-08"})
    if canonical == cell_text(raw) or column.alias_code is None:
        return canonical, None
    return canonical, Fault(column.alias_code, {"normal": canonical}, canonical)


_EXPECTED = {
    "date": "2026-03-05", "time": "9:30", "num": "1200.5", "int": "12", "monthday": "05-18",
}  # fmt: skip


def _expected(column: Column) -> str:
    """A value that would be read, as an example for the message."""
    return _EXPECTED[column.type]
