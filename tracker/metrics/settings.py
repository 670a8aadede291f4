"""The thresholds that metrics work with, as frozen values built from `schemas/thresholds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from tracker.metrics.limits import (
    ChainSettings,
    DateSettings,
    MaterialSettings,
    RelationSettings,
    RiskSettings,
    SmallSettings,
)
from tracker.metrics.section import Section
from tracker.metrics.trend_rules import RULES, TrendSettings
from tracker.metrics.workdays import Workdays

_LONGEST = 60
"""Periods of a trend: five years of months. Its critical values are counted, not looked up."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Lower ends of the pace bands (M-05), as shares: running, then complete periods."""

    ahead: float
    on_track: float
    slightly_behind: float
    achieved: float
    near: float


@dataclass(frozen=True, slots=True)
class TierSettings:
    """How tiers come about (M-12): `matrix` maps (potential, support) to (tier, strategy)."""

    mode: str
    matrix: Mapping[tuple[str, str], tuple[str, str]]
    min_customers: int
    high_from: int
    medium_from: int


@dataclass(frozen=True, slots=True)
class CallSettings:
    """Frequencies in 30 days by tier, what counts as a call, who is not visited any more."""

    frequency: Mapping[str, float]
    count: str
    inactive: tuple[str, ...]
    link_days: int
    target_tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A field that a complete row has filled in, where all of `when` holds.

    `when` maps a field to "filled" or to the codes that make it expected (None is a blank cell).
    """

    field: str
    when: Mapping[str, str | tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """All thresholds of the metrics; days are calendar days, shares are fractions of 1.

    `workdays` is what time progress counts, None for calendar days.
    """

    recent_days: int
    longer_days: int
    bands: Bands
    forecast_min_progress: float
    trend: TrendSettings
    tier: TierSettings
    calls: CallSettings
    due_soon_days: int
    workdays: Workdays | None
    materials: MaterialSettings
    dates: DateSettings
    chain: ChainSettings
    relation: RelationSettings
    small: SmallSettings
    risk: RiskSettings
    expected: Mapping[str, tuple[Expected, ...]]

    @classmethod
    def of(cls, thresholds: Mapping[str, object]) -> Self:
        """From the mapping of thresholds.yaml, changed by the user's configuration or not.

        Raises:
            ConfigError: a key is missing, or holds what cannot be worked with.
        """
        top = Section("", thresholds)
        windows, pace = top.section("windows"), top.section("pace")
        return cls(
            recent_days=windows.whole("short"),
            longer_days=windows.whole("long"),
            bands=_bands(pace.section("running"), pace.section("complete")),
            forecast_min_progress=top.section("forecast").number("min_time_progress"),
            trend=_trend(top.section("trend")),
            tier=_tier(top.section("tier")),
            calls=_calls(top.section("calls")),
            due_soon_days=top.section("issues").whole("due_soon_days"),
            workdays=Workdays.of(top.section("time")),
            materials=MaterialSettings.of(top.section("materials")),
            dates=DateSettings.of(top.section("dates")),
            chain=ChainSettings.of(top.section("decision_chain")),
            relation=RelationSettings.of(top.section("relationship")),
            small=SmallSettings.of(top),
            risk=RiskSettings.of(top.section("risk")),
            expected=_expected(top.section("completeness")),
        )


def _bands(running: Section, complete: Section) -> Bands:
    return Bands(
        ahead=running.number("ahead"),
        on_track=running.number("on_track"),
        slightly_behind=running.number("slightly_behind"),
        achieved=complete.number("achieved"),
        near=complete.number("near"),
    )


def _trend(section: Section) -> TrendSettings:
    return TrendSettings(
        rule=section.choice("rule", tuple(RULES)),
        window=section.whole("window", least=2, most=_LONGEST),
        min_change=section.number("min_change"),
        min_change_short=section.number("min_change_short"),
    )


def _tier(section: Section) -> TierSettings:
    rows, numeric = section.section("matrix"), section.section("numeric")
    cells = {}
    for potential in ("H", "M", "L"):
        row = rows.section(potential)
        for support in ("H", "M", "L"):
            cell = row.section(support)
            cells[potential, support] = str(cell.get("tier")), str(cell.get("strategy"))
    return TierSettings(
        mode=section.choice("mode", ("level", "numeric")),
        matrix=MappingProxyType(cells),
        min_customers=numeric.whole("min_customers"),
        high_from=numeric.whole("high_from"),
        medium_from=numeric.whole("medium_from"),
    )


def _calls(section: Section) -> CallSettings:
    by_tier = section.section("frequency")
    return CallSettings(
        frequency=MappingProxyType({tier: by_tier.number(tier) for tier in by_tier.values}),
        count=section.choice("count", ("day", "visit")),
        inactive=section.texts("inactive"),
        link_days=section.whole("link_days"),
        target_tiers=section.texts("target_tiers"),
    )


def _expected(section: Section) -> Mapping[str, tuple[Expected, ...]]:
    return MappingProxyType(
        {
            module: tuple(_one_expected(section.path, entry) for entry in section.entries(module))
            for module in section.values
        }
    )


def _one_expected(path: str, entry: object) -> Expected:
    if not isinstance(entry, Mapping):
        return Expected(str(entry), MappingProxyType({}))
    own = Section(path, entry)
    when: dict[str, str | tuple[str | None, ...]] = {}
    if "when" in entry:
        asked = own.section("when")
        for field, needed in asked.values.items():
            when[field] = needed if isinstance(needed, str) else tuple(asked.codes(field))
    return Expected(str(own.get("field")), MappingProxyType(when))
