"""Planted faults are found at their exact cells and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.books import AS_OF, Hand, opened, places


def _plant(hand: Hand) -> set[tuple[str, str, str]]:
    """Fourteen and more faults of different rules, each in a row of its own."""
    visits = hand.frame("visits")
    done = [int(r) for r in visits.index[visits["visit_status"] == "completed"]][100:]
    later = visits[["next_visit_date", "commitment_done_on"]].isna().all(axis=1)
    free = [r for r in done if later[r]]  # nothing else in the row depends on the date
    targets = [int(r) for r in hand.frame("targets").index]
    issues = hand.frame("issues")
    closed = [int(r) for r in issues.index[issues["issue_status"] == "closed"]]
    customers = [int(r) for r in hand.frame("customers").index]
    faults: list[tuple[str, str, str, int, Any]] = [
        ("GEN001", "visits", "visit_method", done[0], None),
        ("GEN002", "visits", "next_visit_date", done[1], "下周三"),
        ("GEN003", "visits", "visit_method", done[2], "视频会"),
        ("GEN006", "visits", "institution", done[3], ""),
        ("GEN007", "visits", "visit_date", done[4], ""),
        ("GEN008", "targets", "target", targets[40], "1,200"),
        ("GEN015", "visits", "customer", done[5], "查无此人"),
        ("VIS202", "visits", "visit_date", free[0], date(2026, 7, 15)),
        ("VIS203", "visits", "end_time", done[7], 0.25),
        ("VIS204", "visits", "summary", done[8], None),
        ("VIS205", "visits", "institution", done[9], "某某市另一家医院"),
        ("TGT402", "targets", "period", targets[41], "下个季度"),
        ("TGT403", "targets", "period", targets[42], ""),
        ("TGT418", "targets", "target", targets[43], -5),
        ("ISS501", "issues", "result", closed[0], None),
        ("ISS502", "issues", "closed_date", closed[1], date(2020, 1, 1)),
        ("CUS105", "customers", "email", customers[3], "not an address"),
    ]
    planted = set()
    for code, module, field, row, value in faults:
        typed = value
        if code == "GEN006":
            typed = f"\u3000{hand.read(module, field, row)}"
        elif code == "GEN007":
            day = hand.read(module, field, row)
            typed = f"{day.year}.{day.month}.{day.day}"
        elif code == "TGT403":
            old = str(hand.read(module, field, row))
            typed = f"{old[:4]}年{old[-1]}季度"
        planted.add((code, module, hand.type(module, field, row, typed)))
    return planted


def test_every_planted_fault_is_found_at_its_cell_and_nowhere_else(whole_bytes: bytes) -> None:
    hand = Hand(whole_bytes)
    before = places(hand.book.check(AS_OF))
    planted = _plant(hand)
    assert len({code for code, _, _ in planted}) >= 14
    after = places(opened(hand.done()).check(AS_OF))
    assert after - before == planted
    assert before - after == set()


def test_an_exact_copy_with_its_id_is_named_and_stays_out(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    frame = hand.frame("preferences")
    first, new = int(frame.index[2]), int(frame.index[-1]) + 1
    for name, column in hand.book.session.places["preferences"].columns.items():
        del column
        hand.type("preferences", name, new, hand.read("preferences", name, first))
    book = opened(hand.done())
    found = [f for f in book.check(AS_OF) if f.code == "GEN004"]
    assert [(f.row, f.facts["first"]) for f in found] == [
        (new, hand.cell("preferences", "pref_id", first))
    ]
    assert book.report(AS_OF).excluded == {"preferences": 1}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sample_has_no_errors_and_its_warnings_are_true(lang: str) -> None:
    from tests.books import new_sample

    book = opened(new_sample(lang, 0.3))
    findings = book.check(AS_OF)
    assert [f for f in findings if f.severity == "error"] == []
    for f in findings:
        frame = book.session.frames[f.module or ""]
        assert f.row is not None
        row = frame.loc[f.row]
        if f.code == "VIS208":
            assert row["visit_status"] == "planned"
            assert row["visit_date"].date() < AS_OF
        elif f.code == "ISS504":
            assert row["issue_status"] in ("open", "in_progress", "on_hold")
            assert row["due_date"].date() < AS_OF
        else:
            assert f.code == "ISS503"
            assert row["due_date"] != row["due_date"] or row["owner"] is None
