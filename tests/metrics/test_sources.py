from __future__ import annotations

from datetime import date

from tests.metrics.tables import frame, plain, settings
from tracker.metrics.sources import by_source

TODAY = date(2026, 6, 30)


def test_what_became_of_customers_by_source() -> None:
    person = {"subject_type": "person", "first_contact_date": date(2026, 1, 1)}
    customers = [
        person | {"customer_id": f"C{n}", "source": source, "relationship_stage": stage}
        for n, (source, stage) in enumerate(
            [("congress", "trial"), ("congress", "not_cooperating"), *[("self", "partner")] * 5]
        )
    ]
    records = [
        ("C0", date(2026, 1, 31), "3"),
        ("C0", date(2026, 3, 1), "4"),
        ("C2", date(2026, 1, 11), "2"),
    ]
    messaging = [
        {"customer_key": who, "product_key": "P", "date": day, "adoption_stage": stage}
        for who, day, stage in records
    ]
    sale = {"subject_level": "person", "unit": "box", "actual": 5.0}
    targets = [
        sale | {"customer_key": "C0", "period": "2026Q1"}, sale | {"customer_key": "C0", "period": "2026Q2"},
        sale | {"customer_key": "C0", "period": "2026Q3"},
    ]  # fmt: skip
    tables = {
        "customers": frame(customers),
        "messaging": frame(messaging),
        "targets": frame(targets),
    }
    found = by_source(tables, TODAY, settings())
    assert found is not None
    row = {name: plain(value) for name, value in found.loc["congress"].items()}
    assert row == {
        "customers": 2, "cooperating": 0.5, "adopting": 0.5, "days": 30, "actual": 10, "few": True,
    }  # fmt: skip
    assert list(found.loc["self", ["customers", "cooperating", "adopting", "few"]]) == [
        5,
        1,
        0,
        False,
    ]
    alone = by_source({"customers": tables["customers"]}, TODAY, settings())
    assert alone is not None
    assert alone[["adopting", "days", "actual"]].isna().all(axis=None)
    assert by_source({}, TODAY, settings()) is None
