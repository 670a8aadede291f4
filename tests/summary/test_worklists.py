from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tests.summary.book import empty, issues, source
from tracker.summary import worklists
from tracker.summary.source import Source


def visits(made: Source, longest: int = 20) -> dict[str, Any]:
    found = worklists.overdue_visits(replace(made, longest=longest))
    assert found is not None
    return found


def late() -> Source:
    made = source()
    table = made.computed["customers"]
    table["tier"] = ["B", "A", "A", None, "D", *["C"] * 5]
    table["overdue_days"] = [30.0, 2.0, 9.0, 50.0, 0.0, *[float("nan")] * 5]
    return made


def test_overdue_visits_come_by_tier_then_days() -> None:
    found = visits(late())
    assert [(v["name"], v["days"]) for v in found["rows"]] == [
        ("张敏", 9), ("李伟", 2), ("王芳", 30), ("刘洋", 50),
    ]  # fmt: skip
    assert (found["total"], found["worst"]) == (4, 50)


def test_a_row_leads_to_its_row_in_the_sheet() -> None:
    made = replace(late(), id_columns={"customers": 2})
    assert visits(made)["rows"][0]["link"] == {
        "sheet": "客户基础信息", "row": 4, "id": "Cd", "column": 2,
    }  # fmt: skip


def test_a_list_is_cut_and_its_total_said() -> None:
    found = visits(late(), 1)
    assert (len(found["rows"]), found["total"]) == (1, 4)


def test_nothing_late_is_an_empty_list_and_no_module_is_none() -> None:
    assert visits(empty()) == {"rows": [], "total": 0, "worst": 1.0, "excluded": 0}
    assert worklists.overdue_visits(source(customers=None)) is None
    assert worklists.overdue_issues(source(issues=None)) is None


def test_overdue_issues_come_by_severity_then_days() -> None:
    found = worklists.overdue_issues(source())
    assert found is not None
    assert found["total"] == 2
    rows: Any = found["rows"]
    assert rows[0] == {
        "link": {"sheet": "客户反馈与问题跟进", "row": 3, "id": "", "column": None},
        "name": "李伟", "institution": "瑞金医院", "issue": "报销比例",
        "severity": "危机", "status": "处理中", "owner": "李明", "due": dt.date(2026, 8, 12),
        "days": 3.0,
    }  # fmt: skip
    assert rows[1]["days"] == 14


def test_an_unknown_customer_is_shown_as_typed() -> None:
    strange = issues().assign(customer_key=None, customer="谁")
    found = worklists.overdue_issues(source(issues=strange))
    assert found is not None
    rows: Any = found["rows"]
    assert {row["name"] for row in rows} == {"谁"}


def test_open_issues_are_neither_resolved_nor_closed() -> None:
    assert list(worklists.open_issues(source())["issue_id"]) == ["Ib", "Ic", "Id"]
    assert worklists.open_issues(source(issues=None)).empty
