from __future__ import annotations

import datetime as dt
from typing import Any

from tests.summary.agenda.desk import desk, visits
from tests.summary.book import customers, frame
from tracker.summary.agenda.brief import Brief, Briefs, Told
from tracker.summary.agenda.desk import Desk


def brief(who: str, *, show: bool = False, **changed: Any) -> Brief:
    return Briefs(Desk(desk(**changed)), [who], show=show).of(who)


def test_it_says_what_was_last_and_what_was_promised() -> None:
    found = brief("Cb")
    assert found.last == Told("谈了 Vc", dt.date(2026, 8, 3))
    assert found.method == "实地拜访"
    assert found.objective == "加用三例"
    assert found.owed == (Told("寄文献", dt.date(2026, 8, 10), 5),)
    assert found.promised == (Told("试用三例", dt.date(2026, 8, 16), -1),)
    assert found.bring == ("文献", "彩页")
    assert found.objections == "太贵"
    assert found.issues == (Told("夜间低血糖", dt.date(2026, 8, 1), 14),)


def test_a_promise_that_was_kept_is_not_told() -> None:
    assert brief("Cc").owed == ()


def test_the_latest_concern_counts_while_it_is_fresh() -> None:
    said = frame(
        {
            "message_id": ["Mb", "Mc", "Md"],
            "customer_key": ["Cb", "Cb", "Cc"],
            "date": ["2026-07-01", "2026-08-01", "2025-01-01"],
            "concern": ["老的", "新的", "太久以前"],
        }
    )
    said["date"] = said["date"].astype("datetime64[s]")
    assert brief("Cb", messaging=said).concern == Told("新的", dt.date(2026, 8, 1))
    assert brief("Cc", messaging=said).concern is None


def test_a_private_phone_needs_consent_and_to_be_asked_for() -> None:
    people = customers().assign(private_phone="13900000000", office_phone="0510-1234567")
    people["private_phone_consent"] = ["yes"] + ["no"] * 9
    assert brief("Cb", customers=people).phones is None
    assert brief("Cb", show=True, customers=people).phones == ("13900000000", "0510-1234567")
    assert brief("Cc", show=True, customers=people).phones == ("0510-1234567",)


def test_who_was_never_visited_has_a_blank_brief() -> None:
    assert brief("Cj", visits=visits().iloc[:0], issues=None) == Brief(Told(""))
