from __future__ import annotations

from typing import Any

import pytest

from tests.summary.book import FRAMES, empty, source
from tracker.summary import model


def build(**changed: Any) -> dict[str, Any]:
    return model.build(source(**changed), title="汇总", rep="王丽")


def test_key_figures_agree_with_their_lists() -> None:
    found = build()
    key = found["key"]
    assert (key["customers"], key["customers_all"]) == (9, 10)
    assert (key["calls_30"], key["calls_90"], key["visits_excluded"]) == (3, 4, 1)
    assert (key["open_issues"], key["overdue_issues"]) == (3, 2)
    assert key["overdue_visits"] == found["overdue_visits"]["total"]
    assert key["sales"]["target"] == found["products"][1]["target"]


@pytest.mark.parametrize("module", FRAMES)
def test_each_module_may_be_missing(module: str) -> None:
    assert build(**{module: None})["title"] == "汇总"


def test_nothing_in_an_empty_workbook_is_invented() -> None:
    found: Any = model.build(empty(), title="汇总")
    assert found["key"]["plan"] is found["key"]["sales"] is found["period"] is None
    assert found["products"] == found["totals"] == found["movers"] == found["calls_by_month"] == []


def test_equal_workbooks_give_equal_contexts() -> None:
    assert build() == build()
