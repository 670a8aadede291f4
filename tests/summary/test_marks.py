from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.summary import marks


@pytest.mark.parametrize(
    ("value", "fmt", "text"),
    [
        (0.8345, "0.0%", "83.5%"),
        (0.83449, "0.0%", "83.4%"),
        (1234.5, "#,##0", "1,235"),
        (2.5, "0", "3"),
        (-0.04, "0.0%", "-4.0%"),
        (0.12, "+0.0%;-0.0%;0.0%", "+12.0%"),
        (-0.0001, "0.0%", "0.0%"),
        (0.1 + 0.2, "General", "0.3"),
    ],
)
def test_numbers_read_as_excel_shows_them(value: float, fmt: str, text: str) -> None:
    assert marks.shown(value, fmt) == text


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_a_number_keeps_its_full_value_beside_its_text(value: float) -> None:
    written = str(marks.num(value, "#,##0"))
    assert float(written.split('"')[1]) == value


@pytest.mark.parametrize("blank", [None, math.nan])
def test_blank_is_nothing_not_zero(blank: float | None) -> None:
    assert marks.num(blank) == marks.bar(blank, 1) == marks.amount(blank) == ""
    assert marks.display(blank, "0") == ""


def test_small_amounts_keep_one_decimal() -> None:
    assert ">9.5<" in marks.amount(9.5)
    assert ">10<" in marks.amount(10.0)
    assert ">1,235<" in marks.amount(1234.5)


def test_text_of_a_link_and_its_sheet_are_data() -> None:
    place = {"sheet": "it's <x>", "row": 7, "id": '"C', "column": 2}
    assert marks.goto('<b>"', place) == (
        '<a data-sheet="it&#39;s &lt;x&gt;" data-row="7" data-id="&#34;C" data-column="2">'
        "&lt;b&gt;&#34;</a>"
    )
    assert marks.goto("a", "S") == '<a data-sheet="S">a</a>'
    assert marks.goto("<", None) == "&lt;"


def test_fill_replaces_names_only() -> None:
    assert marks.fill("{n} {other} {{n}}", n="{other}") == "{other} {other} {{other}}"
    assert marks.fill("[{n}]", n=None) == "[]"
    assert marks.fill("{a}, {b}", a="{b}", b=1) == "{b}, 1"


@pytest.mark.parametrize(("lang", "yes"), [("zh", "是"), ("en", "yes")])
def test_finalize_keeps_types(lang: str, yes: str) -> None:
    finalize = marks.finalizer(lang)
    assert finalize(True) == yes
    assert finalize(dt.date(2026, 8, 1)) == '<time datetime="2026-08-01">2026-08-01</time>'
    assert finalize(3) == '<data value="3.0" data-fmt="General">3</data>'
    assert finalize("a\x00b\ud800") == "a b "
    assert finalize(None) == ""
