from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import cases, clean, frame, plain, settings
from tracker.metrics import calls, ladder
from tracker.metrics.enrich import enrich

TODAY = date(2026, 8, 15)
WINDOW = calls.recent(TODAY, 90)
NAMES = ("customer_key", "product_key", "date", "adoption_stage", "is_priority")


def messages(records: list[list[Any]]) -> pd.DataFrame:
    rows = [dict(zip(NAMES, [*record, None][:5], strict=True)) for record in records]
    for row in rows:
        row["adoption_stage"] = (
            None if row["adoption_stage"] is None else str(row["adoption_stage"])
        )
    return frame(rows)


@pytest.mark.parametrize("case", cases("ladder"), ids=lambda c: str(c["name"]))
def test_the_ladder(case: dict[str, Any]) -> None:
    df = messages(case["records"])
    moved = ladder.moves({"messaging": df}, TODAY, WINDOW)
    assert moved is not None
    assert dict(zip(moved["product"], moved["delta"], strict=True)) == case["delta"]
    found = enrich(
        {"messaging": df, "customers": frame([{"customer_id": "甲"}])}, {}, TODAY, settings()
    )
    assert [plain(v) for v in found["messaging"]["adoption_delta"]] == case["rows"]
    assert found["customers"]["adoption_now"].iloc[0] == case["now"]


def test_progression_regression_and_counts() -> None:
    df = messages(
        [
            ["甲", "P", date(2026, 6, 1), 1], ["甲", "P", date(2026, 7, 1), 3],
            ["乙", "P", date(2026, 6, 1), 4], ["乙", "P", date(2026, 7, 1), 3],
            ["丙", "P", date(2026, 6, 1), 2],
        ]
    )  # fmt: skip
    moved = ladder.moves({"messaging": df}, TODAY, WINDOW)
    counts = ladder.counts({"messaging": df}, TODAY)
    assert moved is not None
    assert counts is not None
    share = ladder.progression(moved)
    assert (share.part, share.whole) == (1, 3)
    assert list(ladder.regressions(moved)["who"]) == ["乙"]
    assert [tuple(row) for row in counts.itertuples(index=False)] == [("P", 2, 1), ("P", 3, 2)]


def test_faulty_rows_do_not_move_anybody() -> None:
    df = messages([["甲", "P", date(2026, 6, 1), 1], ["甲", "P", date(2026, 7, 1), 5]])
    valid = clean(df)
    valid.iloc[1] = False
    frames = {"messaging": df, "customers": frame([{"customer_id": "甲"}])}
    found = enrich(frames, {"messaging": valid}, TODAY, settings())
    assert found["customers"]["adoption_now"].iloc[0] == "1"


@budget(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙"), st.sampled_from("PQ"), st.integers(1, 200), st.integers(0, 5)),
        min_size=1, max_size=20, unique_by=lambda r: r[:3],
    ),
    st.randoms(),
)  # fmt: skip
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, str, int, int]], rng: Any) -> None:
    first = date(2026, 1, 1).toordinal()
    told = [[who, what, date.fromordinal(first + day), stage] for who, what, day, stage in rows]
    shuffled = rng.sample(told, len(told))
    found = [ladder.moves({"messaging": messages(r)}, TODAY, WINDOW) for r in (told, shuffled)]
    assert found[0] is not None
    assert found[1] is not None
    pd.testing.assert_frame_equal(found[0], found[1])
