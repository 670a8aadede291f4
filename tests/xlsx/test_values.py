from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xlsx.books import MAIN, moment
from tracker.xlsx.scan import cells_of
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.values import ErrorValue, decode, number_text, refuse_unstorable, wanted_format

STRINGS = SharedStrings(f'<sst xmlns="{MAIN}"><si><t>甲</t></si></sst>'.encode())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>1.50</v></c>', 1.5),
        ('<c r="A1"><v>x&amp;y</v></c>', "x&y"),
        ('<c r="A1"><v>NaN</v></c>', None),
        ('<c r="A1"><v></v></c>', None),
        ('<c r="A1"/>', None),
        ('<c r="A1" t="s"><v> 0 </v></c>', "甲"),
        ('<c r="A1" t="s"><v>7</v></c>', None),
        ('<c r="A1" t="s"><v>x</v></c>', None),
        ('<c r="A1" t="b"><v>true</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="e"><v>#N/A</v></c>', ErrorValue("#N/A")),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="A1"><f>A2</f></c>', None),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="d"><v>2026-06-30T12:00:00Z</v></c>', 46203.5),
        ('<c r="A1" t="d"><v>2026-06-30</v></c>', 46203.0),
        ('<c r="A1" t="d"><v>06:00:00</v></c>', 0.25),
        ('<c r="A1" t="d"><v>soon</v></c>', "soon"),
    ],
)
def test_what_a_cell_holds(cell: str, value: object) -> None:
    (raw,) = cells_of(cell.encode(), b"")
    found = decode(raw, STRINGS, b"")
    assert found == value
    assert type(found) is type(value)


def test_an_iso_date_counts_from_1904_where_the_book_does() -> None:
    (raw,) = cells_of(b'<c r="A1" t="d"><v>1904-01-02</v></c>', b"")
    assert decode(raw, STRINGS, b"", date1904=True) == 1


def test_an_error_shows_as_its_sign() -> None:
    assert str(ErrorValue("#REF!")) == "#REF!"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**14), 10**14))
def test_numbers_read_back_equal(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, "x" * 40_000, dt.date(1800, 1, 1)])
def test_what_no_cell_can_hold(value: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        refuse_unstorable(value, date1904=False)


def test_types_that_cells_know() -> None:
    for value in (
        None,
        True,
        1,
        1.5,
        "a",
        dt.date(2026, 1, 1),
        moment(2026, 1, 1),
        dt.time(1),
    ):
        refuse_unstorable(value, date1904=False)
    with pytest.raises(TypeError, match="list"):
        refuse_unstorable([], date1904=False)


def test_formats_that_dates_need() -> None:
    assert wanted_format(moment(2026, 1, 1)) == "yyyy-mm-dd hh:mm"
    assert wanted_format(dt.date(2026, 1, 1)) == "yyyy-mm-dd"
    assert wanted_format(dt.time(1)) == "hh:mm"
    assert wanted_format(1) is None
