from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.summary.book import finding, source
from tracker.summary import faults


def test_findings_count_by_sheet_and_severity() -> None:
    found: Any = faults.table(source())
    assert {r["sheet"]: (r["error"], r["warning"], r["info"]) for r in found["rows"]} == {
        "客户基础信息": (0, 0, 0),
        "拜访记录与计划": (1, 0, 0),
        "销售目标与达成": (0, 1, 0),
        "客户反馈与问题跟进": (0, 0, 0),
        None: (0, 0, 1),
    }
    assert (found["error"], found["warning"], found["info"], found["excluded"]) == (1, 1, 1, 1)


def test_every_finding_is_counted_once_wherever_it_stands() -> None:
    found = [finding(m, s) for m in ("customers", "preferences", None) for s in ("error", "info")]
    made: Any = faults.table(replace(source(), findings=found))
    assert sum(r["error"] + r["info"] for r in made["rows"]) == len(found)
    assert made["rows"][-1]["error"] == 2
