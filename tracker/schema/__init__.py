"""The table and column model, its YAML loader, names in Chinese and English."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


def pandera(module: str, folder: Path | None = None) -> DataFrameSchema:
    """A module's columns as a pandera schema, for frames of one's own.

    Columns go by field name, values of pick-lists by code, dates as datetime64, numbers as any
    number, times as minutes after midnight, several values as tuples.
    Required columns must be there and filled; others may be missing, further ones are let pass.
    The error text of a failed check is the code of the finding (GEN002, GEN003).
    `book.modules[module]` of a workbook without such faults validates.

    Args:
        module: its key, as `tracker schema` lists them.
        folder: YAML files of one's own; by default the shipped ones.

    Raises:
        KeyError: there is no such module.
        SchemaError: a mistake in the YAML.
    """
    from tracker.schema.frames import public_schema
    from tracker.schema.load import load

    return public_schema(load(folder).modules[module])
