"""What is kept centrally: the section `distribute` of the thresholds as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tracker.errors import ConfigError
from tracker.schema.model import Column, Schema


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept centrally of a table or list.

    Attributes:
        key: fields that make a row the same on both sides.
        fields: fields that the central side decides.
        within: fields of the key; see `tracker.bundles.patch.Spoken`.
        columns: every column of the table by name.
    """

    table: str
    key: tuple[str, ...]
    fields: tuple[str, ...]
    within: tuple[str, ...]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class CentralSettings:
    """Settings of what goes down.

    Attributes:
        owner: key of the settings sheet that says whose a workbook is.
        tables: what is kept centrally, by name of the table or list.
        sender: key of the settings sheet that says who sends.
    """

    owner: str
    tables: Mapping[str, Kept]
    sender: str = ""

    @classmethod
    def of(cls, schema: Schema) -> Self:
        """From a schema's thresholds. ConfigError names what does not fit.

        Tables that the schema lacks are passed over: its thresholds may be another's.
        """
        section: Any = schema.thresholds.get("distribute") or {"owner": "", "tables": {}}
        try:
            tables = {
                str(n): _kept(str(n), e or {}, schema)
                for n, e in section["tables"].items()
                if n in schema.modules or n in schema.lookups
            }
            return cls(str(section["owner"]), tables, str(section.get("sender", "")))
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            raise ConfigError(
                path="thresholds.distribute",
                zh=f"不完整或写错：{e}",
                en=f"incomplete or wrong: {e}",
            ) from e


def _kept(name: str, entry: Mapping[str, Any], schema: Schema) -> Kept:
    module, look = schema.modules.get(name), schema.lookups.get(name)
    if module is not None:
        columns, usual = dict(module.by_name), module.natural_key
    elif look is not None and look.kind == "list":
        columns, usual = {c.name: c for c in look.columns}, (look.key,)
    else:
        raise ValueError(name)
    key, fields = tuple(entry.get("key", usual)), tuple(entry.get("fields", ()))
    within = tuple(entry.get("within", ()))
    for field in (*key, *fields):
        column = columns[field]
        if (
            column.owner != "input"
            or column.data_class != "public"
            or (field in key) == (field in fields)
        ):
            raise ValueError(f"{name}.{field}")
    if not key or not set(within) <= set(key):
        raise ValueError(f"{name}.within")
    return Kept(name, key, fields, within, columns)
