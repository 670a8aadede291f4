"""Settings of early warning, materials, dates and the smaller metrics, read from the thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from tracker.metrics.section import Section


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """Early warning (M-31): the settings of each rule by its name, the score each level starts at.

    `levels` are sorted from the most pressing on.
    """

    rules: Mapping[str, Section]
    levels: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, section: Section) -> Self:
        """From `risk` of the thresholds; a rule worth 0 points is switched off."""
        listed, levels = section.section("rules"), section.section("levels")
        rules = {name: listed.section(name) for name in listed.values}
        found = sorted(((name, levels.number(name)) for name in levels.values), key=_last)
        on = {name: rule for name, rule in rules.items() if rule.number("points") > 0}
        return cls(MappingProxyType(on), tuple(reversed(found)))


def _last(pair: tuple[str, float]) -> float:
    return pair[1]


@dataclass(frozen=True, slots=True)
class MaterialSettings:
    """Repeated and forgotten materials (M-27).

    `repeat_days`: a second delivery within them repeats the first, except of the types `exempt`.
    `grace_days`: days after the next visit until a material to be brought counts as forgotten.
    """

    repeat_days: int
    exempt: tuple[str, ...]
    grace_days: int

    @classmethod
    def of(cls, section: Section) -> Self:
        """From `materials` of the thresholds."""
        return cls(
            section.whole("repeat_days"), section.texts("exempt"), section.whole("grace_days")
        )


@dataclass(frozen=True, slots=True)
class DateSettings:
    """Dates to remember (M-34).

    Default days of notice, types that return each year where the row does not say, and the month
    and day that stand for 29 February in a common year.
    """

    remind_days: int
    annual: tuple[str, ...]
    leap_day: tuple[int, int]

    @classmethod
    def of(cls, section: Section) -> Self:
        """From `dates` of the thresholds."""
        month, day = section.choice("leap_day", ("02-28", "03-01")).split("-")
        return cls(section.whole("remind_days"), section.texts("annual"), (int(month), int(day)))


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """Decision chains (M-29): the roles that an institution needs, days that a contact counts."""

    roles: tuple[str, ...]
    covered_days: int

    @classmethod
    def of(cls, section: Section) -> Self:
        """From `decision_chain` of the thresholds."""
        return cls(section.texts("roles"), section.whole("covered_days"))


@dataclass(frozen=True, slots=True)
class RelationSettings:
    """Relationship (M-30, M-32): stages in order, which count as cooperation, who is to be won."""

    stages: tuple[str, ...]
    reached_from: str
    break_tiers: tuple[str, ...]
    break_stages: tuple[str, ...]

    @classmethod
    def of(cls, section: Section) -> Self:
        """From `relationship` of the thresholds."""
        stages = section.texts("stages")
        return cls(
            stages, section.choice("reached_from", stages),
            section.texts("break_tiers"), section.texts("break_stages"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SmallSettings:
    """Limits that one metric each works with.

    `adopted_from`: stage that counts as adoption (M-32). `few`: fewer answers are shown grey
    (M-32, M-36). `age_buckets`: last days of the age classes of issues (M-26). `positive_below`
    and `few_types`: M-33. `timely_days`: M-35. `weighted_partial`: what a partly met objective
    counts in the weighted rate (M-22). `calls_per_day`: capacity (M-37), None for the pace of the
    last days. `assessed_days`: an older assessment is to be renewed (M-12).
    """

    adopted_from: float
    few: int
    age_buckets: tuple[int, ...]
    positive_below: float
    few_types: int
    timely_days: int
    weighted_partial: float
    calls_per_day: float | None
    assessed_days: int

    @classmethod
    def of(cls, top: Section) -> Self:
        """From several sections of the thresholds."""
        positive, per_day = top.section("positives"), top.section("capacity")
        issues, objectives = top.section("issues"), top.section("objectives")
        return cls(
            adopted_from=top.section("adoption").number("adopted_from"),
            few=top.section("small_samples").whole("few"),
            age_buckets=issues.wholes("age_buckets"),
            positive_below=positive.number("below"),
            few_types=positive.whole("few_types"),
            timely_days=top.section("timeliness").whole("days"),
            weighted_partial=objectives.number("weighted_partial"),
            calls_per_day=None
            if per_day.get("calls_per_day") in (None, "")
            else per_day.number("calls_per_day"),
            assessed_days=top.section("limits").whole("assessed_days"),
        )
