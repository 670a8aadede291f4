from __future__ import annotations

from datetime import date

from tests.metrics.tables import frame, settings
from tracker.metrics import movers, relationship

TODAY = date(2026, 6, 30)
QUARTER = (date(2026, 4, 1), TODAY)
ROWS = frame(
    [
        {
            "customer_name": name, "tier": tier, "relationship_stage": now,
            "relationship_stage_was": was, "relationship_stage_since": since, "status": status,
        }
        for name, tier, now, was, since, status in [
            ("甲", "A", "trial", "preferred", date(2026, 6, 20), None),
            ("乙", "A", "not_cooperating", None, date(2026, 6, 20), None),
            ("丙", "B", "partner", "trial", date(2026, 5, 1), None),
            ("丁", "A", "preferred", "trial", date(2026, 1, 1), None),
            ("戊", "A", "trial", None, date(2026, 6, 1), "moved"),
            ("己", "B", "trial", None, date(2026, 6, 1), None),
        ]
    ]
)  # fmt: skip


def test_moves_between_stages() -> None:
    found = relationship.moves(ROWS, settings(), QUARTER, TODAY)
    assert [
        tuple(row) for row in found[["was", "now", "steps", "days"]].itertuples(index=False)
    ] == [
        ("preferred", "trial", -1, 10),
        ("trial", "partner", 2, 60),
    ]


def test_whom_to_win_the_lowest_stage_first() -> None:
    assert list(relationship.breakthrough(ROWS, settings())["customer_name"]) == ["乙", "甲"]
    own = settings(relationship={"break_tiers": ["B"], "break_stages": ["trial"]})
    assert list(relationship.breakthrough(ROWS, own)["customer_name"]) == ["己"]


def test_counts_stand_in_the_order_of_the_stages() -> None:
    found = relationship.counts(ROWS, settings())
    assert dict(found) == {"not_cooperating": 1, "trial": 2, "preferred": 1, "partner": 1}


def test_movers_between_tiers() -> None:
    rows = frame(
        [
            {"tier": now, "tier_was": was, "tier_since": None}
            for was, now in [("D", "B"), ("A", "B"), (None, "A"), ("B", "B")]
        ]
    ).assign(tier_since="2026-05-01")
    rows["tier_since"] = rows["tier_since"].astype("datetime64[s]")
    found = movers.movers(rows, QUARTER)
    assert [tuple(r) for r in found[["was", "now", "up"]].itertuples(index=False)] == [
        ("A", "B", False),
        ("D", "B", True),
    ]
    assert movers.movers(rows, (date(2026, 6, 1), TODAY)).empty


def test_assessments_out_of_date() -> None:
    rows = frame(
        [
            {"assessed_on": day}
            for day in (date(2026, 1, 1), date(2025, 1, 1), date(2026, 1, 2), None)
        ]
    )
    assert list(movers.stale(rows, TODAY, 179).index) == [3, 2]
