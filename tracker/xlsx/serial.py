"""Dates and times as the serial numbers of a sheet, in the 1900 and the 1904 system."""

from __future__ import annotations

import datetime as dt

_BASE = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no time zone
_SHIFT_1904 = 1462
_FALSE_LEAP_DAY = 60  # 1900-02-29 never was, but the 1900 system counts it
_BEHIND_LAST = 2_958_466
_LAST = dt.datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001


def to_serial(value: dt.date | dt.time, *, date1904: bool) -> float | int:
    """Serial number of a date, datetime or time. ValueError before the system's first day."""
    if isinstance(value, dt.time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return seconds / 86400
    if isinstance(value, dt.datetime):
        gap = value.replace(tzinfo=None) - _BASE
        days: float = gap.days + (gap.seconds + gap.microseconds / 1e6) / 86400
    else:
        days = (value - _BASE.date()).days
    if date1904:
        days -= _SHIFT_1904
    elif days < _FALSE_LEAP_DAY + 1:
        days -= 1
    if days < 0:
        raise ValueError(f"before the first day of the date system: {value}")
    return int(days) if days == int(days) else days


def from_serial(number: float, *, date1904: bool) -> dt.datetime | None:
    """Date and time of a serial number, to the second; None outside the years 1900 to 9999."""
    if not 0 <= number < _BEHIND_LAST:
        return None
    if date1904:
        number += _SHIFT_1904
    elif number < _FALSE_LEAP_DAY:
        number += 1
    try:
        return _BASE + dt.timedelta(days=int(number), seconds=round(number % 1 * 86400))
    except OverflowError:
        return _LAST
