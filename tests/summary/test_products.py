from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.summary.book import empty, source, targets
from tracker.summary.products import Sales


def by_product(frame: pd.DataFrame | None = None) -> list[dict[str, Any]]:
    found = Sales(source(targets=targets() if frame is None else frame)).by_product()
    assert found is not None
    return found


def test_a_product_adds_its_subjects_and_never_the_territory() -> None:
    first = by_product()[1]
    assert (first["product"], first["unit"], first["label"]) == ("安心平", "盒", "安心平")
    assert (first["target"], first["actual"]) == (240, 84)
    assert first["attainment"] == pytest.approx(0.35)
    assert first["time_progress"] == pytest.approx(0.5)
    assert first["time_adjusted"] == pytest.approx(0.7)
    assert (first["pace"], first["pace_code"]) == ("落后", "behind")
    assert first["forecast"] == pytest.approx(168)
    assert first["forecast_attainment"] == pytest.approx(0.7)


def test_a_product_without_any_actual_has_no_pace() -> None:
    other = by_product()[0]
    assert (other["product"], other["coverage"], other["pace"]) == ("糖稳宁", 0, None)
    assert other["forecast"] is None


def test_the_territory_counts_where_it_stands_alone() -> None:
    frame = targets()
    alone = by_product(frame[frame["subject_level"].eq("rep")])
    assert [(p["target"], p["actual"]) for p in alone] == [(120, 84)]


def test_units_are_kept_apart_and_named() -> None:
    frame = targets()
    frame.loc[frame["customer"].eq("华山医院"), "unit"] = "bottle"
    labels = [p["label"] for p in by_product(frame)]
    assert labels == ["糖稳宁", "安心平·盒", "安心平·瓶"]


def test_the_order_of_rows_does_not_matter() -> None:
    assert by_product(targets().iloc[::-1]) == by_product()


def test_the_leading_unit_has_the_largest_target() -> None:
    leading = Sales(source()).leading
    assert leading is not None
    assert (leading["unit"], leading["target"], leading["coverage"]) == ("盒", 240, 1)
    assert leading["attainment"] == pytest.approx(0.35)


def test_faulty_rows_are_counted_beside_and_not_in() -> None:
    made = source()
    frame = made.frames["targets"]
    faulty = frame["customer"].eq("华山医院") & frame["period"].eq("2026Q3")
    valid = {"targets": ~faulty}
    found: Any = Sales(replace(made, valid=valid)).by_product()
    assert (found[1]["target"], found[1]["excluded"]) == (120, 1)


def test_periods_stand_in_order_without_the_future() -> None:
    extra = targets().iloc[:1].assign(period="2026Q4")
    frame = pd.concat([targets(), extra.set_axis([99])]).rename_axis("row")
    found: Any = Sales(source(targets=frame)).by_period()
    assert found["unit"] == "盒"
    assert [(r["period"], r["actual"]) for r in found["rows"]][-2:] == [
        ("2026Q2", 230),
        ("2026Q3", 84),
    ]


@pytest.mark.parametrize(
    ("periods", "running"),
    [(("2026-08", "2026Q3"), "2026Q3"), (("2026-08", "2026"), "2026-08"), (("2026H2",), "2026H2")],
)
def test_the_running_quarter_comes_first_then_the_finest(
    periods: tuple[str, ...], running: str
) -> None:
    frame = targets().iloc[: len(periods)].assign(period=list(periods))
    assert Sales(source(targets=frame)).period == running


def test_without_a_running_period_there_is_nothing_to_show() -> None:
    old = Sales(source(targets=targets().assign(period="2024Q1")))
    assert (old.period, old.leading, old.by_product(), old.by_period()) == (None, None, [], None)
    absent = Sales(source(targets=None))
    assert (absent.leading, absent.by_product()) == (None, None)
    assert Sales(empty()).by_product() == []
