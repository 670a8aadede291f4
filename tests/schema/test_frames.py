"""The pandera schemas that anybody may use for frames of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors
import pytest

import tracker.schema
from tests.books import opened
from tests.schema.test_load import MODULE
from tracker.schema.load import load


def visits(**changed: object) -> pd.DataFrame:
    """One good visit as somebody else's program has it."""
    good = {
        "visit_date": pd.Timestamp(2026, 6, 1), "customer": "王芳", "visit_status": "completed",
        "visit_method": "in_person", "purpose": ("academic",), "duration_min": 30,
    }  # fmt: skip
    return pd.DataFrame([{**good, **changed}])


def failures(frame: pd.DataFrame) -> set[tuple[Any, Any]]:
    """Column and error text of each failed check."""
    try:
        tracker.schema.pandera("visits").validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as e:
        return set(zip(e.failure_cases["column"], e.failure_cases["check"], strict=True))
    return set()


@pytest.mark.parametrize("module", load().modules)
def test_the_tables_of_a_workbook_validate(sample_bytes: bytes, module: str) -> None:
    frame = opened(sample_bytes).modules[module]
    assert len(frame)
    tracker.schema.pandera(module).validate(frame, lazy=True)


def test_a_frame_of_ones_own() -> None:
    assert failures(visits()) == set()
    assert failures(visits(my_column=1)) == set()
    assert failures(visits(duration_min=None)) == set()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("visit_method", "实地拜访", "GEN003"), ("visit_method", 3, "GEN002"),
        ("purpose", ("academic", "tea"), "GEN003"), ("purpose", "academic", "GEN002"),
        ("visit_date", "2026-06-01", "GEN002"), ("visit_date", pd.Timestamp(1980, 1, 1), "GEN002"),
        ("visit_date", None, "not_nullable"), ("duration_min", 481, "GEN002"),
        ("duration_min", "30", "GEN002"), ("customer", 7, "GEN002"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_code(field: str, value: object, code: str) -> None:
    assert (field, code) in failures(visits(**{field: value}))


def test_a_required_column_must_be_there() -> None:
    with pytest.raises(pandera.errors.SchemaErrors, match="visit_method"):
        tracker.schema.pandera("visits").validate(visits().drop(columns="visit_method"), lazy=True)


def test_a_schema_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_text(MODULE, "utf-8")
    jobs = tracker.schema.pandera("jobs", tmp_path)
    jobs.validate(pd.DataFrame({"name": ["x"], "state": ["open"]}))
    with pytest.raises(pandera.errors.SchemaError):
        jobs.validate(pd.DataFrame({"name": ["x"], "state": ["shut"]}))
    with pytest.raises(KeyError):
        tracker.schema.pandera("visits", tmp_path)


def test_it_is_at_hand_and_costs_nothing_before_it_is_used() -> None:
    code = (
        "import sys, tracker\n"
        "face = tracker.schema.pandera\n"
        "assert not {'pandas', 'pandera', 'yaml'} & set(sys.modules)\n"
        "assert face('visits').columns['customer'].required\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
