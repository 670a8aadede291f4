from __future__ import annotations

from typing import Any

import pytest

from tests.summary.book import FRAMES, empty, source
from tracker.summary import blocks, model
from tracker.summary.choice import Choice


def build(**changed: Any) -> dict[str, Any]:
    return model.build(source(**changed), title="汇总", rep="王丽", choice=Choice(blocks.known()))


def test_key_figures_agree_with_their_lists() -> None:
    found = build()
    found = found["data"]
    key = found["key"]
    assert (key["customers"], key["customers_all"]) == (9, 10)
    assert (key["calls_30"], key["calls_90"]) == (3, 4)
    assert (key["open_issues"], key["overdue_issues"]) == (3, 2)
    assert key["overdue_visits"] == found["overdue_visits"]["total"]
    assert key["sales"]["target"] == found["products"]["rows"][1]["target"]


@pytest.mark.parametrize("module", FRAMES)
def test_each_module_may_be_missing(module: str) -> None:
    assert build(**{module: None})["title"] == "汇总"


def test_nothing_in_an_empty_workbook_is_invented() -> None:
    found: Any = model.build(empty(), title="汇总", choice=Choice(blocks.known()))["data"]
    assert found["key"]["plan"] is found["key"]["sales"] is found["key"]["period"] is None
    assert found["products"]["rows"] == found["calls"]["by_month"] == []
    assert found["trends"]["totals"] == found["trends"]["movers"] == []


def test_blocks_stand_in_the_order_that_was_asked_for() -> None:
    found: Any = model.build(source(), title="T", choice=Choice(("quality", "key"), ("天气",)))
    assert found["blocks"] == list(found["data"]) == ["quality", "key"]
    assert found["unknown"] == ["天气"]
    assert {"matrix", "trends"} <= set(found["others"])


def test_a_block_without_its_columns_is_left_out() -> None:
    found: Any = build(targets=None, issues=None)
    assert not {"products", "trends", "overdue_issues"} & set(found["blocks"])
    assert found["others"] == []


def test_equal_workbooks_give_equal_contexts() -> None:
    assert build() == build()
