"""The kinds of rules that schema files may state, and how a module's rules are run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tracker.checks import across_sheets, series, texts, within_row, within_sheet
from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World
from tracker.errors import ConfigError
from tracker.findings import Finding
from tracker.schema.model import Rule

KINDS: Mapping[str, Kind] = MappingProxyType({
    **within_row.KINDS, **texts.KINDS, **within_sheet.KINDS, **series.KINDS, **across_sheets.KINDS,
})  # fmt: skip


_ANY_OF = frozenset({"forbidden_if", "says", "unshared"})
"""Kinds that look at whichever of their `fields` the workbook has."""


_LIMITS = "limits."


class Rules:
    """The rules of all modules over one world, run in two goes: before and after the metrics."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._told: dict[str, _Told] = {}

    def early(self) -> list[Finding]:
        """Findings of the rules over what people typed."""
        return [f for name in self.world.tables for f in self._run(name, late=False)]

    def late(self) -> list[Finding]:
        """Findings of the rules that look at computed columns as well (`World.see`)."""
        return [f for name in self.world.tables for f in self._run(name, late=True)]

    def _run(self, name: str, *, late: bool) -> list[Finding]:
        cells = self.world.cells(name)
        if cells is None or not len(cells):
            return []
        told = self._told.setdefault(name, _Told())
        before = len(told.findings)
        for rule in cells.table.module.rules:
            if rule.late == late and self._holds(rule, cells):
                asked = replace(rule, args={k: self._set(v) for k, v in rule.args.items()})
                told.take(rule, KINDS[rule.check](cells, asked, self.world), cells)
        return list(told.findings.values())[before:]

    def _set(self, value: object) -> object:
        """A rule's setting; one that says `limits.NAME` is that number of the thresholds."""
        sign, _, name = value.partition(_LIMITS) if isinstance(value, str) else ("", "", "")
        if not name or sign not in ("", "-"):
            return value
        limits: Any = self.world.ctx.schema.thresholds["limits"]
        if not isinstance(limits.get(name), int | float):
            raise ConfigError(
                path="thresholds",
                zh=f"limits.{name} 应是数字",
                en=f"limits.{name} must be a number",
            )
        return -limits[name] if sign else limits[name]

    def _holds(self, rule: Rule, cells: Cells) -> bool:
        """Whether a rule can be asked: its columns are there, and the settings are as it wants."""
        settings = self.world.ctx.settings
        computed = (n for n in rule.when if n not in cells and _is_computed(n, cells))
        given = all(settings.get(k) in want for k, want in rule.given.items())
        there = rule.field in cells or rule.check in _ANY_OF
        return there and given and not any(computed)


def _is_computed(name: str, cells: Cells) -> bool:
    column = cells.table.module.by_name.get(name)
    return column is None or column.owner == "computed"


class _Told:
    """What the rules of a module have told so far.

    Of rules with one code, field and row the first counts; of rules about the order of dates the
    first that fires at a cell, whatever its code. A rule stays silent in rows where one of the
    codes in its `unless` was told, and tells once for rows that agree in its `once`.
    """

    def __init__(self) -> None:
        self.findings: dict[tuple[str, str | None, int | None], Finding] = {}
        self._codes: set[tuple[str, int | None]] = set()
        self._once: set[tuple[object, ...]] = set()

    def take(self, rule: Rule, found: Iterable[Finding], cells: Cells) -> None:
        """Take in what a rule found."""
        for finding in self._wanted(rule, found, cells):
            kind = rule.check if rule.check == "order" else finding.code
            self.findings.setdefault((kind, finding.field, finding.row), finding)
            self._codes.add((finding.code, finding.row))

    def _wanted(self, rule: Rule, found: Iterable[Finding], cells: Cells) -> Iterator[Finding]:
        at = {row: i for i, row in enumerate(cells.table.rows)} if rule.once else {}
        for finding in found:
            if any((code, finding.row) in self._codes for code in rule.unless):
                continue
            if rule.once:
                place = at[finding.row or 0]
                key = (rule.code, *(cells.comparable(n)[place] for n in rule.once if n in cells))
                if key in self._once:
                    continue
                self._once.add(key)
            yield finding
