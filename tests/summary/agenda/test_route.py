from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.summary.agenda.desk import AS_OF, desk, visits
from tests.summary.book import empty
from tracker.summary.agenda.item import KINDS, Item, clock
from tracker.summary.agenda.route import Agenda, agenda, find


def kinds(found: Agenda) -> set[tuple[str, str, str]]:
    return {(i.kind, i.name, i.day.isoformat()) for i in found.items}


def test_every_kind_is_found_on_its_day() -> None:
    assert kinds(agenda(desk(), 3, show=True)) >= {
        ("visit", "杨磊", "2026-08-15"),
        ("visit", "张敏", "2026-08-15"),
        ("visit", "王芳", "2026-08-17"),
        ("next", "李伟", "2026-08-17"),
        ("missed", "刘洋", "2026-08-11"),
        ("owed", "王芳", "2026-08-10"),
        ("promised", "王芳", "2026-08-16"),
        ("issue", "王芳", "2026-08-01"),
        ("date", "王芳", "2026-08-16"),
        ("date", "李伟", "2026-08-20"),
    }


def test_the_way_goes_by_the_first_visit_and_what_is_late_stands_under_today() -> None:
    today = agenda(desk(), 3).days[0]
    assert today.day == AS_OF
    assert [s.institution for s in today.stops] == ["瑞金医院", "华山医院"]
    first = today.stops[0].items
    assert [(i.kind, i.name) for i in first[:2]] == [("visit", "张敏"), ("missed", "刘洋")]
    assert all(i.late >= 0 for stop in today.stops for i in stop.items)


def test_who_is_visited_anyway_is_not_listed_as_due() -> None:
    found = agenda(desk(), 3)
    assert not {i.name for i in found.items if i.kind in ("due", "overdue")} & {
        "王芳", "李伟", "张敏", "刘洋", "杨磊",
    }  # fmt: skip


def test_a_next_visit_that_the_diary_has_is_called_off() -> None:
    by = {(i.kind, i.row_id): i.off for i in find(desk(), dt.date(2026, 8, 20))}
    assert by["next", "Vc"]
    assert not by["next", "Vd"]
    assert by["visit", "Vk"]
    assert by["owed", "Vd"]
    assert not by["owed", "Vb"]


def test_a_promise_of_the_customer_ends_with_the_visit_that_can_ask_for_it() -> None:
    later = visits()
    later.loc[later["visit_id"].eq("Vc"), "customer_commitment_due"] = "2026-08-01"
    found = find(desk(visits=later), dt.date(2026, 8, 20))
    assert not [i for i in found if i.kind == "promised"]


def test_days_to_remember_are_personal() -> None:
    hidden = agenda(desk(), 3)
    assert not [i for i in hidden.items if i.kind == "date"]
    assert hidden.left_out == {"date": 2}
    assert all(b.phones is None for b in hidden.briefs.values())


def test_overdue_visits_beyond_the_limit_are_counted() -> None:
    source = desk(visits=visits().iloc[:0])
    source.computed["customers"]["overdue_days"] = 3.0
    source.computed["customers"]["next_due"] = "2026-08-12"
    source.computed["customers"]["next_due"] = source.computed["customers"]["next_due"].astype(
        "datetime64[s]"
    )
    limits = {**source.schema.thresholds, "agenda": {"limits": {"overdue": 4}}}
    found = agenda(replace(source, schema=replace(source.schema, thresholds=limits)), 1)
    assert sum(i.kind == "overdue" for i in found.items) == 4
    assert found.left_out == {"overdue": 6, "date": 2}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_workbook_has_nothing_due(lang: str) -> None:
    found = agenda(empty(), 2)
    assert found.items == []
    assert [d.day for d in found.days] == [dt.date(2026, 8, 15), dt.date(2026, 8, 16)]


def test_modules_left_out_are_not_missed() -> None:
    lean = desk(visits=None, issues=None, preferences=None, targets=None)
    assert {i.kind for i in agenda(lean, 9).items} <= {"due", "overdue"}


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 60))
def test_every_item_stands_once_on_a_day_that_was_asked_for(days: int) -> None:
    found = agenda(desk(), days, show=True)
    keys = [(i.kind, i.row_id) for i in found.items]
    assert len(keys) == len(set(keys))
    for day in found.days:
        for item in (i for s in day.stops for i in s.items):
            assert item.kind in KINDS
            assert item.day <= day.day or item.kind == "date"


def test_a_time_of_day() -> None:
    assert (clock(None), clock(0.0), clock(545.0)) == ("", "00:00", "09:05")
    assert Item("visit", AS_OF, 0, "visits", 2, "V").who == ()
