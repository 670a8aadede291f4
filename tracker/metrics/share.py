"""A part of a whole, and the tables that the aggregates are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
"""Module -> its sound rows with input and computed columns side by side; index Excel row."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `rate` is None where the whole is nothing."""

    part: float
    whole: float

    @property
    def rate(self) -> float | None:
        """`part / whole`."""
        return self.part / self.whole if self.whole > 0 else None


def holds(tables: Tables, *names: str) -> bool:
    """Whether there is each "module.column"."""
    parts = [name.split(".") for name in names]
    return all(module in tables and column in tables[module] for module, column in parts)


def sound(rows: pd.DataFrame) -> pd.Series:
    """True for each row: what asks for flags gets rows that are sound already."""
    return pd.Series(True, index=rows.index)
