from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests.summary.agenda.desk import AS_OF, desk
from tests.summary.agenda.rfc5545 import Entry, read
from tracker.api.config import Config
from tracker.api.today import words_of
from tracker.summary.agenda import ical
from tracker.summary.source import Source

SHANGHAI = ZoneInfo("Asia/Shanghai")


def written(source: Source, until: dt.date | None = None) -> bytes:
    words = words_of(Config(), source.lang)
    return ical.calendar(source, words, "book-1", SHANGHAI, until, "拜访")[1]


def entries(source: Source, until: dt.date | None = None) -> list[Entry]:
    return read(written(source, until))


def test_local_times_and_whole_days() -> None:
    by = {(e.text("SUMMARY"), e.start) for e in entries(desk())}
    eight_thirty = dt.datetime(2026, 8, 15, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert ("拜访 张敏", eight_thirty) in by
    assert ("约定的下次拜访 李伟", dt.date(2026, 8, 17)) in by
    assert ("我方承诺 王芳", AS_OF) in by  # late: still to be kept
    assert ("生日 王芳", dt.date(2026, 8, 16)) in by


def test_a_visit_ends_when_it_says_or_after_half_an_hour() -> None:
    ends = {e.text("SUMMARY"): e.end for e in entries(desk()) if isinstance(e.end, dt.datetime)}
    assert ends["拜访 杨磊"].strftime("%H:%M") == "14:30"
    assert ends["拜访 张敏"].strftime("%H:%M") == "09:00"


def test_what_was_called_off_is_cancelled() -> None:
    off = {e.text("SUMMARY") for e in entries(desk()) if e.text("STATUS") == "CANCELLED"}
    assert off == {"拜访 黄勇 (已取消)", "约定的下次拜访 王芳 (已取消)", "我方承诺 李伟 (已取消)"}


def test_dates_come_again_and_carry_the_fixed_note() -> None:
    (birthday, *_) = (e for e in entries(desk()) if e.text("SUMMARY") == "生日 王芳")
    assert birthday.text("RRULE") == "FREQ=YEARLY"
    assert birthday.text("DESCRIPTION") == "仅限问候，不得馈赠礼品"
    assert not [e for e in entries(desk()) if e.text("SUMMARY") == "生日 张敏"]  # no consent


def test_the_last_of_february_and_the_lunar_calendar() -> None:
    source = desk()
    table = source.frames["preferences"]
    table.loc[table["pref_id"].eq("Pb"), "important_date"] = "1984-02-29"
    table["calendar"] = ["solar", "lunar", None, None]
    rules = {e.text("SUMMARY"): e.text("RRULE") for e in entries(source)}
    assert rules["生日 王芳"] == "FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2"
    assert rules["生日 李伟"] == ""


def test_a_second_import_updates() -> None:
    first, again = entries(desk()), entries(desk())
    assert written(desk()) == written(desk())
    assert len({e.text("UID") for e in first}) == len(first)
    assert [e.text("UID") for e in first] == [e.text("UID") for e in again]
    moved = desk()
    table = moved.frames["visits"]
    table.loc[table["visit_id"].eq("Vg"), "visit_date"] = dt.datetime(2026, 8, 18)  # noqa: DTZ001 - a day
    days = {e.text("UID"): e.start for e in entries(moved)}
    (uid,) = (e.text("UID") for e in first if e.text("SUMMARY") == "拜访 张敏")
    assert str(days[uid]).startswith("2026-08-18")


def test_the_day_is_all_that_the_stamps_follow() -> None:
    (entry, *_) = entries(desk())
    assert entry.text("DTSTAMP") == "20260815T000000Z"
    assert int(entry.text("SEQUENCE")) == (AS_OF - dt.date(2000, 1, 1)).days


def test_a_last_day_can_be_given() -> None:
    assert {str(e.start)[:10] for e in entries(desk(), AS_OF)} == {
        "2026-08-15", "2026-08-16", "2026-08-20",
    }  # fmt: skip  # reminders reach further


def test_another_zone_has_its_own_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    data = ical.calendar(desk(), words_of(Config(), "zh"), "b", berlin, None, "x")[1]
    assert b"TZID=Europe/Berlin:20260815T083000" in data
    assert b"BEGIN:DAYLIGHT" in data


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from tracker.errors import ConfigError

    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ConfigError, match=r"tracker\[calendar\]") as caught:
        written(desk())
    assert caught.value.exit_code == 2
