"""The thresholds that metrics work with, as frozen values built from `schemas/thresholds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from tracker.errors import ConfigError
from tracker.metrics.trend_rules import RULES, TrendSettings


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


@dataclass(frozen=True, slots=True)
class Expected:
    """A field that a complete row has filled in, where all of `when` holds.

    `when` maps a field to "filled" or to the codes that make it expected (None is a blank cell).
    """

    field: str
    when: Mapping[str, str | tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """All thresholds of the metrics; days are calendar days, shares are fractions of 1."""

    recent_days: int
    longer_days: int
    bands: Bands
    forecast_min_progress: float
    trend: TrendSettings
    tier: TierSettings
    calls: CallSettings
    due_soon_days: int
    expected: Mapping[str, tuple[Expected, ...]]

    @classmethod
    def of(cls, thresholds: Mapping[str, object]) -> Self:
        """From the mapping of thresholds.yaml, changed by the user's configuration or not.

        Raises:
            ConfigError: a key is missing, or holds what cannot be worked with.
        """
        top = _Section("", thresholds)
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
            expected=_expected(top.section("completeness")),
        )


@dataclass(frozen=True, slots=True)
class _Section:
    """A mapping of the thresholds, with its dotted path for messages."""

    path: str
    values: Mapping[str, object]

    def _fail(self, key: str, zh: str, en: str) -> ConfigError:
        where = f"{self.path}.{key}" if self.path else key
        return ConfigError(path="thresholds", zh=f"{where} {zh}", en=f"{where} {en}")

    def get(self, key: str) -> object:
        if key not in self.values:
            raise self._fail(key, "缺失，请补上", "is missing, please add it")
        return self.values[key]

    def section(self, key: str) -> _Section:
        value = self.get(key)
        if not isinstance(value, Mapping):
            raise self._fail(
                key, f"应为键值表，现为 {value!r}", f"must be a mapping, not {value!r}"
            )
        return _Section(f"{self.path}.{key}" if self.path else key, value)

    def number(self, key: str, least: float = 0.0) -> float:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            zh, en = f"应为不小于 {least:g} 的数", f"must be a number from {least:g} on"
            raise self._fail(key, f"{zh}，现为 {value!r}", f"{en}, not {value!r}")
        return float(value)

    def whole(self, key: str, least: int = 0) -> int:
        value = self.number(key, least)
        if not value.is_integer():
            raise self._fail(key, f"应为整数，现为 {value:g}", f"must be whole, not {value:g}")
        return int(value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        value = self.get(key)
        if not isinstance(value, str) or value not in allowed:
            listed = ", ".join(allowed)
            zh, en = f"应为 {listed} 之一", f"must be one of {listed}"
            raise self._fail(key, f"{zh}，现为 {value!r}", f"{en}, not {value!r}")
        return value

    def entries(self, key: str) -> Sequence[object]:
        value = self.get(key)
        if not isinstance(value, list | tuple):
            raise self._fail(key, f"应为列表，现为 {value!r}", f"must be a list, not {value!r}")
        return value

    def codes(self, key: str) -> Sequence[str | None]:
        return [None if code is None else str(code) for code in self.entries(key)]


def _bands(running: _Section, complete: _Section) -> Bands:
    return Bands(
        ahead=running.number("ahead"),
        on_track=running.number("on_track"),
        slightly_behind=running.number("slightly_behind"),
        achieved=complete.number("achieved"),
        near=complete.number("near"),
    )


def _trend(section: _Section) -> TrendSettings:
    return TrendSettings(
        rule=section.choice("rule", tuple(RULES)),
        window=section.whole("window", least=2),
        min_change=section.number("min_change"),
        min_change_short=section.number("min_change_short"),
    )


def _tier(section: _Section) -> TierSettings:
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


def _calls(section: _Section) -> CallSettings:
    by_tier = section.section("frequency")
    return CallSettings(
        frequency=MappingProxyType({tier: by_tier.number(tier) for tier in by_tier.values}),
        count=section.choice("count", ("day", "visit")),
        inactive=tuple(map(str, section.entries("inactive"))),
        link_days=section.whole("link_days"),
    )


def _expected(section: _Section) -> Mapping[str, tuple[Expected, ...]]:
    return MappingProxyType(
        {
            module: tuple(_one_expected(section.path, entry) for entry in section.entries(module))
            for module in section.values
        }
    )


def _one_expected(path: str, entry: object) -> Expected:
    if not isinstance(entry, Mapping):
        return Expected(str(entry), MappingProxyType({}))
    own = _Section(path, entry)
    when: dict[str, str | tuple[str | None, ...]] = {}
    if "when" in entry:
        asked = own.section("when")
        for field, needed in asked.values.items():
            when[field] = needed if isinstance(needed, str) else tuple(asked.codes(field))
    return Expected(str(own.get("field")), MappingProxyType(when))
