from __future__ import annotations

from typing import Any

import pytest

from tests.books import AS_OF, Hand, new_sample, opened, refreshed_sample
from tracker.api.session import base_rows
from tracker.api.source import source_of
from tracker.summary.changes import Past, changes


@pytest.fixture(scope="module")
def small() -> bytes:
    return refreshed_sample(size=0.05)


def found(data: bytes, lang: str = "zh", *, show: bool = False) -> Any:
    session = opened(data).session
    analysis = session.analyse(AS_OF)
    past = Past(session.tables, base_rows(session), session.state)
    return changes(source_of(session, analysis, analysis.findings, lang), past, show=show)


def test_nothing_changed_since_the_refresh(small: bytes) -> None:
    assert found(small) == {"day": "2026-06-30", "total": 0, "tables": []}


def test_a_workbook_never_refreshed_has_no_past() -> None:
    assert found(new_sample(size=0.02)) is None


def test_cells_are_told_as_people_read_them(small: bytes) -> None:
    hand = Hand(small)
    row = int(hand.frame("visits").index[3])
    hand.type("visits", "visit_status", row, "改期")
    hand.type("visits", "visit_date", row, 46210.0)
    hand.type("visits", "summary", row, "一段" + "很长" * 10 + "的话")
    (table,) = found(hand.done())["tables"]
    assert (table["sheet"], table["changed"], table["added"], table["gone"]) == (
        "拜访记录与计划", 1, 0, 0,
    )  # fmt: skip
    fields = {f["label"]: (f["old"], f["new"]) for f in table["rows"][0]["fields"]}
    assert fields["状态"][1] == "改期"
    assert fields["拜访日期"][1] == "2026-07-07"
    assert fields["主要沟通内容纪要"][1] == "…"
    (english,) = found(hand.done(), "en")["tables"]
    assert "Visit date" in {f["label"] for f in english["rows"][0]["fields"]}


def test_new_rows_and_rows_that_are_gone(small: bytes) -> None:
    hand = Hand(small)
    frame = hand.frame("issues")
    last = int(frame.index[-1])
    for field in hand.book.session.places["issues"].columns:
        if hand.book.session.places["issues"].module.by_name[field].owner != "computed":
            hand.type("issues", field, last, None)
    people = int(hand.frame("customers").index[-1]) + 1
    hand.type("customers", "customer_name", people, "新客户")
    tables = {t["sheet"]: t for t in found(hand.done())["tables"]}
    assert tables["客户反馈与问题跟进"]["gone"] == 1
    assert tables["客户基础信息"]["rows"] == [{"how": "added", "name": "新客户", "fields": []}]


def test_personal_values_are_left_out(small: bytes) -> None:
    hand = Hand(small)
    row = int(hand.frame("customers").index[0])
    hand.type("customers", "office_phone", row, "0510-7654321")
    hidden, shown = found(hand.done()), found(hand.done(), show=True)
    assert "7654321" not in str(hidden)
    assert hidden["tables"][0]["rows"][0]["fields"][0]["new"] == "…"
    assert "0510-7654321" in str(shown)
