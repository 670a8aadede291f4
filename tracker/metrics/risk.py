"""Early warning (M-31): which rules fire for each customer, on what numbers, and what that adds to.

A rule is a function in `tracker.metrics.risk_rules`; its points and limits stand in the thresholds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.book.phrases import Remark
from tracker.metrics.arith import at_least, words
from tracker.metrics.risk_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.metrics.limits import RiskSettings
    from tracker.metrics.risk_rules import Fired
    from tracker.metrics.sheets import Sheets

MISSING = "missing"
"""Code of the remark that names the rules that could not be asked."""


def fired(sheets: Sheets) -> dict[str, Fired]:
    """What each rule that is switched on says of the customers, by its name."""
    return {
        name: RULES[name](sheets, section)
        for name, section in sheets.settings.risk.rules.items()
        if name in RULES
    }


def score(found: Mapping[str, Fired], index: pd.Index, settings: RiskSettings) -> pd.Series:
    """Sum of the points of the rules that fired (float64)."""
    total = pd.Series(0.0, index=index)
    for name, rule in found.items():
        total += rule.fires * settings.rules[name].number("points")
    return total


def level(total: pd.Series, settings: RiskSettings) -> pd.Series:
    """The level that a score reaches (object)."""
    return words(total.index, [(at_least(total, least), name) for name, least in settings.levels])


def reasons(found: Mapping[str, Fired], index: pd.Index) -> pd.Series:
    """Remarks for each customer: every rule that fired with its numbers, then what was missing."""
    remarks: list[list[Remark]] = [[] for _ in index]
    for name, rule in found.items():
        places = np.flatnonzero(rule.fires.to_numpy(dtype=bool))
        facts = rule.facts.iloc[places].to_dict("records")
        for place, numbers in zip(places, facts, strict=True):
            remarks[place].append(Remark(name, {str(k): v for k, v in numbers.items()}))
    for mine, names in zip(remarks, _missing(found, len(index)), strict=True):
        if names:
            mine.append(Remark(MISSING, {"what": names}))
    texts = np.empty(len(index), dtype=object)
    texts[:] = [tuple(mine) or None for mine in remarks]
    return pd.Series(texts, index=index, dtype=object)


def _missing(found: Mapping[str, Fired], count: int) -> list[tuple[str, ...]]:
    """Names of the rules without their inputs, one tuple a customer; alike ones are made once."""
    names = list(found)
    lacking = np.zeros(count, dtype=np.int64)
    for bit, name in enumerate(names):
        lacking |= found[name].missing.to_numpy(dtype=np.int64) << bit
    known = {
        int(bits): tuple(n for bit, n in enumerate(names) if int(bits) >> bit & 1)
        for bits in np.unique(lacking)
    }
    return [known[int(bits)] for bits in lacking]


def columns(sheets: Sheets) -> dict[str, pd.Series]:
    """`risk_level` (code) and `risk_reasons` (remarks, see `tracker.book.phrases`) of customers."""
    settings, index = sheets.settings.risk, sheets.frames["customers"].index
    found = fired(sheets)
    total = score(found, index, settings)
    return {"risk_level": level(total, settings), "risk_reasons": reasons(found, index)}
