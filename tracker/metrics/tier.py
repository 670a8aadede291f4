"""Tier and strategy of a customer (M-12): potential against support, or a manual tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import TOLERANCE, no_words, words

if TYPE_CHECKING:
    from tracker.metrics.settings import TierSettings

_UNASSESSED = "unassessed"


def columns(df: pd.DataFrame, valid: pd.Series, settings: TierSettings) -> dict[str, pd.Series]:
    """`tier`, `strategy`, `tier_source` of customers, object codes; absent inputs leave them out.

    The tier is the manual one if there is one; the strategy is always that of the matrix.
    `tier_auto` is the matrix' own tier, which rules look at and no column shows.
    """
    found: dict[str, pd.Series] = {}
    tier = no_words(df.index)
    level = potential_level(df, valid, settings)
    if level is not None and "customer_support" in df:
        tier, found["strategy"] = from_matrix(level, df["customer_support"], settings)
        found["tier_auto"] = tier
    elif "tier_manual" not in df:
        return {}
    manual = df.get("tier_manual", no_words(df.index))
    found["tier"] = manual.where(manual.notna(), tier)
    cases = [(manual.notna(), "manual"), (tier.notna(), "auto")]
    return found | {"tier_source": words(df.index, cases)}


def from_matrix(
    level: pd.Series, support: pd.Series, settings: TierSettings
) -> tuple[pd.Series, pd.Series]:
    """Tier and strategy by the matrix; None and "unassessed" where either input is blank."""
    cells = [
        settings.matrix.get(pair, (None, _UNASSESSED)) for pair in zip(level, support, strict=True)
    ]
    tier, strategy = zip(*cells, strict=True) if cells else ((), ())
    return (
        pd.Series(tier, index=level.index, dtype=object),
        pd.Series(strategy, index=level.index, dtype=object),
    )


def potential_level(df: pd.DataFrame, valid: pd.Series, settings: TierSettings) -> pd.Series | None:
    """H, M or L of each customer: as declared, or by volume where the settings say so.

    Volumes of different units are ranked apart; a unit with too few customers keeps the declared
    levels. None if the workbook lacks the columns.
    """
    declared = df.get("potential_level")
    if settings.mode != "numeric" or "potential_volume" not in df:
        return declared
    parts = df.groupby("potential_unit", dropna=False) if "potential_unit" in df else [(None, df)]
    levels = [_level_by_volume(part, valid, settings) for _, part in parts]
    return pd.concat(levels).reindex(df.index) if levels else declared


def _level_by_volume(part: pd.DataFrame, valid: pd.Series, settings: TierSettings) -> pd.Series:
    volume = part["potential_volume"]
    ranked = volume[valid.reindex(part.index) & (volume > 0)]
    if len(ranked) < settings.min_customers:
        return part.get("potential_level", no_words(part.index))
    decile = deciles(volume, ranked)
    bounds = {"H": settings.high_from, "M": settings.medium_from, "L": 1}
    cases = [(decile >= bound, level) for level, bound in bounds.items()]
    return words(part.index, cases)


def deciles(volume: pd.Series, ranked: pd.Series | None = None) -> pd.Series:
    """Volume decile, 10 for the largest: each holds a tenth of the total volume.

    Args:
        volume: volumes in one unit, float64.
        ranked: the positive volumes that make up the total; by default those of `volume`.

    Returns:
        int64, 1 to 10, and 0 where the volume is zero, negative or blank. Equal volumes share a
        decile: the one of what all strictly larger volumes add up to.
    """
    known = volume[volume > 0] if ranked is None else ranked
    ascending = np.sort(known.to_numpy(dtype=np.float64))
    above = np.append(np.cumsum(ascending[::-1])[::-1], 0.0)
    larger = above[np.searchsorted(ascending, volume.to_numpy(), side="right")]
    share = 10 * larger / max(above[0], TOLERANCE)
    decile = np.clip(10 - np.floor(share + TOLERANCE), 1, 10)
    return pd.Series(np.where(volume > 0, decile, 0).astype(np.int64), index=volume.index)


def no_discrimination(decile: pd.Series) -> bool:
    """Whether deciles tell nothing apart: several customers with a volume, all in one decile."""
    positive = decile[decile > 0]
    return len(positive) > 1 and bool((positive == positive.iloc[0]).all())
