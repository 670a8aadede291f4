from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.checks.casebook import AS_OF, schema, session
from tracker.checks.catalogue import hint
from tracker.findings import Finding


def _undated(day: str, as_of: dt.date = AS_OF, **others: Any) -> Finding:
    """The finding of a date without a year in a workbook where nothing else tells its year."""
    row = {"visit_date": day, "next_visit_date": None, "next_objective": "再谈一次", **others}
    found = session({"rows": {"visits": [row]}}).analyse(as_of).findings
    (one,) = (f for f in found if f.code == "GEN002")
    return one


@pytest.mark.parametrize(
    ("typed", "status", "as_of", "year"),
    [
        ("6月5日", "已完成", AS_OF, 2026),
        ("12-28", "已完成", AS_OF, 2025),  # what is done lies behind
        ("7.1", "已完成", AS_OF, 2025),
        ("6.30", "已完成", AS_OF, 2026),
        ("7.1", "计划", AS_OF, 2026),  # a plan may lie ahead
        ("1月5日", "计划", dt.date(2026, 12, 20), 2027),
    ],
)
def test_the_year_is_the_one_that_the_as_of_day_makes_likely(
    typed: str, status: str, as_of: dt.date, year: int
) -> None:
    found = _undated(typed, as_of, visit_status=status)
    assert isinstance(found.fix, dt.date)
    assert found.fix.year == year
    assert found.fix.isoformat() in hint(found, schema(), "zh")


def test_rows_about_it_tell_more_than_the_as_of_day() -> None:
    days = [dt.date(2024, 12, 27), "12-28", dt.date(2024, 12, 30)]
    rows = [{"visit_date": d, "next_visit_date": None, "next_objective": "再谈"} for d in days]
    found = session({"rows": {"visits": rows}}).analyse(AS_OF).findings
    assert [f.fix for f in found if f.code == "GEN002"] == [dt.date(2024, 12, 28)]


def test_a_personal_date_is_proposed_and_not_told() -> None:
    rows = [{"private_phone_consent": "是", "consent_date": "5月8日"}]
    found = session({"rows": {"customers": rows}}).analyse(AS_OF).findings
    (one,) = (f for f in found if f.code == "GEN002")
    assert one.fix == dt.date(2026, 5, 8)
    assert "05-08" in hint(one, schema(), "zh")
    assert "05-08" not in hint(one, schema(), "zh", show=False)
