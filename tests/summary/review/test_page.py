"""The figures of a review, worked out by hand from the small workbook of the agenda's tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.summary.agenda.desk import desk
from tests.summary.book import empty, issues
from tracker.resources import template_dir
from tracker.summary.page import texts
from tracker.summary.review.page import LINES, review
from tracker.summary.review.spans import Kind
from tracker.summary.source import Source


def made(source: Source, kind: Kind) -> dict[str, Any]:
    return review(source, kind)


def line(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(x for x in found["lines"] if x["key"] == key)


def test_calls_of_the_month_beside_those_of_the_month_before() -> None:
    found = made(desk(), "month")  # 1 to 15 August
    calls = line(found, "calls_made")
    assert (calls["now"], calls["same"], calls["before"]) == (2.0, 0.0, 1.0)
    assert (calls["change"], calls["tone"]) == (2.0, "good")
    assert found["over"] is False


def test_plans_commitments_and_issues_of_the_month() -> None:
    found = made(desk(), "month")
    assert line(found, "execution")["now"] == pytest.approx(2 / 3)  # two held, one missed
    assert line(found, "commitments_due")["now"] == 1.0  # that of 10 August
    assert line(found, "commitments_kept")["now"] == 0.0
    shut = issues().assign(closed_date=None)
    shut["closed_date"] = shut["closed_date"].astype("datetime64[s]")
    shut.loc[shut["issue_id"].eq("If"), "closed_date"] = "2026-08-02"
    found = made(desk(issues=shut), "month")
    assert (line(found, "issues_new")["now"], line(found, "issues_new")["before"]) == (0.0, 4.0)
    assert (line(found, "issues_closed")["now"], line(found, "issues_open")["now"]) == (1.0, 3.0)
    assert (line(found, "issues_open")["before"], line(found, "issues_open")["tone"]) == (
        4.0,
        "good",
    )


def test_coverage_counts_target_customers_with_a_call() -> None:
    found = made(desk(), "month")
    cover = line(found, "coverage")
    tiers = desk().tables["customers"]["tier"].isin(["A", "B", "C"])
    served = desk().tables["customers"]["status"].ne("moved")
    assert cover["now"] == pytest.approx(2 / int((tiers & served).sum()))


def test_sales_of_the_quarter_beside_the_one_before() -> None:
    found = made(desk(), "quarter")
    box = next(s for s in found["sales"] if s["unit"] == "盒")
    assert (box["now"]["target"], box["now"]["actual"]) == (240.0, 84.0)
    assert (box["before"]["actual"], box["last"]) == (230.0, "2026Q2")
    assert made(desk(), "week")["sales"] == []


@pytest.mark.parametrize("kind", ["week", "month", "quarter"])
def test_an_empty_workbook_has_a_review(kind: Kind) -> None:
    found = made(empty(), kind)
    assert all(x["now"] in (0.0, None) for x in found["lines"])


def test_what_has_no_columns_is_left_out() -> None:
    lean = made(desk(visits=None, issues=None, targets=None), "month")
    assert [x["key"] for x in lean["lines"]] == []
    assert (lean["sales"], lean["raised"]) == ([], None)


def test_every_line_has_its_words() -> None:
    for lang in ("zh", "en"):
        words = texts([template_dir()], lang, "report.texts.yaml")
        assert {f"r_{x.key}" for x in LINES} <= set(words)
