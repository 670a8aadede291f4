"""How much of what a row should hold is filled in, and by how many ways a customer is reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import no_words, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.metrics.arith import Flags
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
    filled, wanted = np.zeros(len(df)), np.zeros(len(df))
    for item in expected:
        if item.field in df:
            asked = _asked(df, item)
            wanted += asked
            filled += asked & _known(df[item.field])
    return ratio(pd.Series(filled, index=df.index), pd.Series(wanted, index=df.index))


def _known(cells: pd.Series) -> Flags:
    known: Flags = ~pd.isna(cells.to_numpy())
    return known


def _asked(df: pd.DataFrame, item: Expected) -> Flags:
    asked = np.full(len(df), fill_value=True)
    for field, needed in item.when.items():
        cells = df.get(field, no_words(df.index))
        if isinstance(needed, str):
            asked &= _known(cells)
        else:
            codes = cells.isin([code for code in needed if code is not None]).to_numpy()
            asked &= codes | (~_known(cells) & (None in needed))
    return asked


def reachable_channels(customers: pd.DataFrame) -> pd.Series | None:
    """Ways to reach each customer: office phone, e-mail; private phone and WeChat with consent.

    None if the workbook has none of these columns.
    """
    usable = [_known(customers[field]) for field in _FREE_CHANNELS if field in customers]
    if "private_phone_consent" in customers:
        agreed = (customers["private_phone_consent"] == "yes").to_numpy(dtype=bool)
        private = [field for field in _CONSENT_CHANNELS if field in customers]
        usable += [_known(customers[field]) & agreed for field in private]
    return pd.Series(np.sum(usable, axis=0, dtype="float64"), customers.index) if usable else None


def plan_elements(visits: pd.DataFrame) -> pd.Series:
    """How many of the seven elements of a pre-call plan each visit has (float64)."""
    known = [_known(visits[field]) for field in PLAN_ELEMENTS]
    return pd.Series(np.sum(known, axis=0, dtype="float64"), visits.index)
