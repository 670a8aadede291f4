from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from tests.metrics.tables import frame, settings
from tracker.metrics import capacity
from tracker.metrics.priority import order

TODAY = date(2026, 8, 15)


def person(
    name: str, risk: str, tier: str | None, late: float | None, **more: object
) -> dict[str, object]:
    row = {
        "customer_id": name,
        "customer_name": name,
        "risk_level": risk,
        "tier": tier,
        "status": None,
    }
    return row | {"overdue_days": late, "subject_type": "person", **more}


def test_one_criterion_after_the_other() -> None:
    rows = [
        person("丁", "normal", "A", 40.0), person("丙", "yellow", None, 90.0), person("乙", "yellow", "B", 3.0),
        person("甲", "yellow", "B", 3.0), person("戊", "yellow", "A", 0.0), person("己", "red", "D", None),
        person("庚", "red", "A", 9.0, status="moved"), person("辛", "yellow", "B", 5.0),
    ]  # fmt: skip
    found = order({"customers": frame(rows)}, TODAY, settings())
    assert "".join(found["customer_name"]) == "己戊辛乙甲丙丁"
    assert found["pace_gap"].isna().all()


def test_the_larger_gap_goes_first() -> None:
    sale = {"subject_level": "person", "period": "2026Q3", "target": 100.0, "unit": "box"}
    sales = [
        sale | {"customer_key": "甲", "actual": 40.0},
        sale | {"customer_key": "乙", "actual": 10.0},
    ]
    rows = [person(name, "normal", "A", 0.0, institution_key=None) for name in "甲乙丙"]
    found = order({"customers": frame(rows), "targets": frame(sales)}, TODAY, settings())
    assert list(found["customer_name"]) == ["乙", "甲", "丙"]
    assert list(found["pace_gap"][:2]) == [40.0, 10.0]


@budget(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["red", "yellow", "normal"]), st.sampled_from("ABCD"), st.integers(0, 9)),
        min_size=1, max_size=12,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_of_the_sheet_does_not_matter(
    rows: list[tuple[str, str, int]], rng: object
) -> None:
    told = [
        person(f"P{n:02d}", risk, tier, float(late)) for n, (risk, tier, late) in enumerate(rows)
    ]
    shuffled = rng.sample(told, len(told))  # type: ignore[attr-defined]  # hypothesis gives a Random
    names = [
        list(order({"customers": frame(r)}, TODAY, settings())["customer_name"])
        for r in (told, shuffled)
    ]
    assert names[0] == names[1]


def test_capacity() -> None:
    july = (date(2026, 7, 1), date(2026, 7, 31))
    assert capacity.work_days(july) == 23
    assert capacity.utilisation(210, july, 10, days_off=2).rate == 1.0
    assert capacity.utilisation(10, july, 10, days_off=30).rate is None
    assert capacity.work_days(july, lambda day: day.day > 30) == 1
