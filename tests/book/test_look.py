from __future__ import annotations

import io

import pytest
import xlsxwriter

from tracker.book.look import (
    Look,
    alignment,
    header_kind,
    number_format,
    shown_width,
    text_width,
)
from tracker.schema.load import load
from tracker.schema.model import Column, Pick

SCHEMA = load()
LANGS = ("zh", "en")
COLUMNS = [
    pytest.param(c, id=f"{m.name}.{c.name}") for m in SCHEMA.modules.values() for c in m.columns
]
STAYS_TEXT = (
    "customers.office_phone", "customers.private_phone", "customers.wechat", "customers.email",
    "customers.customer_id", "visits.customer", "visits.visit_id", "targets.period",
    "preferences.important_date",
)  # fmt: skip


def column(path: str) -> Column:
    module, _, name = path.partition(".")
    return SCHEMA.modules[module].by_name[name]


@pytest.mark.parametrize("path", STAYS_TEXT)
def test_what_a_spreadsheet_would_spoil_is_text(path: str) -> None:
    assert number_format(column(path)) == "@"


def test_dates_times_and_numbers_have_their_format_before_anything_is_typed() -> None:
    assert number_format(column("visits.visit_date")) == "yyyy-mm-dd"
    assert number_format(column("visits.start_time")) == "hh:mm"
    assert number_format(column("issues.satisfaction")) == "0"


def test_free_text_and_computed_words_have_no_format_of_their_own() -> None:
    assert number_format(column("visits.summary")) == "General"
    assert number_format(column("visits.link_prev_plan")) == "General"


@pytest.mark.parametrize("one", COLUMNS)
def test_every_date_and_time_has_a_format(one: Column) -> None:
    assert one.type not in ("date", "time") or number_format(one) not in ("General", "@")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("one", COLUMNS)
def test_a_header_fits_in_two_lines(one: Column, lang: str) -> None:
    room = shown_width(one, lang) / (0.9 if header_kind(one) == "computed" else 1)
    lines, left = 1, room
    for word in one.label(lang).split(" "):
        if text_width(word) > left:
            lines, left = lines + 1, room
        left -= text_width(word) + 1
    assert lines <= 2
    assert all(text_width(w) <= room for w in one.label(lang).split(" "))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("one", COLUMNS)
def test_every_value_to_choose_can_be_read(one: Column, lang: str) -> None:
    longest = max((text_width(p.label(lang)) for p in one.picks), default=0)
    assert 6 <= shown_width(one, lang) <= 60
    assert shown_width(one, lang) > min(longest, 26)


def test_a_column_is_never_narrower_than_the_schema_says() -> None:
    assert shown_width(Column("a", "甲", "date", width=33), "zh") == 33
    assert shown_width(Column("a", "甲", "text", width=40), "en") == 50


def test_a_chinese_letter_is_as_wide_as_two() -> None:
    assert text_width("客户A1（自动）") == 14


def test_the_colour_of_a_header_says_what_to_do() -> None:
    assert header_kind(column("visits.visit_date")) == "required"
    assert header_kind(column("visits.topic")) == "input"
    assert header_kind(column("visits.visit_id")) == "computed"
    assert header_kind(column("visits.plan_state")) == "computed"


def test_words_to_the_left_numbers_to_the_right_the_rest_in_the_middle() -> None:
    assert alignment(column("visits.summary")) == "left"
    assert alignment(column("targets.actual")) == "right"
    assert alignment(column("visits.visit_date")) == "center"
    assert alignment(Column("a", "甲", "pick", picks=(Pick("x", "是", "Yes", 0),))) == "center"


def test_a_format_is_made_once() -> None:
    look = Look(xlsxwriter.Workbook(io.BytesIO()))
    dates = [c for c in SCHEMA.modules["visits"].columns if c.type == "date"]
    assert len({id(look.cell(c)) for c in dates}) == 1
    assert look.tone("bad") is look.tone("bad")
    assert look.tone("bad") is not look.tone("good")
    assert look.legend("input") is not look.legend("required")
