from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.metrics.tables import clean, frame, plain, settings
from tests.metrics.test_growth import rows
from tracker.book.phrases import Remark
from tracker.metrics.completeness import PLAN_ELEMENTS
from tracker.metrics.enrich import enrich
from tracker.resources import schema_dir

TODAY = date(2026, 8, 15)
SETTINGS = settings()


def book() -> dict[str, pd.DataFrame]:
    """Two customers of one hospital, with visits, sales, issues and a preference."""
    quarters = rows("2024Q3", [100, 105, 108, 112, 110, 115, 120, 130, 60], target=100.0)
    subject = {
        "subject_level": "institution", "customer_key": "一院", "product_key": "P",
        "actual_as_of": None, "market_size": 1000.0,
    }  # fmt: skip
    plan: dict[str, object] = dict.fromkeys(PLAN_ELEMENTS, "x")
    visit = plan | {
        "customer_key": ["C1"], "visit_status": "completed", "next_visit_date": None,
        "commitment": "文献", "commitment_due": date(2026, 8, 20), "commitment_done_on": None,
        "start_time": 540.0, "next_materials": ["文献"], "competitor_activity": None,
        "customer_response": "agree",
    }  # fmt: skip
    message = {
        "customer_key": "C1", "product_key": "P", "is_priority": None, "adoption_stage": "2",
        "reaction": "negative", "material": ["文献"], "material_type": "literature",
    }  # fmt: skip
    issue = {
        "severity": "low",
        "customer_key": "C1",
        "raised_date": date(2026, 8, 1),
        "closed_date": None,
    }
    person = {
        "customer_name": "王一", "institution_key": "一院", "potential_level": "H",
        "customer_support": "M", "tier_manual": None, "status": None, "target_frequency": None,
        "first_contact_date": date(2025, 1, 1), "office_phone": "021-12345678",
        "subject_type": "person", "potential_volume": None, "potential_unit": None,
        "relationship_stage": "trial", "relationship_stage_was": None,
        "relationship_stage_since": date(2026, 8, 1),
    }  # fmt: skip
    place = person | {
        "customer_id": "C3", "customer_name": "一院", "institution_key": None,
        "subject_type": "institution", "potential_volume": 50.0, "potential_unit": "box",
    }  # fmt: skip
    return {
        "customers": frame([person | {"customer_id": "C1"}, person | {"customer_id": "C2"}, place]),
        "visits": frame(
            [
                visit | {"visit_id": "V1", "visit_date": date(2026, 8, 1)},
                visit | {"visit_id": "V2", "visit_date": date(2026, 8, 10)},
                visit | {"visit_id": "V3", "visit_date": date(2026, 8, 12)},
            ],
            first_row=5,
        ),
        "targets": frame([row | subject for row in quarters]),
        "issues": frame(
            [
                issue
                | {"issue_status": "open", "due_date": date(2026, 8, 10), "fed_back_on": None},
                issue
                | {"issue_status": "open", "due_date": date(2026, 9, 10), "fed_back_on": None},
            ]
        ),
        "messaging": frame(
            [message | {"date": date(2026, 7, 1)}, message | {"date": date(2026, 8, 1)}]
        ),
        "preferences": frame([{"customer_key": "C1", "important_date": "08-15"}]),
    }


def flags(frames: dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """All rows are clean but the visit V3."""
    valid = {name: clean(df) for name, df in frames.items()}
    valid["visits"].iloc[2] = False
    return valid


def test_a_whole_workbook() -> None:
    frames = book()
    found = enrich(frames, flags(frames), TODAY, SETTINGS)
    first = {name: plain(value) for name, value in found["customers"].loc[2].items()}
    assert first == {
        "tier": "A",
        "tier_auto": "A",
        "strategy": "develop",
        "tier_source": "auto",
        "last_visit": date(2026, 8, 10),
        "next_due": date(2026, 8, 15),
        "overdue_days": 0,
        "visits_30d": 2,
        "visits_90d": 2,
        "planned_calls": 18,
        "actual_calls": 2,
        "call_attainment": pytest.approx(2 / 18),
        "attainment_now": 0.6,
        "trend_now": "up",
        "open_issues": 2,
        "overdue_issues": 1,
        "adoption_now": "2",
        "risk_level": "watch",
        "risk_reasons": (Remark("negative", {"date": "2026-08-01"}),),
        "reachable_channels": 1,
        "data_completeness": 1,
    }
    second = found["customers"].loc[3]
    assert (second["open_issues"], second["actual_calls"]) == (0, 0)
    assert second["next_due"] == pd.Timestamp("2025-01-06")
    assert found["targets"]["mat_growth"].iloc[7] == pytest.approx(475 / 425 - 1)
    assert list(found["visits"]["visit_no"][:2]) == [1, 2]


@pytest.mark.parametrize("module", sorted(book()))
def test_every_computed_column_of_the_schema_and_no_other(module: str) -> None:
    text = (schema_dir() / f"{module}.yaml").read_text(encoding="utf-8")
    described = yaml.safe_load(text)
    columns: list[dict[str, Any]] = described["columns"]
    computed = {c["name"]: c for c in columns if c.get("owner") == "computed"}
    del computed["row_check"]  # the engine writes it
    found = enrich(book(), {}, TODAY, SETTINGS)[module]
    for_rules = {v for v in described.get("values", ()) if not v.endswith(("_before", "_since"))}
    assert set(found) == set(computed) | for_rules
    for name, column in computed.items():
        kind = {"date": "datetime64[s]", "int": "float64", "num": "float64"}.get(column["type"])
        assert str(found[name].dtype) == (kind or "object"), name
        codes = {pick["code"] for pick in column.get("picks", [])}
        assert not codes or set(found[name].dropna()) <= codes, name


def test_every_module_keeps_its_rows() -> None:
    frames = book()
    found = enrich(frames, {}, TODAY, SETTINGS)
    assert {name: list(df.index) for name, df in found.items()} == {
        name: list(df.index) for name, df in frames.items()
    }


def test_blank_words_are_none() -> None:
    frames = book()
    frames["customers"].loc[3, "potential_level"] = None
    for df in enrich(frames, flags(frames), TODAY, SETTINGS).values():
        for name in df.select_dtypes("object"):
            assert all(cell is None or isinstance(cell, str | tuple) for cell in df[name]), name


def test_what_goes_in_is_not_changed() -> None:
    frames = book()
    enrich(frames, {}, TODAY, SETTINGS)
    for name, df in book().items():
        pd.testing.assert_frame_equal(frames[name], df)


def test_empty_tables_have_their_columns() -> None:
    frames = {name: df[:0] for name, df in book().items()}
    full = enrich(book(), {}, TODAY, SETTINGS)
    for name, df in enrich(frames, {}, TODAY, SETTINGS).items():
        assert df.empty
        assert list(df) == list(full[name])


@pytest.mark.parametrize(
    ("module", "gone", "left_out"),
    [
        ("visits", None, {"last_visit", "next_due", "overdue_days", "call_attainment"}),
        ("visits", "visit_date", {"last_visit", "next_due", "actual_calls"}),
        ("customers", "customer_support", {"tier", "strategy", "planned_calls", "next_due"}),
        ("targets", None, {"attainment_now", "trend_now"}),
        ("targets", "target", {"attainment_now"}),
        ("targets", "actual", {"attainment_now", "trend_now"}),
        ("targets", "subject_level", {"attainment_now", "trend_now"}),
        ("issues", None, {"open_issues", "overdue_issues"}),
        ("issues", "due_date", {"overdue_issues"}),
        ("issues", "issue_status", {"open_issues", "overdue_issues"}),
        ("customers", "office_phone", {"reachable_channels"}),
    ],
)
def test_a_customer_column_without_its_inputs_is_left_out(
    module: str, gone: str | None, left_out: set[str]
) -> None:
    frames = book()
    frames["customers"] = frames["customers"].drop(columns="tier_manual")
    if gone is None:
        del frames[module]
    else:
        frames[module] = frames[module].drop(columns=gone)
    found = set(enrich(frames, {}, TODAY, SETTINGS)["customers"])
    assert not left_out & found
    assert "data_completeness" in found


def test_a_workbook_without_customers_still_has_the_rest() -> None:
    frames = book()
    del frames["customers"]
    assert set(enrich(frames, {}, TODAY, SETTINGS)) == set(frames)


def test_visits_without_next_dates_go_by_the_interval() -> None:
    frames = book()
    frames["visits"] = frames["visits"].drop(columns="next_visit_date")
    found = enrich(frames, {}, TODAY, SETTINGS)["customers"]
    assert found["next_due"].loc[2] == pd.Timestamp("2026-08-17")
