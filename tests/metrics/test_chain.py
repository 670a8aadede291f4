from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from tests.metrics.tables import frame, settings
from tracker.metrics.chain import coverage

TODAY = date(2026, 6, 30)


def people(*rows: tuple[str, str | None, list[str] | None]) -> pd.DataFrame:
    names = ("customer_id", "institution_key", "decision_role")
    return frame([dict(zip(names, row, strict=True)) for row in rows])


def visits(*rows: tuple[str, date]) -> pd.DataFrame:
    done = {"visit_status": "completed"}
    return frame([done | {"customer_key": [who], "visit_date": day} for who, day in rows])


def roles(found: pd.DataFrame | None, name: str) -> list[Any]:
    assert found is not None
    return list(
        found.loc[name, ["customers", "identified", "covered", "coverage", "single_thread"]]
    )


def test_roles_known_and_visited() -> None:
    customers = people(
        ("甲", "一院", ["prescriber", "decider"]), ("乙", "一院", ["user"]), ("丙", "二院", ["decider"]),
        ("丁", "二院", None), ("戊", None, ["purchaser"]),
    )  # fmt: skip
    tables = {
        "customers": customers,
        "visits": visits(("甲", date(2026, 4, 2)), ("丙", date(2026, 4, 1))),
    }
    found = coverage(tables, TODAY, settings())
    both = ("prescriber", "decider")
    assert roles(found, "一院") == [2, both, both, 2 / 3, False]
    assert roles(found, "二院") == [2, ("decider",), (), 0.0, False]
    assert found is not None
    assert list(found.index) == ["一院", "二院"]


def test_one_customer_alone_is_a_single_thread() -> None:
    tables = {"customers": people(("甲", "一院", ["decider"])), "visits": visits(("乙", TODAY))}
    assert roles(coverage(tables, TODAY, settings()), "一院")[4]


def test_institutions_and_people_who_left_are_no_members() -> None:
    customers = people(
        ("甲", "一院", ["decider"]), ("乙", "一院", ["purchaser"]), ("院", "一院", None)
    )
    customers["status"] = [None, "moved", None]
    customers["subject_type"] = ["person", "person", "institution"]
    found = coverage({"customers": customers, "visits": visits(("乙", TODAY))}, TODAY, settings())
    assert roles(found, "一院") == [1, ("decider",), (), 0.0, True]


def test_over_a_product_only_what_was_told_of_it_counts() -> None:
    customers = people(("甲", "一院", ["decider"]), ("乙", "一院", ["prescriber"]))
    told = frame([{"customer_key": "甲", "product_key": "P", "date": TODAY}])
    tables = {"customers": customers, "messaging": told}
    assert roles(coverage(tables, TODAY, settings(), "P"), "一院")[2] == ("decider",)
    assert roles(coverage(tables, TODAY, settings(), "Q"), "一院")[2] == ()


def test_roles_and_days_of_ones_own() -> None:
    customers = people(("甲", "一院", ["gatekeeper"]))
    tables = {"customers": customers, "visits": visits(("甲", date(2026, 6, 1)))}
    own = settings(decision_chain={"roles": ["gatekeeper"], "covered_days": 10})
    assert roles(coverage(tables, TODAY, own), "一院")[1:4] == [("gatekeeper",), (), 0.0]
    nobody = coverage(tables, TODAY, settings(decision_chain={"roles": []}))
    assert nobody is not None
    assert nobody["coverage"].isna().all()
    assert coverage({"customers": customers}, TODAY, settings()) is None
