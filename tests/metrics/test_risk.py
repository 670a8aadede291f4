from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, frame, settings
from tests.metrics.test_growth import rows
from tracker.book.phrases import spoken
from tracker.metrics.enrich import enrich
from tracker.metrics.risk import MISSING
from tracker.metrics.risk_rules import RULES
from tracker.schema.load import load

TODAY = date(2026, 8, 15)
PHRASES = load().modules["customers"].by_name["risk_reasons"].phrases


def book(case: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """An A customer with flat sales on target, a visit yesterday and nothing to complain of."""
    was, since = case.get("past", [None, TODAY])
    customer: dict[str, object] = {
        "customer_id": "甲", "customer_name": "甲", "institution_key": None, "tier_manual": None,
        "potential_level": "H", "customer_support": "H", "relationship_stage": "trial",
        "relationship_stage_was": was, "relationship_stage_since": since,
        "first_contact_date": date(2025, 1, 1),
    }  # fmt: skip
    subject = {"subject_level": "person", "customer_key": "甲", "product_key": "P"}
    past = case.get("past_sales", [100.0] * 6)
    sales = [
        *rows("2025Q1", list(map(float, past)), target=100.0, **subject),
        *rows("2026Q3", [case.get("sales", 50.0)], target=100.0, **subject),
    ]
    if case.get("sales", 50.0) is None:
        sales = rows("2026Q4", [None], target=None, **subject)
    who = {"customer_key": "甲", "product_key": "P"}
    messages = case.get("messages", [[date(2026, 8, 1), "neutral", "2", None]])
    visits = case.get("visits", [[date(2026, 8, 14), "agree", None]])
    blank: list[Any] = [None] * 5
    return {
        "customers": frame([customer | case.get("customer", {})]),
        "targets": frame(sales),
        "messaging": _rows(who, ("date", "reaction", "adoption_stage", "issue_id_key"), messages or [blank[:4]]),
        "visits": _rows(
            {"customer_key": ["甲"], "visit_status": "completed"},
            ("visit_date", "customer_response", "competitor_activity"), visits,
        ),
        "issues": _rows(
            who, ("issue_id", "raised_date", "due_date", "severity", "issue_status"),
            case.get("issues", [blank]),
        ),
    }  # fmt: skip


def _rows(same: dict[str, Any], names: tuple[str, ...], cells: list[list[Any]]) -> pd.DataFrame:
    return frame([same | dict(zip(names, row, strict=True)) for row in cells])


def found(case: dict[str, Any], **changes: Any) -> pd.Series:
    return enrich(book(case), {}, TODAY, settings(**changes))["customers"].iloc[0]


def fired(row: pd.Series) -> list[str]:
    return [r.code for r in row["risk_reasons"] or () if r.code != MISSING]


@pytest.mark.parametrize("case", cases("risk"), ids=lambda c: str(c["name"]))
def test_early_warning(case: dict[str, Any]) -> None:
    row = found(case)
    assert fired(row) == case["fires"]
    assert row["risk_level"] == case["level"]
    missing = [r.facts["what"] for r in row["risk_reasons"] or () if r.code == MISSING]
    assert missing == ([tuple(case["missing"])] if "missing" in case else [])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_can_be_switched_off_and_has_words(rule: str) -> None:
    case = next(c for c in cases("risk") if c["fires"] == [rule])
    rules = settings().risk.rules
    off = {name: dict(section.values) for name, section in rules.items()}
    off[rule]["points"] = 0
    row = found(case, risk={"rules": off})
    assert (fired(row), row["risk_level"]) == ([], "normal")
    assert {rule, f"{MISSING}.{rule}"} <= set(PHRASES)


def test_limits_points_and_levels_are_those_of_the_settings() -> None:
    rules: dict[str, Any] = {n: dict(s.values) for n, s in settings().risk.rules.items()}
    rules["behind"] = {"points": 4, "below": 0.5}
    mild, bad = {"sales": 30.0}, {"sales": 20.0}
    assert fired(found(mild, risk={"rules": rules})) == []
    assert found(bad, risk={"rules": rules})["risk_level"] == "yellow"
    assert found(bad, risk={"levels": {"red": 2, "normal": 0}})["risk_level"] == "red"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", cases("risk"), ids=lambda c: str(c["name"]))
def test_every_reason_can_be_said(case: dict[str, Any], lang: str) -> None:
    text = spoken(found(case)["risk_reasons"], PHRASES, lang)
    assert (text is None) is (not case["fires"] and "missing" not in case)
    assert text is None or not any(sign in text for sign in ("{", "nan", "NaT", "None"))


def test_a_workbook_of_customers_alone_names_what_it_does_not_know() -> None:
    frames = {"customers": frame([{"customer_id": "甲"}])}
    row = enrich(frames, {}, TODAY, settings())["customers"].iloc[0]
    assert row["risk_level"] == "normal"
    assert row["risk_reasons"][0].facts["what"] == tuple(RULES)
