"""All computed columns of a workbook at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from tracker.metrics import (
    adoption,
    ageing,
    customers,
    dates,
    feedback,
    materials,
    potential,
    risk,
    targets,
    visits,
)
from tracker.metrics.sheets import Sheets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.metrics.settings import Settings
    from tracker.metrics.sheets import Columns


class Step(NamedTuple):
    """One computation: the module whose columns it makes, what it needs, the function.

    `needs` are "module.column", a column that people fill in or that an earlier step has computed;
    the step is left out where the workbook lacks one.
    """

    module: str
    needs: tuple[str, ...]
    compute: Callable[[Sheets], Columns]


def _visits(sheets: Sheets) -> Columns:
    settings = sheets.settings.calls
    valid = sheets.valid["visits"]
    return visits.columns(sheets.frames["visits"], valid, sheets.as_of, settings.link_days)


def _omission(sheets: Sheets) -> Columns:
    diary, day = sheets.frames["visits"], sheets.as_of
    grace = sheets.settings.materials.grace_days
    asked = materials.promises(diary, sheets.valid["visits"], day, grace)
    lost = materials.forgotten(asked, sheets.deliveries, day)
    return {"omission": materials.omission(lost, diary.index)}


def _repeats(sheets: Sheets) -> Columns:
    index = sheets.frames["messaging"].index
    return materials.repeats(sheets.deliveries, index, sheets.settings.materials)


def _negative(sheets: Sheets) -> Columns:
    issues = sheets.sound("issues") if "issues" in sheets.frames else None
    return {"negative_flag": feedback.negative_flag(sheets.frames["messaging"], issues)}


def _adoption_delta(sheets: Sheets) -> Columns:
    index = sheets.frames["messaging"].index
    return {"adoption_delta": adoption.row_delta(sheets.stages, index)}


def _targets(sheets: Sheets) -> Columns:
    ledger = sheets.ledger if sheets.has("targets.period", "targets.actual") else None
    return targets.columns(sheets.frames["targets"], ledger, sheets.as_of, sheets.settings)


def _evolution(sheets: Sheets) -> Columns:
    found = potential.evolution_index(sheets.ledger, sheets.valid["targets"])
    return {"evolution_index": found}


def _potential(sheets: Sheets) -> Columns:
    return {"potential_realised": potential.realised(sheets.ledger, sheets.sound("customers"))}


def _issues(sheets: Sheets) -> Columns:
    return ageing.columns(sheets.frames["issues"], sheets.as_of, sheets.settings.due_soon_days)


def _dates(sheets: Sheets) -> Columns:
    return dates.columns(sheets.frames["preferences"], sheets.as_of, sheets.settings.dates)


_VISITED = ("visits.customer_key", "visits.visit_date", "visits.visit_status")
_HANDED = ("messaging.material", "messaging.customer_key", "messaging.date")
_SERIES = ("targets.period", "targets.actual")
_SUBJECT = ("targets.subject_level", "targets.customer_key")
_SOLD = ("customers", *_SERIES, *_SUBJECT)

STEPS = (
    Step("visits", (), _visits),
    Step("visits", ("visits.next_materials", *_VISITED, *_HANDED), _omission),
    Step("messaging", _HANDED, _repeats),
    Step("messaging", ("messaging.reaction",), _negative),
    Step("messaging", adoption.FIELDS, _adoption_delta),
    Step("targets", (), _targets),
    Step("targets", (*_SERIES, "targets.market_size"), _evolution),
    Step(
        "targets",
        (
            *_SERIES, *_SUBJECT, "targets.unit", "customers.customer_id",
            "customers.potential_volume", "customers.potential_unit",
        ),
        _potential,
    ),
    Step("issues", (), _issues),
    Step("preferences", ("preferences.important_date",), _dates),
    Step("customers", (), customers.tiers),
    Step("customers", (), customers.filled),
    Step("customers", ("customers.tier",), customers.planned),
    Step("customers", _VISITED, customers.called),
    Step("customers", ("customers.tier", *_VISITED), customers.next_due),
    Step("customers", _SOLD, customers.trend_now),
    Step("customers", (*_SOLD, "targets.target", "targets.unit"), customers.attainment_now),
    Step("customers", ("issues.customer_key", "issues.issue_status"), customers.open_issues),
    Step("customers", adoption.FIELDS, customers.adoption_now),
    Step("customers", ("customers.customer_id",), risk.columns),
)  # fmt: skip
"""In the order in which one may build on another."""


def enrich(
    frames: Mapping[str, pd.DataFrame],
    valid: Mapping[str, pd.Series],
    as_of: date,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """Compute what the workbook's own columns allow.

    Args:
        frames: module -> its rows, index Excel row, as `tracker.book` reads them; a column with a
            memory has its past beside it (`tracker.book.memory.columns`).
        valid: module -> whether each row is free of errors (bool, same index). Only such rows
            enter what is computed from several rows; a module not named has no faulty rows.
        as_of: the day D everything is computed for.
        settings: thresholds.

    Returns:
        For each module of `frames` a frame on the same index with its computed columns: words as
        pick codes (object, None where blank), numbers float64, dates datetime64[s], text object,
        remarks as tuples (`tracker.book.phrases`). A column whose inputs the workbook lacks is
        left out.
    """
    clean = {name: _flags(df, valid.get(name)) for name, df in frames.items()}
    sheets = Sheets(frames, clean, as_of, settings, {name: {} for name in frames})
    for step in STEPS:
        if sheets.has(step.module, *step.needs):
            sheets.found[step.module] |= step.compute(sheets)
    return {name: pd.DataFrame(sheets.found[name], index=df.index) for name, df in frames.items()}


def _flags(df: pd.DataFrame, valid: pd.Series | None) -> pd.Series:
    if valid is None:
        return pd.Series(True, index=df.index)
    return valid.reindex(df.index, fill_value=False).astype(bool)
