"""A rollup's rows as plain values by module, whatever they lie in: what exports are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.rollups.mask import Mask
from tracker.rollups.rows import PROVENANCE, ROW
from tracker.schema.model import Column, Module

Kind = Literal["text", "texts", "number", "whole", "day", "flag"]
Batch = dict[str, list[object]]


@dataclass(frozen=True)
class Rows:
    """The rows of a module.

    Attributes:
        name: of the module.
        fields: name -> kind of its values; those of PROVENANCE first.
        batches: gives the rows in pieces, each time anew: field -> values (texts, lists of texts,
            floats, ints, dates, booleans; None for blank), all of one length.
    """

    name: str
    fields: Mapping[str, Kind]
    batches: Callable[[], Iterator[Batch]]


def kinds(module: Module, columns: Sequence[str], mask: Mask) -> dict[str, Kind]:
    """The fields of a module's rows in a rollup and what they hold."""
    own: dict[str, Kind] = {n: "whole" if n == ROW else "text" for n in PROVENANCE}
    return own | {n: kind(module, module.by_name[n], mask) for n in columns}


def kind(module: Module, column: Column, mask: Mask) -> Kind:
    """What the values of a column are in a rollup; a hidden one's are texts."""
    if mask.hides(module, column):
        return "text"
    if column.type == "multi":
        return "texts"
    types: Mapping[str, Kind] = {
        "date": "day", "num": "number", "int": "number", "time": "number", "bool": "flag",
    }  # fmt: skip
    return types.get(column.type, "text")
