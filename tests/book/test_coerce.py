from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.book.coerce import Reading, coercer, number, split
from tracker.schema.load import load
from tracker.schema.model import Column
from tracker.schema.names import PickList, Variants
from tracker.xlsx.serial import to_serial
from tracker.xlsx.values import number_text

SCHEMA = load()
VARIANTS = Variants(SCHEMA.variants)
DATE, TIME = Column("d", "日", "date"), Column("t", "时", "time", range_into="u")
NUM, INT = Column("n", "数", "num"), Column("i", "数", "int")
TEXT, LONG = Column("x", "文", "text"), Column("x", "文", "text", width=40)
MONTHDAY, BOOL = Column("m", "日", "monthday", type_code="PRF602"), Column("b", "是", "bool")
PERIOD = SCHEMA.modules["targets"].by_name["period"]
PHONE = SCHEMA.modules["customers"].by_name["office_phone"]
MAIL = SCHEMA.modules["customers"].by_name["email"]
MEANS = SCHEMA.modules["messaging"].by_name["message_type"]


def read(
    column: Column, raw: object, *, dated: bool = False, date1904: bool = False, lang: str = "zh"
) -> Reading:
    picks = PickList(column.picks, VARIANTS) if column.picks else None
    return coercer(column, VARIANTS, picks, date1904=date1904, lang=lang)(raw, dated)


def told(
    column: Column, raw: object, *, dated: bool = False, date1904: bool = False
) -> tuple[object, str]:
    """The value and the code of the fault."""
    value, fault = read(column, raw, dated=dated, date1904=date1904)
    return value, fault.code if fault else ""


DAY = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    "raw",
    ["2026.3.5", "2026年3月5日", "20260305", "2026/03/05", "２０２６－０３－０５", " 2026-3-5 ",
     "2026-03-05 14:30:00", "2026-03-05T14:30", "2026年3月5号", "5/5/2026", 20260305.0, 46086.0],
)  # fmt: skip
def test_a_date_in_another_spelling_is_read_and_told(raw: object) -> None:
    value, fault = read(DATE, raw)
    wanted = dt.date(2026, 5, 5) if raw == "5/5/2026" else DAY
    assert value == wanted
    assert fault is not None
    timed = isinstance(raw, str) and "14:30" in raw
    assert fault.code == "GEN007"
    assert fault.fix == (dt.datetime(2026, 3, 5, 14, 30) if timed else wanted)  # noqa: DTZ001


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30",
        "05/03/2026",
        "32/1/2026",
        "26-3-5",
        "昨天",
        "3月5日",
        "3.5",
        3.5,
        12.0,
        99999999.0,
        True,
    ],
)
def test_what_is_no_sure_date_is_not_guessed(raw: object) -> None:
    assert told(DATE, raw) == (None, "GEN002")


def test_a_date_without_a_year_keeps_what_is_known() -> None:
    _, fault = read(DATE, "3月5日")
    assert fault is not None
    assert fault.facts == {"example": "YYYY-03-05", "month_day": "03-05"}


def test_real_dates_are_plain_in_both_date_systems() -> None:
    assert told(DATE, float(to_serial(DAY, date1904=False)), dated=True) == (DAY, "")
    assert told(DATE, float(to_serial(DAY, date1904=True)), dated=True, date1904=True) == (DAY, "")
    assert told(DATE, "31/12/2024") == (dt.date(2024, 12, 31), "GEN007")


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1,200", 1200.0), ("3万", 30_000.0), ("85%", 0.85), ("１２．５", 12.5), (" -7 ", -7.0), ("1.2亿", 1.2e8),
     ("\u22123", -3.0), ("1,234,567.8", 1_234_567.8), (".5", 0.5), ("2千", 2000.0), ("1e3", 1000.0)],
)  # fmt: skip
def test_numbers_as_people_write_them(raw: str, value: float) -> None:
    assert told(NUM, raw) == (value, "GEN008")


@pytest.mark.parametrize("raw", ["三十", "1,5", "1,2345", "12盒", "1e999", "--3", True, "N/A"])
def test_what_is_no_number_is_told(raw: object) -> None:
    assert told(NUM, raw) == (None, "GEN002")


def test_whole_numbers_only_where_whole_ones_belong() -> None:
    assert told(INT, 3.0) == (3.0, "")
    assert told(INT, 3.5) == (None, "GEN002")
    assert told(INT, "4") == (4.0, "GEN008")


@pytest.mark.parametrize(
    ("raw", "value"),
    [("9:30", 570.0), ("9：30", 570.0), ("9点半", 570.0), ("下午2:15", 855.0), ("2:15pm", 855.0), ("12:05am", 5.0),
     ("中午1点", 780.0), ("9:30-10:00", (570.0, 600.0)), ("9:30至10点", (570.0, 600.0)), (0.5, 720.0),
     (46086.25, 360.0), (0.99999999, 1439.0)],
)  # fmt: skip
def test_times_are_minutes_since_midnight(raw: object, value: object) -> None:
    assert told(TIME, raw) == (value, "")


@pytest.mark.parametrize(
    ("raw", "start", "end"),
    [("下午2:00-3:30", 14, 15.5), ("下午2点到4点", 14, 16), ("2:00-3:30pm", 14, 15.5), ("2:00pm-3:30", 14, 15.5),
     ("2点~下午3点半", 14, 15.5), ("中午12:00-1:30", 12, 13.5), ("下午1:00-15:30", 13, 15.5),
     ("上午9:00-11:30", 9, 11.5), ("10:00-2:00pm", 10, 14), ("上午11:00-下午1:00", 11, 13),
     ("上午9:00-2:00", 9, 2), ("晚上10点-1点", 22, 1), ("14:30-2:00", 14.5, 2)],
)  # fmt: skip
def test_a_half_of_the_day_holds_for_both_ends_where_that_is_in_order(
    raw: str, start: float, end: float
) -> None:
    assert told(TIME, raw) == ((start * 60, end * 60), "")


@pytest.mark.parametrize(
    "raw", ["25:00", "9:75", "早", 9.5, "9:00-10:00-11:00", "9:00-25:00", "-9:00"]
)
def test_what_is_no_time_is_told(raw: object) -> None:
    assert told(TIME, raw) == (None, "GEN002")


def test_a_range_needs_a_column_for_its_end() -> None:
    assert told(Column("u", "止", "time"), "9:30-10:00") == (None, "GEN002")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [("05-18", "05-18", ""), ("5月18日", "05-18", ""), ("02-30", None, "PRF602"), ("生日", None, "PRF602"),
     ("1985-5-18", "1985-05-18", "GEN007"), (46086.0, "2026-03-05", "GEN007"), (5.5, None, "PRF602")],
)  # fmt: skip
def test_days_of_a_year(raw: object, value: object, code: str) -> None:
    assert told(MONTHDAY, raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("02-30", "02-30"), ("2月30日", "02-30"), ("二月三十", "02-30"), ("1985-2-30", "1985-02-30"),
     ("1985年2月30日", "1985-02-30"), ("04-31", None), ("02-31", None), ("二月卅一", None)],
)  # fmt: skip
def test_a_second_month_of_the_lunar_calendar_may_have_thirty_days(
    raw: object, value: object
) -> None:
    column = SCHEMA.modules["preferences"].by_name["important_date"]
    assert told(column, raw) == (value, "" if value else "PRF602")
    assert told(MONTHDAY, raw) == (None, "PRF602")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("是", True, ""),
        ("×", False, ""),
        (1.0, True, ""),
        (False, False, ""),
        ("也许", None, "GEN003"),
    ],
)
def test_yes_and_no(raw: object, value: object, code: str) -> None:
    assert told(BOOL, raw) == (value, code)


def test_yes_and_no_are_named_in_the_language_of_the_workbook() -> None:
    _, fault = read(BOOL, "maybe", lang="en")
    assert fault is not None
    assert fault.facts == {"listed": "Yes, No"}


def test_spaces_are_told_only_where_they_are_at_fault() -> None:
    assert told(TEXT, "张三 ") == ("张三", "GEN006")
    assert told(TEXT, "张　三") == ("张 三", "GEN006")
    assert told(TEXT, "张\n三") == ("张 三", "GEN006")
    assert told(TEXT, "张 三") == ("张 三", "")
    assert told(LONG, "第一\n第二　段") == ("第一\n第二　段", "")
    assert told(TEXT, " \u3000") == (None, "")
    assert told(MAIL, " a@b.cn") == ("a@b.cn", "GEN006")
    assert told(SCHEMA.modules["visits"].by_name["visit_status"], "计划 ") == ("planned", "GEN006")
    assert told(SCHEMA.modules["visits"].by_name["visit_status"], "什么 ") == ("什么", "")


def test_a_line_break_parts_several_references() -> None:
    assert told(SCHEMA.modules["visits"].by_name["customer"], "张三\n李四") == ("张三\n李四", "")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [(13800138000.0, "13800138000", "CUS109"), (1065551234.0, "01065551234", "CUS109"),
     ("1.38E+10", None, "CUS109"), ("1.3812345678E+10", "13812345678", "CUS109"),
     ("13800138000.0", "13800138000", "CUS109"), (138.0, "138", ""), (12.5, "12.5", ""),
     ("138 0013 8000", "13800138000", ""),
     ("１３８００１３８０００", "13800138000", ""), ("1380013800", "1380013800", "")],
)  # fmt: skip
def test_phone_numbers_are_repaired_where_a_program_spoilt_them(
    raw: object, value: str | None, code: str
) -> None:
    assert told(PHONE, raw) == (value, code)


def test_a_stroke_may_stand_in_a_value_or_between_two() -> None:
    assert told(MEANS, "医保/准入、疗效") == (("access", "efficacy"), "")
    assert told(MEANS, "疗效/安全性") == (("efficacy", "safety"), "")
    assert told(Column("m", "料", "multi", many=True), "DA/彩页；手册") == (("DA/彩页", "手册"), "")
    assert split("甲、乙，丙;丁\n戊 ") == ["甲", "乙", "丙", "丁", "戊"]


def test_other_kinds_of_values_in_text_columns() -> None:
    assert told(TEXT, 46086.0, dated=True) == ("2026-03-05", "")
    assert told(TEXT, 12.0) == ("12", "")
    assert told(TEXT, True) == ("TRUE", "")
    assert told(PERIOD, 46086.0, dated=True) == ("2026-03", "TGT403")
    assert told(PERIOD, 2026.0) == ("2026", "")
    assert told(PERIOD, 2026.1) == (None, "TGT402")
    for column in (DATE, TIME, NUM, MONTHDAY, BOOL, PERIOD, MAIL):
        assert told(column, " ") == (None, "")


@given(st.dates(dt.date(1954, 10, 3), dt.date(2099, 12, 31)))
def test_the_canonical_text_of_a_day_reads_back(day: dt.date) -> None:
    for raw in (day.isoformat(), f"{day:%Y%m%d}", float(to_serial(day, date1904=False))):
        assert read(DATE, raw)[0] == day
    assert read(MONTHDAY, f"{day:%m-%d}")[0] == f"{day:%m-%d}"
    assert read(MONTHDAY, day.isoformat())[0] == day.isoformat()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_reads_back(value: float) -> None:
    assert number(number_text(value)) == value
    assert read(NUM, number_text(value))[0] == value


@given(st.integers(0, 1439))
def test_the_text_of_a_time_reads_back(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    assert read(TIME, f"{hours:02d}:{rest:02d}")[0] == minutes
    assert read(TIME, minutes / 1440)[0] == minutes


@given(st.text(st.characters(codec="gbk"), max_size=12))
@example("O¨")
def test_tidied_text_is_tidy(text: str) -> None:
    for column in (TEXT, LONG, PHONE):
        value, _ = read(column, text)
        assert value is None or read(column, value) == (value, None)


DIRTY = st.one_of(
    st.floats(0, 99_999_999).map(lambda x: round(x, 3)),
    st.integers(0, 99_999_999_999).map(float),
    st.from_regex(r"\s?(20)?[0-9]{2}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?( [0-9]{1,2}:[0-9]{2})?", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{1,3}(,[0-9]{3}){0,5}(\.[0-9]{1,3})?[万千%亿]?", fullmatch=True),
    st.from_regex(r"(20)?[0-9]{2}(年|Q|-|H|M)?[0-9一二三四]{1,2}(季度|月|Q|半年)?", fullmatch=True),
    st.from_regex(r"[ \u3000\n]?1[0-9](\.[0-9]{1,9})?[eE]\+?[01][0-9]", fullmatch=True),
    st.text(st.sampled_from(" \u3000\u00a0\n\r\t，王芳ＡA1１-2.9:"), max_size=9),
)  # fmt: skip


@pytest.mark.parametrize("date1904", [False, True])
@given(raw=DIRTY, dated=st.booleans())
@example(raw="2026-03-05 25:00", dated=False)
@example(raw="2026-03-05 14:30:15.5", dated=False)
@example(raw=45866.75, dated=False)
@example(raw="1.38E+10", dated=False)
@example(raw="12345678901234567890", dated=False)
def test_what_is_proposed_reads_as_the_same_without_a_fault(
    raw: object, dated: bool, date1904: bool
) -> None:
    for column in (DATE, MONTHDAY, NUM, INT, TEXT, LONG, PHONE, MAIL, PERIOD, TIME):
        value, fault = read(column, raw, dated=dated, date1904=date1904)
        if fault is None or fault.fix is None:
            continue
        fix = fault.fix
        if isinstance(fix, dt.date):
            if fix.year < 1905:  # a day that not every date system has; `fixes` takes it out
                continue
            fix = float(to_serial(fix, date1904=date1904))
        assert read(column, fix, dated=True, date1904=date1904) == (value, None)


def test_no_value_is_proposed_that_would_say_less_than_the_cell() -> None:
    for column, raw in (
        (DATE, "2026-03-05 25:00"), (NUM, "12345678901234567890"), (PHONE, "1.38E+10"),
    ):  # fmt: skip
        _, fault = read(column, raw)
        assert fault is not None
        assert fault.fix is None
    _, fault = read(DATE, 45866.75)
    assert fault is not None
    assert fault.fix == dt.datetime(2025, 7, 28, 18)  # noqa: DTZ001
