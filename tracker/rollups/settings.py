"""How books are rolled up: the section `rollup` of the thresholds as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tracker.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Shared:
    """What makes rows of two owners the same thing: equal in `key`; `compare` is held together.

    `key` fields are compared as people write them, references to lists by canonical name. Things
    that agree in the first `told` of them are told in one finding. With a `kind` it is not the rows
    that are the same but something they all name; each book has it once. With `running` only rows
    count whose period of that name runs on the day: those gone by add up to nothing any more.
    """

    module: str
    key: tuple[str, ...]
    told: int
    compare: tuple[str, ...]
    kind: str
    running: str
    when: Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Names that are held side by side.

    Those of the field at place `at` of a module's shared key, among rows that agree in the fields
    at the places `within`.
    """

    module: str
    field: str
    at: int
    within: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RollupSettings:
    """Settings of a rollup.

    Attributes:
        owner, owner_name: keys of the settings sheet that say who keeps a workbook.
        stale_days: a book last refreshed longer ago is named (ROL704).
        shared: how rows of different owners are recognised as the same.
        scrub: patterns of personal values that are taken out of free text.
        rows_beside: a module of more rows is left to the parquet files where they are asked for.
        needed: table -> columns that need not be filled in, but whose lack is told.
        always: codes of findings that no book's configuration may leave out.
        limits: list of the team's Summary -> how many rows it has at most.
        alike: names that are held side by side.
        near: likeness (0 to 100) from which two names are offered as candidates.
    """

    owner: str
    owner_name: str
    stale_days: int
    shared: tuple[Shared, ...]
    scrub: tuple[re.Pattern[str], ...]
    alike: tuple[Likeness, ...]
    near: float
    rows_beside: int
    needed: Mapping[str, tuple[str, ...]]
    always: frozenset[str]
    limits: Mapping[str, int]

    @classmethod
    def of(cls, thresholds: Mapping[str, object]) -> Self:
        """From the mapping of thresholds.yaml. ConfigError names the first key that does not fit."""
        section: Any = thresholds.get("rollup", {})
        try:
            return cls(
                owner=str(section["owner"]),
                owner_name=str(section["owner_name"]),
                stale_days=int(section["stale_days"]),
                shared=tuple(_shared(entry) for entry in section["shared"]),
                scrub=tuple(re.compile(str(p)) for p in section["scrub"]),
                alike=tuple(_likeness(entry, section["shared"]) for entry in section["alike"]),
                near=float(section["near"]),
                rows_beside=int(section["rows_beside"]),
                needed={str(k): _names(v) for k, v in section.get("needed", {}).items()},
                always=frozenset(map(str, section["always"])),
                limits={str(k): int(v) for k, v in section["limits"].items()},
            )
        except (KeyError, TypeError, ValueError, re.error) as e:
            raise ConfigError(
                path="thresholds.rollup", zh=f"不完整或写错：{e}", en=f"incomplete or wrong: {e}"
            ) from e


def _shared(entry: Mapping[str, Any]) -> Shared:
    when = {str(k): tuple(v) for k, v in entry.get("when", {}).items()}
    key = _names(entry["key"])
    told = int(entry.get("told", len(key)))
    kind, running = (str(entry.get(name, "")) for name in ("kind", "running"))
    return Shared(str(entry["module"]), key, told, _names(entry["compare"]), kind, running, when)


def _likeness(entry: Mapping[str, Any], shared: Sequence[Mapping[str, Any]]) -> Likeness:
    keys = {str(s["module"]): _names(s["key"]) for s in shared if not s.get("kind")}
    key, field = keys[str(entry["module"])], str(entry["field"])
    within = tuple(key.index(str(f)) for f in entry.get("within", ()))
    return Likeness(str(entry["module"]), field, key.index(field), within)


def _names(value: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(v) for v in value)
