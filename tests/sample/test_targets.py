from __future__ import annotations

from collections import defaultdict
from datetime import date
from statistics import median

from tests.sample.reading import D, Record, Told
from tracker.sample.targets import quarter_end

PERIODS = ["2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
SOLD = ("subject_level", "unit", "data_source")


def _series(told: Told) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in told.rows("targets"):
        found[row["customer"], row["product"]].append(row)
    return found


def test_every_institution_and_product_has_eight_quarters(told: Told) -> None:
    series = _series(told)
    assert len(series) == told.full(42) * 3
    assert {name for name, _ in series} == {r["institution"] for r in told.rows("customers")}
    assert all([row["period"] for row in rows] == PERIODS for rows in series.values())


def test_sales_are_kept_by_institution_in_boxes(told: Told) -> None:
    kinds = {tuple(row[name] for name in SOLD) for row in told.rows("targets")}
    assert kinds == {("institution", "box", "sales_flow")}


def test_numbers_are_whole_and_above_zero(told: Told) -> None:
    for row in told.rows("targets"):
        assert row["target"] > 0
        assert row["actual"] > 0
        assert 0.4 < row["actual"] / row["target"] < 2


def test_no_value_looks_like_a_slip_of_the_unit(told: Told) -> None:
    for rows in _series(told).values():
        middle = median(row["actual"] for row in rows)
        assert all(middle / 5 < row["actual"] < middle * 5 for row in rows)


def test_data_reach_to_the_end_of_the_quarter(told: Told) -> None:
    for row in told.rows("targets"):
        year, quarter = int(row["period"][:4]), int(row["period"][-1])
        assert row["actual_as_of"] == quarter_end(year, quarter) <= D
    assert quarter_end(2025, 4) == date(2025, 12, 31)
    assert quarter_end(2026, 1) == date(2026, 3, 31)


def test_some_institutions_rise_and_a_few_decline(told: Told) -> None:
    if told.size < 1:
        return
    courses = []
    for rows in _series(told).values():
        sold = [row["actual"] for row in rows]
        courses.append(sum(sold[4:]) / sum(sold[:4]))
    rising = sum(course > 1.1 for course in courses) / len(courses)
    falling = sum(course < 0.9 for course in courses) / len(courses)
    assert 0.2 < rising < 0.5
    assert 0.05 < falling < 0.3
