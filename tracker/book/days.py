"""Dates and times as people write them: 2026.3.5, 2026年3月5日, 20260305, 9点半, 下午2:15."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

_YMD = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})[日号]?"
    r"(?:[T\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|晚上|am|pm)?(\d{1,2})(?::|点|时)(\d{1,2}|半)?分?(?::\d{1,2})?(am|pm)?",
    re.I,
)
_BETWEEN = re.compile(r"[-~—–至到]+")
_LUNAR = re.compile(
    r"(?:农历|阴历)?(闰)?(正|冬|腊|十[一二]?|[一二三四五六七八九]|\d{1,2})月"
    r"(初?(?:十|[一二三四五六七八九])|\d{1,2}|[二三]?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?)[日号]?"
)
_LUNAR_ALONE = re.compile(r"(?:(\d{4})[-/.年])?0?2[-/.月]30[日号]?")
_LUNAR_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_NUMERALS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_AFTER_NOON = ("下午", "晚上", "pm")
_LEAP_YEAR = 2000
LUNAR_ALONE = "02-30"
"""The one month and day that the lunar calendar alone has."""


def parse_date(text: str) -> dt.date | None:
    """A date with its year, in the usual spellings; None for anything that could be two days."""
    m = _YMD.fullmatch(text) or _COMPACT.fullmatch(text)
    if m:
        return _day(int(m[1]), int(m[2]), int(m[3]))
    m = _DMY.fullmatch(text)
    if m is None:
        return None
    first, second, year = int(m[1]), int(m[2]), int(m[3])
    if first > 12 >= second or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 >= first else None


def whole(day: dt.date, text: str) -> dt.date | None:
    """A day that was read from a text with the time that follows it there; None for no such time."""
    m = _YMD.fullmatch(text)
    hour, minute, second = (int(g or 0) for g in (m.groups()[3:] if m else ("", "", "")))
    if not (hour or minute or second):
        return day
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - sheets know no time zone


def parse_month_day(text: str) -> tuple[int, int] | None:
    """Month and day of a date without a year, or None."""
    m = _MONTH_DAY.fullmatch(text)
    if m is None or _day(_LEAP_YEAR, int(m[1]), int(m[2])) is None:
        return None
    return int(m[1]), int(m[2])


def parse_lunar(text: str) -> tuple[int, int, bool] | None:
    """Month, day and whether the month is a leap one, of 八月十五, 正月初一, 闰六月初八; else None."""
    m = _LUNAR.fullmatch(text)
    if m is None:
        return None
    month = _LUNAR_MONTHS.get(m[2]) or _number(m[2])
    day = _number(m[3].removeprefix("初"))
    return (month, day, bool(m[1])) if 1 <= month <= 12 and 1 <= day <= 30 else None


def parse_lunar_alone(text: str) -> str | None:
    """The 30th of the second month, with or without a year, as ISO writes it; None for other days.

    No solar year has it, and it is the one such day.
    """
    m = _LUNAR_ALONE.fullmatch(text)
    return None if m is None else f"{m[1]}-{LUNAR_ALONE}" if m[1] else LUNAR_ALONE


def _number(text: str) -> int:
    """A number up to 39 in digits or Chinese numerals, 0 for anything else."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    if not set(tens + ones) <= set(_NUMERALS):
        return 0
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0)


def near(month: int, day: int, other: dt.date) -> dt.date | None:
    """The day of that name that lies nearest to another day; None where no year about has it."""
    years = (other.year, other.year - 1, other.year + 1)
    days = [d for y in years if (d := _day(y, month, day)) is not None]
    return min(days, key=lambda d: abs(d - other), default=None)


def parse_times(text: str) -> tuple[float, ...] | None:
    """Minutes since midnight of a time, or of both ends of 9:30-10:00; None if it is neither.

    A half of the day that stands at one end (下午2:00-3:30, 2:00-3:30pm) holds for the other too
    where the range is then in order: 10:00-2:00pm begins in the morning.
    """
    parts = _BETWEEN.split(text)
    ends = [m for p in parts if (m := _CLOCK.fullmatch(p))]
    if len(ends) < len(parts) or len(ends) > 2:
        return None
    said = [(m[1] or m[4] or "").lower() for m in ends]
    if all(said) or not any(said):
        return _known(map(_minutes, ends, said))
    both = _known(_minutes(m, max(said)) for m in ends)
    return both if both and both[0] < both[1] else _known(map(_minutes, ends, said))


def _known(times: Iterable[float | None]) -> tuple[float, ...] | None:
    """The times, or None where one of them is none."""
    found = list(times)
    known = tuple(t for t in found if t is not None)
    return known if len(known) == len(found) else None


def _minutes(m: re.Match[str], half: str) -> float | None:
    """Minutes since midnight of 9:30, 9点半 or 2:15 in a half of the day; None if it is no time."""
    hour, minute = int(m[2]), 30 if m[3] == "半" else int(m[3] or 0)
    if (half in _AFTER_NOON and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif half in ("am", "凌晨") and hour == 12:
        hour = 0
    return float(hour * 60 + minute) if hour < 24 and minute < 60 else None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
