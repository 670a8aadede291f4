from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, plain, same
from tracker.metrics.period import facts, progress


@pytest.mark.parametrize("case", cases("periods", "progress"), ids=str)
def test_state_and_time_progress(case: dict[str, Any]) -> None:
    known = facts(pd.Series([case["period"]], dtype=object), case["as_of"])
    data = pd.Series([case.get("data")], dtype="datetime64[s]")
    assert known["state"][0] == case["state"]
    assert same(progress(known, case["as_of"], data)[0], case["progress"])


def test_facts_stand_on_the_rows_they_describe() -> None:
    periods = pd.Series(["2026Q3", None, "2026-08", "2026Q3"], index=[7, 5, 9, 6], dtype=object)
    known = facts(periods, pd.Timestamp("2026-08-15").date())
    assert list(known.index) == [7, 5, 9, 6]
    assert [plain(g) for g in known["grain"]] == ["quarter", None, "month", "quarter"]
    assert known["start"].dtype == known["end"].dtype == "datetime64[s]"


def test_no_rows_give_no_facts() -> None:
    known = facts(pd.Series([], dtype=object), pd.Timestamp("2026-08-15").date())
    assert known.empty
    assert list(known) == ["grain", "ordinal", "start", "end", "state"]
