"""How much of what a row should hold is filled in, and by how many ways a customer is reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import no_words, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.metrics.settings import Expected

_FREE_CHANNELS = ("office_phone", "email")
_CONSENT_CHANNELS = ("private_phone", "wechat")
PLAN_ELEMENTS = (
    "purpose",
    "plan_opening",
    "plan_questions",
    "plan_key_messages",
    "plan_resources",
    "plan_objections",
    "plan_close",
)


def share_filled(df: pd.DataFrame, expected: Sequence[Expected]) -> pd.Series:
    """Filled cells among the expected ones of each row, 0 to 1, NaN where none is expected."""
    filled = pd.Series(0.0, index=df.index)
    wanted = filled.copy()
    for item in expected:
        if item.field in df:
            asked = _asked(df, item)
            wanted += asked
            filled += asked & df[item.field].notna()
    return ratio(filled, wanted)


def _asked(df: pd.DataFrame, item: Expected) -> pd.Series:
    asked = pd.Series(True, index=df.index)
    for field, needed in item.when.items():
        cells = df.get(field, no_words(df.index))
        if isinstance(needed, str):
            asked &= cells.notna()
        else:
            asked &= cells.isin([code for code in needed if code is not None]) | (
                cells.isna() & (None in needed)
            )
    return asked


def reachable_channels(customers: pd.DataFrame) -> pd.Series | None:
    """Ways to reach each customer: office phone, e-mail; private phone and WeChat with consent.

    None if the workbook has none of these columns.
    """
    usable = [customers[field].notna() for field in _FREE_CHANNELS if field in customers]
    if "private_phone_consent" in customers:
        agreed = customers["private_phone_consent"] == "yes"
        private = [field for field in _CONSENT_CHANNELS if field in customers]
        usable += [customers[field].notna() & agreed for field in private]
    return pd.concat(usable, axis=1).sum(axis=1).astype("float64") if usable else None


def plan_elements(visits: pd.DataFrame) -> pd.Series:
    """How many of the seven elements of a pre-call plan each visit has (float64)."""
    return visits[list(PLAN_ELEMENTS)].notna().sum(axis=1).astype("float64")
