"""The rows of one book as Arrow tables: typed and masked once, kept as bytes, written as they are."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.rollups.mask import Mask
from tracker.rollups.parquet import arrow_schema
from tracker.rollups.rows import ROW, typed
from tracker.rollups.tables import kinds
from tracker.schema.model import Module

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_NAME = b"module"


@dataclass(frozen=True)
class View:
    """How a rollup shows rows.

    Attributes:
        conditions: of the rollup, see `tracker.api.conditions`.
        mask: what is hidden.
        lang: of sentences; None where most books decide.
    """

    conditions: str
    mask: Mask
    lang: str | None = None

    def key(self, filed: str, lang: str) -> str:
        """Under which the leaves of an extract are filed; without the mask's key nobody can make it."""
        mask = self.mask
        said = [self.conditions, filed, lang, *sorted(mask.shown)]
        said += [f"{p.flags} {p.pattern}" for p in mask.scrub]
        text = "\0".join([*said, str(mask.key is not None)]).encode("utf-8", "surrogatepass")
        return hmac.new(mask.key or b"", text, hashlib.sha256).hexdigest()


def leaves(
    frames: Mapping[str, pd.DataFrame], modules: Mapping[str, Module], mask: Mask, lang: str
) -> bytes:
    """A book's rows by module as Arrow streams one after the other: ROW and the book's own fields."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    packed = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    for name, frame in frames.items():
        values = typed(frame, modules[name], mask, lang)
        fields = kinds(modules[name], [n for n in values if n != ROW], mask)
        schema = arrow_schema({n: fields[n] for n in values}).with_metadata({_NAME: name})
        columns = [pa.array(values[f.name], f.type, from_pandas=True) for f in schema]
        with pa.ipc.new_stream(sink, schema, options=packed) as stream:
            stream.write_table(pa.Table.from_arrays(columns, schema=schema))
    found: bytes = sink.getvalue().to_pybytes()
    return found


def opened(data: bytes) -> dict[str, pa.Table]:
    """The tables of `leaves` by module. pyarrow.ArrowInvalid, OSError or KeyError for other bytes."""
    import pyarrow as pa

    found, file = dict[str, "pa.Table"](), pa.BufferReader(data)
    quietly = pa.ipc.IpcReadOptions(use_threads=False)
    while file.tell() < len(data):
        table = pa.ipc.open_stream(file, options=quietly).read_all()
        found[table.schema.metadata[_NAME].decode()] = table
    return found
