from __future__ import annotations

from typing import Any

import pytest

from tests.summary.book import customers, empty, source, targets
from tracker.summary import series
from tracker.summary.products import Sales


def test_totals_add_subjects_over_complete_quarters() -> None:
    found: Any = series.product_totals(Sales(source()))
    assert [t["product"] for t in found] == ["安心平", "糖稳宁"]
    assert found[0]["points"] == [190, 203, 215, 230]
    assert (found[0]["first"], found[0]["last"], found[0]["trend"]) == (190, 230, "上升")
    assert (found[1]["trend_code"], found[1]["unit"], found[1]["confidence"]) == (
        "down",
        "万元",
        "高",
    )
    assert found[0]["link"] is None


def test_movers_come_by_size_of_change_and_lead_to_their_newest_row() -> None:
    found: Any = series.movers(Sales(source()), 10)
    assert [(m["subject"], m["product"], m["trend_code"]) for m in found] == [
        ("瑞金医院", "糖稳宁", "down"),
        ("瑞金医院", "安心平", "up"),
    ]
    link = found[0]["link"]
    assert (link["sheet"], link["row"]) == ("销售目标与达成", 16)
    assert found[0]["change"] == pytest.approx(-3.25 / 7.5)
    assert len(series.movers(Sales(source()), 1)) == 1


def test_a_person_is_shown_by_name_and_a_department_beside_its_institution() -> None:
    frame = targets()
    people = frame.assign(subject_level="person", customer_key="Cb", department=None)
    found: Any = series.movers(Sales(source(targets=people, customers=customers())), 1)
    assert found[0]["subject"] == "王芳"
    inside = frame.assign(department="心内科")
    assert series.movers(Sales(source(targets=inside)), 1)[0]["subject"] == "瑞金医院 · 心内科"


def test_months_are_not_mixed_with_quarters() -> None:
    frame = targets()
    frame.loc[frame["period"].eq("2025Q3"), "period"] = "2025-08"
    found: Any = series.product_totals(Sales(source(targets=frame)))
    assert found[0]["points"] == [203, 215, 230]


def test_without_targets_there_are_no_trends() -> None:
    assert series.product_totals(Sales(source(targets=None))) is None
    assert series.movers(Sales(source(targets=None)), 9) == []
    assert series.product_totals(Sales(empty())) == []
    assert series.movers(Sales(empty()), 9) == []
