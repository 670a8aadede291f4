"""Rows written for other programs: parquet, CSV, JSON lines, DuckDB."""

from __future__ import annotations

import csv
import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tracker.errors import ConfigError
from tracker.rollups.outfiles import ours, refuse_others
from tracker.rollups.parquet import arrow_schema, require
from tracker.rollups.rows import PROVENANCE
from tracker.rollups.tables import Rows

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
DATABASE = "rollup.duckdb"


def write(tables: Sequence[Rows], folder: Path, fmt: str, known: Iterable[str] = ()) -> list[Path]:
    """Write every table into a folder, one file a table but for a database.

    Files of an earlier export are replaced, others never; those of `known` tables that there are
    none of now go.

    CSV is UTF-8 with a mark, for Excel; a text that a spreadsheet would take for a formula gets an
    apostrophe in front, several values stand in one cell between 、. JSON lines hold lists, days as
    ISO texts, null for blank. Parquet and DuckDB keep days, numbers, booleans and lists as such.

    Raises:
        ConfigError: an extra is missing.
        RefusedError: a file of that name is somebody else's; nothing is written.
        OSError: the system refuses.
    """
    _require(fmt)
    head = {t.name: tuple(t.fields)[: len(PROVENANCE)] for t in tables}
    if fmt == "duckdb":
        refuse_others({folder / DATABASE: next(iter(head.values()), ())})
    else:
        refuse_others({folder / f"{name}.{fmt}": first for name, first in head.items()})
    gone = (folder / f"{n}.{fmt}" for n in known if n not in head and fmt != "duckdb")
    old = ours(dict.fromkeys(gone, PROVENANCE))
    folder.mkdir(parents=True, exist_ok=True)
    if fmt == "duckdb":
        return [_whole(folder / DATABASE, lambda part: _duckdb(tables, part))]
    one: Mapping[str, Callable[[Rows, Path], None]] = {
        "csv": _csv, "jsonl": _jsonl, "parquet": _parquet,
    }  # fmt: skip
    made = [
        _whole(folder / f"{rows.name}.{fmt}", lambda part, rows=rows: one[fmt](rows, part))  # type: ignore[misc]  # mypy sees no default there
        for rows in tables
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return made


def _whole(path: Path, make: Callable[[Path], None]) -> Path:
    """Make a file under another name, then give it its own: whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        make(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _require(fmt: str) -> None:
    if fmt in ("parquet", "duckdb"):
        require(f"--format {fmt}")
    if fmt == "duckdb":
        try:
            import duckdb  # noqa: F401 - asked for, not used
        except ImportError as e:
            raise ConfigError(
                path="--format duckdb",
                zh="需要 pip install 'tracker[duckdb]'",
                en="needs pip install 'tracker[duckdb]'",
            ) from e


def _csv(rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(rows.fields)
        for batch in rows.batches():
            columns = [[_cell(v) for v in batch[n]] for n in rows.fields]
            out.writerows(zip(*columns, strict=True))


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "、".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if _is_formula(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula; full-width signs count as the plain."""
    return unicodedata.normalize("NFKC", text[:1]).startswith(_FORMULA)


def _jsonl(rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in rows.batches():
            for values in zip(*(batch[n] for n in rows.fields), strict=True):
                line = dict(zip(rows.fields, map(_said, values), strict=True))
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _parquet(rows: Rows, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(rows.fields)
    with pq.ParquetWriter(str(path), schema, compression="zstd") as file:
        for batch in rows.batches():
            file.write_table(pa.table(batch, schema=schema))


def _duckdb(tables: Sequence[Rows], path: Path) -> None:
    import duckdb
    import pyarrow as pa

    with duckdb.connect(str(path)) as base:
        for rows in tables:
            schema = arrow_schema(rows.fields)
            pieces = (pa.table(b, schema=schema) for b in rows.batches())
            base.from_arrow(schema.empty_table()).create(rows.name)
            for piece in pieces:
                base.from_arrow(piece).insert_into(rows.name)
