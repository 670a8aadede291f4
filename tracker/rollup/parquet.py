"""The rows of many books as parquet files, one a module, written book by book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ConfigError
from tracker.rollup.mask import Mask
from tracker.rollup.model import Book, Extract
from tracker.rollup.rows import PROVENANCE, ROW, typed
from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP = 100_000  # rows that are held before they are written


class ParquetWriter:
    """Writes `<module>.parquet` into a folder; memory holds one row group a module.

    Columns are those of PROVENANCE and the fields of all books, as values and codes: dates as
    date32, numbers as float64, several values as lists of strings, hidden values as strings, columns
    of phrases as sentences in `lang`.
    """

    def __init__(
        self, folder: Path, modules: Mapping[str, Module], columns: Mapping[str, Sequence[str]],
        mask: Mask, lang: str,
    ) -> None:  # fmt: skip
        require()
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        self._modules, self._columns, self._mask, self._lang = modules, columns, mask, lang
        self._schemas = {n: _schema(modules[n], c, mask) for n, c in columns.items()}
        self._files = {
            n: pq.ParquetWriter(str(folder / f"{n}.parquet"), s, compression="zstd")
            for n, s in self._schemas.items()
        }
        self._waiting: dict[str, list[Any]] = {n: [] for n in columns}

    def add(self, book: Book, extract: Extract) -> None:
        """Write one book's rows behind those before it."""
        import pyarrow as pa

        for name in extract.frames:
            module, columns = self._modules[name], self._columns[name]
            values = typed(book, extract, module, columns, self._mask, self._lang)
            batch = pa.table(
                {f.name: pa.array(values[f.name], f.type) for f in self._schemas[name]},
                schema=self._schemas[name],
            )
            self._waiting[name].append(batch)
            if sum(b.num_rows for b in self._waiting[name]) >= _GROUP:
                self._flush(name)

    def _flush(self, name: str) -> None:
        import pyarrow as pa

        if self._waiting[name]:
            self._files[name].write_table(pa.concat_tables(self._waiting[name]))
            self._waiting[name] = []

    def close(self) -> None:
        """Write what waits, and the ends of the files."""
        for name, file in self._files.items():
            self._flush(name)
            file.close()


def require() -> None:
    """ConfigError where the extra `tracker[parquet]` is missing."""
    try:
        import pyarrow.parquet  # noqa: F401 - asked for, not used
    except ImportError as e:
        raise ConfigError(
            path="--parquet",
            zh="需要 pip install 'tracker[parquet]'",
            en="needs pip install 'tracker[parquet]'",
        ) from e


def _schema(module: Module, columns: Sequence[str], mask: Mask) -> pa.Schema:
    import pyarrow as pa

    own = [(n, pa.int32() if n == ROW else pa.string()) for n in PROVENANCE]
    return pa.schema([*own, *((n, _type(module, module.by_name[n], mask)) for n in columns)])


def _type(module: Module, column: Column, mask: Mask) -> pa.DataType:
    import pyarrow as pa

    if mask.hides(module, column):
        return pa.string()
    several = column.type == "multi" or (column.many and column.owner == "input")
    if several or (column.ref is not None and column.ref.many):
        return pa.list_(pa.string())
    kinds = {
        "date": pa.date32(),
        "num": pa.float64(),
        "int": pa.float64(),
        "time": pa.float64(),
        "bool": pa.bool_(),
    }
    return kinds.get(column.type, pa.string())
