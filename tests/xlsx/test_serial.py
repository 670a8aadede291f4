from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xlsx.books import moment
from tracker.xlsx.serial import from_serial, to_serial

moments = st.datetimes(moment(1904, 1, 2), moment(9999, 12, 31)).map(
    lambda m: m.replace(microsecond=0)
)


@given(moments, st.booleans())
def test_a_moment_reads_back(moment: dt.datetime, date1904: bool) -> None:
    assert from_serial(to_serial(moment, date1904=date1904), date1904=date1904) == moment


@pytest.mark.parametrize(
    ("value", "serial"),
    [
        (dt.date(1900, 1, 1), 1),
        (dt.date(1900, 2, 28), 59),
        (moment(1900, 2, 28, 18), 59.75),
        (dt.date(1900, 3, 1), 61),
        (dt.date(2026, 6, 30), 46203),
        (dt.time(18, 0), 0.75),
    ],
)
def test_the_days_that_excel_counts(value: dt.date | dt.time, serial: float) -> None:
    assert to_serial(value, date1904=False) == serial


def test_1904() -> None:
    assert to_serial(dt.date(1904, 1, 1), date1904=True) == 0
    with pytest.raises(ValueError, match="before the first day"):
        to_serial(dt.date(1903, 12, 31), date1904=True)
    with pytest.raises(ValueError, match="before the first day"):
        to_serial(dt.date(1899, 12, 30), date1904=False)


@pytest.mark.parametrize("number", [-1, 2_958_466, 1e300])
def test_outside_the_calendar(number: float) -> None:
    assert from_serial(number, date1904=False) is None


def test_the_last_second_does_not_overflow() -> None:
    assert from_serial(2_958_465.9999999, date1904=False) == moment(9999, 12, 31, 23, 59, 59)
