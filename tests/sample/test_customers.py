from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from tests.sample.reading import MATRIX, D, Told, columns, tier

MOBILE = re.compile(r"1[3-9]\d{9}")
OFFICE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
MAIL = re.compile(r"[a-z0-9]+@[a-z.]+")


def test_every_name_is_one_customer(told: Told) -> None:
    assert len(told.customers()) == len(told.rows("customers"))


def test_private_contact_stands_with_consent_only(told: Told) -> None:
    for row in told.rows("customers"):
        private = {"private_phone", "wechat"} & row.keys()
        consent = row.get("private_phone_consent")
        assert not private or consent == "yes"
        if consent == "yes":
            assert row["first_contact_date"] <= row["consent_date"] <= D
        else:
            assert "consent_date" not in row


def test_numbers_and_addresses_match_their_patterns_and_no_two_agree(told: Told) -> None:
    patterns = {"private_phone": MOBILE, "office_phone": OFFICE, "email": MAIL}
    for field, pattern in patterns.items():
        values = [row[field] for row in told.rows("customers") if field in row]
        assert len(values) > 2
        assert all(pattern.fullmatch(value) for value in values)
        assert len(set(values)) == len(values)
        for shipped in columns("customers")[field]["patterns"][:1]:
            assert all(re.fullmatch(shipped, value) for value in values)


def test_first_contact_comes_before_the_first_visit_and_before_today(told: Told) -> None:
    first: dict[str, date] = {}
    for row in told.rows("visits"):
        for name in row["customer"]:
            first.setdefault(name, row["visit_date"])
    for name, row in told.customers().items():
        assert date(1990, 1, 1) <= row["first_contact_date"] <= min(D, first.get(name, D))


def test_tiers_are_spread_as_in_a_real_territory(told: Told) -> None:
    counts = Counter(tier(row) for row in told.rows("customers"))
    assert counts["A"] < counts["B"] < counts["C"]
    assert all(counts[name] for name in "ABCD")


def test_types_contradict_the_matrix_in_two_cases(told: Told) -> None:
    compared = [r for r in told.rows("customers") if r["customer_type"] in _strategies()]
    against = [
        row
        for row in compared
        if row["customer_type"] != MATRIX[row["potential_level"], row["customer_support"]][1]
    ]
    assert len(against) == told.full(2)


def _strategies() -> set[str]:
    return {strategy for _, strategy in MATRIX.values()}


def test_assessments_are_recent_but_for_two(told: Told) -> None:
    for row in told.rows("customers"):
        assert row["assessed_on"] <= D
    stale = [r for r in told.rows("customers") if r["assessed_on"] < D - timedelta(180)]
    assert len(stale) <= 2


def test_a_manual_tier_has_its_reason_and_is_a_level_away(told: Told) -> None:
    for row in told.rows("customers"):
        assert ("tier_manual" in row) == ("tier_reason" in row)
        computed = MATRIX[row["potential_level"], row["customer_support"]][0]
        assert abs(ord(tier(row)) - ord(computed)) <= 1


def test_influencers_are_colleagues(told: Told) -> None:
    people = told.customers()
    named = [(n, row) for n, row in people.items() if "key_influencers" in row]
    assert told.size < 1 or len(named) > 10
    for name, row in named:
        assert name not in row["key_influencers"]
        assert {people[other]["institution"] for other in row["key_influencers"]} == {
            row["institution"]
        }


def test_those_who_left_have_no_plans_and_no_open_issues(told: Told) -> None:
    gone = {n for n, row in told.customers().items() if row["status"] != "active"}
    assert told.size < 1 or 3 <= len(gone) <= 12
    planned = {name for row in told.visits("planned") for name in row["customer"]}
    waiting = {row["customer"] for row in told.rows("issues") if "closed_date" not in row}
    assert not gone & (planned | waiting)
