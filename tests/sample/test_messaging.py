from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from tests.sample.reading import D, Record, Told

ACCEPTED = {"positive": {"4", "5"}, "neutral": {"3"}, "negative": {"1", "2"}}


def test_every_message_was_told_in_a_completed_visit(told: Told) -> None:
    met = {(row["customer"][0], row["visit_date"]) for row in told.visits("completed")}
    for row in told.rows("messaging"):
        assert (row["customer"], row["date"]) in met
        assert row["date"] <= D


def test_a_product_is_told_of_once_a_visit(told: Told) -> None:
    keys = [(r["customer"], r["date"], r["product"]) for r in told.rows("messaging")]
    assert len(set(keys)) == len(keys)


def test_acceptance_agrees_with_the_reaction(told: Told) -> None:
    for row in told.rows("messaging"):
        assert row["acceptance"] in ACCEPTED[row["reaction"]]


def test_negative_reactions_have_a_concern_and_an_open_issue(told: Told) -> None:
    waiting = {
        (row["customer"], row["product"])
        for row in told.rows("issues")
        if "closed_date" not in row and row["record_type"] in ("concern", "complaint")
    }
    negative = [row for row in told.rows("messaging") if row["reaction"] == "negative"]
    assert {(row["customer"], row["product"]) for row in negative} == waiting
    assert all("concern" in row for row in negative)
    assert told.size < 1 or len(negative) >= 3


def _ladders(told: Told) -> list[list[int]]:
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in told.rows("messaging"):
        found[row["customer"], row["product"]].append(row)
    return [[int(row["adoption_stage"]) for row in rows] for rows in found.values()]


def test_adoption_climbs_a_rung_at_a_time(told: Told) -> None:
    ladders = _ladders(told)
    for stages in ladders:
        assert all(0 <= after - before <= 1 for before, after in pairwise(stages))
    assert any(stages[-1] > stages[0] for stages in ladders)


def test_prescribing_names_its_patients(told: Told) -> None:
    high = [row for row in told.rows("messaging") if row["adoption_stage"] >= "3"]
    assert high
    assert all("patient_type" in row for row in high)


def test_materials_are_complete_and_not_repeated_within_half_a_year(told: Told) -> None:
    given: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in told.rows("messaging"):
        assert ("material" in row) == ("material_type" in row) == ("quantity" in row)
        if "material" in row:
            assert row["quantity"] >= 1
            given[row["customer"], row["material"]].append(row)
    for rows in given.values():
        assert all((after["date"] - one["date"]).days > 180 for one, after in pairwise(rows))


def test_the_first_product_has_priority(told: Told) -> None:
    first = told.typed["products"][0]["name"]
    for row in told.rows("messaging"):
        assert row["is_priority"] == (row["product"] == first)
