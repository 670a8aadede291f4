"""Cell by cell from what people type to typed values (contract, section 2).

A coercer takes what a cell holds and gives the value with a fault or None. The cell itself stays
as it is; pandera, which sees typed columns only, never coerces.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tracker.book import period
from tracker.book.days import (
    LUNAR_ALONE,
    parse_date,
    parse_lunar,
    parse_lunar_alone,
    parse_month_day,
    parse_times,
    whole,
)
from tracker.schema.model import Column
from tracker.schema.names import PickList, Variants
from tracker.xlsx.serial import from_serial
from tracker.xlsx.values import number_text

BLANKS = " \t\r\n\u3000\u00a0"
NO_YEAR = "YYYY-"
"""How `example` begins where a date lacks its year."""
MONTH_DAY = "month_day"
"""The fact that holds the MM-DD of such a date."""
_SEPARATORS = re.compile(r"[、，,；;\n]+")
_NO_FACTS: Mapping[str, object] = MappingProxyType({})
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?"
_NUMBER = re.compile(
    rf"([+-]?(?:{_GROUPED}|\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(千万|百万|千|万|亿|%)?", re.I
)
_SCALE = {"千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "%": 0.01}
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d{1,2}|\d{5,}\.0", re.I)
_EXACT = 15  # digits that a number of a sheet has
_REPAIRED = {"zh": "已还原后读取", "en": "it was read repaired"}
_LOST = {
    "zh": "后几位已丢失，无法还原，按空白读取",
    "en": "its last digits are lost, and it counts as blank",
}
_SERIALS = range(20_000, 80_000)  # the years 1954 to 2119
_LAST_MINUTE = 24 * 60 - 1


class Fault(NamedTuple):
    """What is wrong with a cell's spelling.

    `facts` is what the message names; `fix` the value that the cell is better given, which reads
    as the same one, or None where the cell says more, or less, than any such value.
    """

    code: str
    facts: Mapping[str, object] = _NO_FACTS
    fix: object = None


Reading = tuple[object, Fault | None]
Coercer = Callable[[object, bool], Reading]
"""(what the cell holds, whether its format shows a date) -> (value, fault)."""


def coercer(
    column: Column, variants: Variants, picks: PickList | None, *, date1904: bool, lang: str = "zh"
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
        return lambda raw, _: _bool(raw, variants, lang)
    if column.type == "multi":
        return lambda raw, _: _multi(raw, picks)
    if column.type == "pick":
        assert picks is not None
        return lambda raw, _: _pick(raw, picks)
    if column.patterns:
        return lambda raw, _: _patterned(raw, column)
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
    text = cell_text(raw)
    tidy = text.strip(BLANKS)
    if not column.long_text:
        if not (column.ref and column.ref.many):  # there a line break parts two names
            tidy = re.sub(r"[\s\u3000\u00a0]*[\r\n]+[\s\u3000\u00a0]*", " ", tidy)
        tidy = tidy.replace("\u3000", " ").replace("\u00a0", " ")
    fault = Fault("GEN006", {"normal": tidy}, tidy) if tidy != text and tidy else None
    return tidy or None, fault


def _patterned(raw: object, column: Column) -> Reading:
    """Text of a fixed shape (a phone number): spaces inside do not count, a number is repaired.

    A number that was cut to some digits stands for many texts; it is none of them.
    """
    typed = cell_text(raw)
    tight = re.sub(r"\s", "", _clean(raw))
    text = unicodedata.normalize("NFKC", tight)  # what the spaces held apart may belong together
    if column.number_code and (isinstance(raw, float) or _SCIENTIFIC.fullmatch(text)):
        repaired = _repaired(text, column)
        if repaired is not None:
            if not (isinstance(raw, float) or _is_whole(text)):
                return None, Fault(column.number_code, {"say": _LOST})
            facts = {"normal": repaired, "say": _REPAIRED}
            return repaired, Fault(column.number_code, facts, repaired)
    fault = Fault("GEN006", {"normal": text}, text) if typed != typed.strip(BLANKS) else None
    return text or None, fault if text else None


def _repaired(text: str, column: Column) -> str | None:
    """The text that a spreadsheet took for a number, its leading zero back; None if none fits."""
    value = float(text)
    digits = number_text(round(value)) if value.is_integer() and value < 1e15 else text
    for repaired in (digits, "0" + digits):
        if any(re.fullmatch(p, repaired) for p in column.patterns):
            return repaired
    return None


def _is_whole(text: str) -> bool:
    """Whether a number's text has all of its digits: of 1.38E+10 most are lost."""
    digits, _, power = text.lower().partition("e")
    return not power or len(digits.replace(".", "")) > int(power)


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
        # a stroke may stand in the name of one value or between two
        found = [[p] if picks.code(p) else split(p.replace("/", "、")) for p in parts]
        parts = [picks.code(p) or p for ps in found for p in ps]
    return tuple(dict.fromkeys(parts)) or None, None


def split(text: str) -> list[str]:
    """Parts of a cell that holds several values."""
    return [p for p in (part.strip(BLANKS) for part in _SEPARATORS.split(text)) if p]


_YES = {"是", "有", "y", "yes", "true", "t", "1", "√", "对"}
_NO = {"否", "无", "n", "no", "false", "f", "0", "×", "x", "不"}
_YES_OR_NO = {"zh": "是、否", "en": "Yes, No"}


def _bool(raw: object, variants: Variants, lang: str) -> Reading:
    if isinstance(raw, bool):
        return raw, None
    text = variants.plain(cell_text(raw))
    if not text:
        return None, None
    if text in _YES or text in _NO:
        return text in _YES, None
    return None, Fault("GEN003", {"listed": _YES_OR_NO[lang]})


def number(text: str) -> float | None:
    """A number as people write it: 1,200 or 3万 or 85% or full-width digits; None if it is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("\u2212", "-")
    m = _NUMBER.fullmatch(plain)
    if m is None:
        return None
    value = float(m[1].replace(",", ""))
    value = round(value * _SCALE[m[2]], 10) if m[2] else value
    return value if math.isfinite(value) else None


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
            exact = sum(map(str.isdigit, text)) <= _EXACT
            fault = Fault("GEN008", {"normal": number_text(value)}, value if exact else None)
    if value is None or (column.type == "int" and not value.is_integer()):
        return None, unreadable(column)
    return value, fault


def _date(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    if isinstance(raw, float):
        return _date_number(raw, column, is_date=is_date, date1904=date1904)
    text = _clean(raw)
    if not text:
        return None, None
    day = parse_date(text)
    if day is not None:
        return day, Fault("GEN007", {"normal": day.isoformat()}, whole(day, text))
    partial = parse_month_day(text)
    if partial is not None:
        day_text = "{:02d}-{:02d}".format(*partial)
        facts = {"example": f"{NO_YEAR}{day_text}", MONTH_DAY: day_text}
        return None, Fault(column.type_code, facts)
    return None, unreadable(column)


def _date_number(raw: float, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    moment = from_serial(raw, date1904=date1904)
    if is_date and moment is not None and raw >= 1:
        return moment.date(), None
    compact = parse_date(str(int(raw))) if raw.is_integer() else None
    day = compact or (moment.date() if moment and int(raw) in _SERIALS else None)
    if day is None:
        return None, unreadable(column)
    fix = day if moment is None or raw.is_integer() else moment
    return day, Fault("GEN007", {"normal": day.isoformat()}, fix)


def _month_day(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    """A date, or a month and day alone ("05-18")."""
    if isinstance(raw, float):
        value, fault = _date_number(raw, column, is_date=is_date, date1904=date1904)
        return (value.isoformat() if isinstance(value, dt.date) else None), fault
    text = _clean(raw)
    if not text:
        return None, None
    day = parse_date(text)
    if day is not None:
        return day.isoformat(), Fault("GEN007", {"normal": day.isoformat()}, whole(day, text))
    partial = parse_month_day(text)
    if partial is not None:
        return "{:02d}-{:02d}".format(*partial), None
    alone = parse_lunar_alone(text) if column.lunar_if else None
    if alone is not None:
        return alone, None
    return _lunar_day(re.sub(r"\s", "", text), column)


def _lunar_day(text: str, column: Column) -> Reading:
    """A day of the lunar calendar; one of a leap month is taken for that of the ordinary month."""
    lunar = parse_lunar(text)
    if lunar is None or column.leap_code is None:
        return None, unreadable(column)
    month, day, leap = lunar
    normal = f"{month:02d}-{day:02d}"
    if normal == LUNAR_ALONE and not column.lunar_if:
        return None, unreadable(column)
    return normal, Fault(column.leap_code, {"normal": normal}) if leap else None


def _time(raw: object, column: Column) -> Reading:
    """Minutes since midnight, or (start, end) for a range in one cell."""
    if isinstance(raw, float):
        if 0 <= raw < 1 or raw >= _SERIALS.start:
            return float(min(round(raw % 1 * 1440), _LAST_MINUTE)), None
        return None, unreadable(column)
    text = re.sub(r"\s", "", _clean(raw))
    if not text:
        return None, None
    times = parse_times(text)
    if times is None or (len(times) == 2 and not column.range_into):
        return None, unreadable(column)
    return (times[0] if len(times) == 1 else times), None


def _period(raw: object, column: Column, *, is_date: bool, date1904: bool) -> Reading:
    typed: object = raw
    if isinstance(raw, float):
        moment = from_serial(raw, date1904=date1904) if is_date else None
        typed = moment.date() if moment else int(raw) if raw.is_integer() else raw
    elif not _clean(raw):
        return None, None
    canonical = period.parse(typed)
    if canonical is None:
        return None, unreadable(column)
    if canonical == cell_text(raw) or column.alias_code is None:
        return canonical, None
    return canonical, Fault(column.alias_code, {"normal": canonical}, canonical)


_EXAMPLES = {
    "date": "2026-03-05", "time": "9:30", "num": "1200.5", "int": "12", "monthday": "05-18",
    "period": "2026, 2026H1, 2026Q3, 2026-08",
}  # fmt: skip


def unreadable(column: Column) -> Fault:
    """The fault of a value that cannot be read, with one that could as an example."""
    return Fault(column.type_code, {"example": _EXAMPLES[column.type]})
