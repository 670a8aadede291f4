from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from tests.sample.reading import D, Record, Told

OUTCOME = ("summary", "customer_response", "objective_result", "next_objective", "logged_on")


def test_completed_visits_tell_what_happened(told: Told) -> None:
    for row in told.visits("completed"):
        assert row["visit_date"] <= D
        assert set(OUTCOME) <= row.keys()
        assert len(row["summary"]) <= 2000


def test_visits_that_did_not_happen_tell_nothing(told: Told) -> None:
    for row in told.visits("planned"):
        assert not {*OUTCOME, "cancel_reason"} & row.keys()
    for status in ("cancelled", "rescheduled"):
        for row in told.visits(status):
            assert "cancel_reason" in row
            assert not set(OUTCOME) & row.keys()


def test_no_summary_stands_in_three_visits(told: Told) -> None:
    texts = Counter(row["summary"] for row in told.visits("completed"))
    assert max(texts.values()) < 3
    assert sum(count - 1 for count in texts.values()) < 0.01 * len(told.rows("visits")) + 1


def test_objectives_are_smart(told: Told) -> None:
    for row in told.rows("visits"):
        assert len(row["objective"]) >= 8
        assert re.search(r"\d", row["objective"])


def test_visits_are_entered_within_three_days(told: Told) -> None:
    delays = [(r["logged_on"] - r["visit_date"]).days for r in told.visits("completed")]
    assert set(delays) <= {0, 1, 2, 3}
    assert sum(delay <= 1 for delay in delays) > 0.8 * len(delays)
    assert all(row["logged_on"] <= D for row in told.visits("completed"))


def test_promises_have_a_due_date_and_are_mostly_kept(told: Told) -> None:
    promises = [row for row in told.rows("visits") if "commitment" in row]
    assert len(promises) > 0.25 * len(told.rows("visits"))
    for row in promises:
        assert row["commitment_due"] > row["visit_date"]
        assert row["visit_date"] < row.get("commitment_done_on", D) <= D or row["visit_date"] == D
    due = [row for row in promises if row["commitment_due"] < D]
    kept = [r for r in due if r.get("commitment_done_on", date.max) <= r["commitment_due"]]
    assert 0.75 < len(kept) / len(due) < 1


def test_promises_stand_or_fall_together(told: Told) -> None:
    for row in told.rows("visits"):
        assert ("commitment" in row) == ("commitment_due" in row)
        assert "commitment" in row or "commitment_done_on" not in row


def _successive(told: Told) -> list[tuple[Record, Record]]:
    coming: dict[str, Record] = {}
    pairs = []
    for row in reversed(told.rows("visits")):
        lead = row["customer"][0]
        if row["visit_status"] == "completed" and lead in coming:
            pairs.append((row, coming[lead]))
        coming.update(dict.fromkeys(row["customer"], row))
    return pairs


def test_appointments_lie_ahead_and_are_mostly_kept(told: Told) -> None:
    pairs = _successive(told)
    for row, _ in pairs:
        assert row["next_visit_date"] > row["visit_date"]
        assert row["next_visit_date"].weekday() < 5
    kept = sum(row["next_visit_date"] == after["visit_date"] for row, after in pairs)
    assert 0.75 < kept / len(pairs) < 1


def test_the_next_objective_becomes_the_objective(told: Told) -> None:
    assert all(row["next_objective"] == after["objective"] for row, after in _successive(told))


def test_some_customers_have_been_kept_waiting(told: Told) -> None:
    last: dict[str, Record] = {}
    for row in told.visits("completed"):
        last.update(dict.fromkeys(row["customer"], row))
    appointments = [row.get("next_visit_date") for row in last.values()]
    past = [day for day in appointments if day and day < D]
    assert told.size < 1 or 8 <= len(past) <= 60


def test_what_is_to_be_brought_is_delivered_next(told: Told) -> None:
    given = {
        (r["customer"], name) for r in told.rows("messaging") for name in r.get("material", ())
    }
    listed = 0
    for row, after in _successive(told):
        for name in row.get("next_materials", ()):
            listed += 1
            assert (after["customer"][0], name) in given
    assert listed > 0.1 * len(told.rows("messaging"))


def test_support_shows_in_the_response(told: Told) -> None:
    people = told.customers()
    mixes = {level: Counter[str]() for level in "HML"}
    for row in told.visits("completed"):
        level = people[row["customer"][0]]["customer_support"]
        mixes[level][row["customer_response"]] += 1
    if told.size == 1:
        shares = [mixes[level]["agree"] / mixes[level].total() for level in "HML"]
        assert shares == sorted(shares, reverse=True)


def test_dates_within_texts_lie_after_the_visit(told: Told) -> None:
    if told.lang == "zh":
        for row in told.rows("visits"):
            found = re.search(r"(\d+)月(\d+)日", row["objective"])
            if found:
                month, day = int(found[1]), int(found[2])
                year = row["visit_date"].year + (month < row["visit_date"].month)
                ahead = date(year, month, day) - row["visit_date"]
                assert timedelta(0) < ahead < timedelta(45)
