"""Frames and cases from YAML that a manager can read."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from tracker.metrics.settings import Settings
from tracker.resources import schema_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CASES = Path(__file__).parent / "cases"
_DATES = frozenset(
    {
        "visit_date", "next_visit_date", "commitment_due", "commitment_done_on", "raised_date",
        "due_date", "closed_date", "fed_back_on", "first_contact_date", "actual_as_of",
        "consent_date", "last_visit", "next_due", "date", "relationship_stage_since", "logged_on",
        "assessed_on",
    }
)  # fmt: skip
_NUMBERS = frozenset(
    {
        "target", "actual", "target_frequency", "potential_volume", "start_time", "end_time",
        "duration_min", "market_size", "remind_days", "satisfaction",
    }
)  # fmt: skip


def cases(name: str, part: str | None = None) -> list[Any]:
    """Cases of one file under cases/, or of one part of it."""
    found = yaml.safe_load((_CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return list(found if part is None else found[part])


def thresholds() -> dict[str, Any]:
    text = (schema_dir() / "thresholds.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def settings(**changes: Mapping[str, object]) -> Settings:
    """The shipped settings, with some keys of some sections changed."""
    shipped = thresholds()
    return Settings.of(shipped | {name: shipped[name] | dict(new) for name, new in changes.items()})


def frame(rows: Sequence[Mapping[str, object]], first_row: int = 2) -> pd.DataFrame:
    """Rows as `tracker.book` hands them over: index Excel row, dtypes by field."""
    index = pd.RangeIndex(first_row, first_row + len(rows), name="row")
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame(
        {name: _column(name, [row.get(name) for row in rows], index) for name in names},
        index=index,
    )


def _column(name: str, cells: list[object], index: pd.Index) -> pd.Series:
    if name in _DATES:
        return pd.Series(cells, index=index, dtype="datetime64[s]")
    if name in _NUMBERS:
        return pd.Series(cells, index=index, dtype="float64")
    values = [tuple(cell) if isinstance(cell, list) else cell for cell in cells]
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return pd.Series(column, index=index, dtype=object)


def clean(df: pd.DataFrame) -> pd.Series:
    """Every row is free of errors."""
    return pd.Series(True, index=df.index)


def plain(value: object) -> object:
    """A cell as a case states it: blank is None, a date is a date."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def same(found: object, wanted: object) -> bool:
    """Whether a computed cell is what the case says, numbers to four decimals."""
    found = plain(found)
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(float(found) - float(wanted)) <= 5e-5 * max(1.0, abs(float(wanted)))
    return found == wanted
