"""The rows of many books as parquet files, one a module, written book by book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ConfigError
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.rollups.outfiles import ours, refuse_others
from tracker.rollups.rows import PROVENANCE, provenance
from tracker.rollups.tables import Batch, Kind, Rows, kinds
from tracker.schema.model import Module

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP = 30_000  # rows that are held before they are written
_BATCH = 5_000


class ParquetWriter:
    """Writes `<module>.parquet` into a folder; memory holds one row group a module.

    The files get their names once all are whole, and those of an earlier rollup whose modules this
    one lacks go then; what is not theirs to replace is refused at once (RefusedError). OSError
    where the system refuses.

    Columns are those of PROVENANCE and the fields of all books, as values and codes: dates as
    date32, numbers as float64, several values as lists of strings, hidden values as strings.
    """

    def __init__(
        self, folder: Path, modules: Mapping[str, Module], columns: Mapping[str, Sequence[str]],
        mask: Mask,
    ) -> None:  # fmt: skip
        require()
        import pyarrow.parquet as pq

        self._paths = {n: folder / f"{n}.parquet" for n in columns}
        refuse_others(dict.fromkeys(self._paths.values(), PROVENANCE))
        gone = (folder / f"{n}.parquet" for n in modules if n not in columns)
        self._old = ours(dict.fromkeys(gone, PROVENANCE))
        folder.mkdir(parents=True, exist_ok=True)
        self._schemas = {n: arrow_schema(kinds(modules[n], c, mask)) for n, c in columns.items()}
        self._files = {
            n: pq.ParquetWriter(str(_part(self._paths[n])), s, compression="zstd")
            for n, s in self._schemas.items()
        }
        self._waiting: dict[str, list[Any]] = {n: [] for n in columns}

    def add(self, book: Book, rows: Mapping[str, pa.Table]) -> None:
        """Write one book's rows, by module (`tracker.rollups.leaves`), behind those before it."""
        for name, table in rows.items():
            self._waiting[name].append(self._whole(book, name, table))
            if sum(b.num_rows for b in self._waiting[name]) >= _GROUP:
                self._flush(name)

    def _whole(self, book: Book, name: str, table: pa.Table) -> pa.Table:
        """The rows with where they are from, and blank where the book lacks a field."""
        import pyarrow as pa

        said, count = provenance(book, name), table.num_rows
        there, schema = set(table.column_names), self._schemas[name]
        columns = [
            pa.repeat(pa.scalar(said[f.name], f.type), count)
            if f.name in said
            else table.column(f.name)
            if f.name in there
            else pa.nulls(count, f.type)
            for f in schema
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    def _flush(self, name: str) -> None:
        import pyarrow as pa

        if self._waiting[name]:
            self._files[name].write_table(pa.concat_tables(self._waiting[name]))
            self._waiting[name] = []

    def close(self) -> None:
        """Write what waits, and the ends of the files, and give them their names."""
        for name, file in self._files.items():
            self._flush(name)
            file.close()
        for path in self._paths.values():
            _part(path).replace(path)
        for path in self._old:
            path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Leave nothing behind where the files did not get whole."""
        for name, file in self._files.items():
            with suppress(Exception):  # a full disk cannot be written to the end
                file.close()
            _part(self._paths[name]).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """What a file is called until it is whole."""
    return path.with_name(f".{path.name}.part")


def require(option: str = "--parquet") -> None:
    """ConfigError where the extra `tracker[parquet]` is missing."""
    try:
        import pyarrow.parquet  # noqa: F401 - asked for, not used
    except ImportError as e:
        raise ConfigError(
            path=option,
            zh="需要 pip install 'tracker[parquet]'",
            en="needs pip install 'tracker[parquet]'",
        ) from e


def arrow_schema(fields: Mapping[str, Kind]) -> pa.Schema:
    """The Arrow schema of a module's rows."""
    import pyarrow as pa

    types = {
        "text": pa.string(), "texts": pa.list_(pa.string()), "number": pa.float64(),
        "whole": pa.int32(), "day": pa.date32(), "flag": pa.bool_(),
    }  # fmt: skip
    return pa.schema([(n, types[kind]) for n, kind in fields.items()])


def kind_of(kind: pa.DataType) -> Kind:
    """What the values of an Arrow column are; the inverse of `arrow_schema`."""
    import pyarrow as pa

    tests: list[tuple[bool, Kind]] = [
        (pa.types.is_list(kind), "texts"), (pa.types.is_floating(kind), "number"),
        (pa.types.is_integer(kind), "whole"), (pa.types.is_date(kind), "day"),
        (pa.types.is_boolean(kind), "flag"),
    ]  # fmt: skip
    return next((name for holds, name in tests if holds), "text")


def stored(folder: Path, names: Iterable[str]) -> list[Rows]:
    """The modules whose parquet files lie in a folder."""
    import pyarrow.parquet as pq

    found = []
    for path in (folder / f"{n}.parquet" for n in names):
        if path.is_file():
            schema = pq.read_schema(path)
            fields = {f.name: kind_of(f.type) for f in schema}
            found.append(Rows(path.stem, fields, partial(_batches, path)))
    return found


def _batches(path: Path) -> Iterator[Batch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from (batch.to_pydict() for batch in file.iter_batches(_BATCH))
