"""The rows of a rollup for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracker.api.book import schema_for
from tracker.api.config import Config
from tracker.api.rolledup import kept_in
from tracker.errors import UnsuitableFileError
from tracker.opc.readbook import read_file
from tracker.opc.temp import refusing
from tracker.rollups import exports, parquet, readback
from tracker.rollups.tables import Rows
from tracker.schema.model import Schema
from tracker.xlsx import Workbook


@dataclass(frozen=True)
class Exported:
    """What was written: `files`, and the tables that had no row in the workbook (`elsewhere`)."""

    files: tuple[Path, ...]
    tables: tuple[str, ...]
    elsewhere: tuple[str, ...]


def export(
    path: Path, config: Config, *, out: Path, fmt: str, schema: Path | None = None
) -> Exported:
    """Write the rows of a rollup as files for other programs; it is only read.

    Args:
        path: a workbook that `rollup` made, or the folder of its parquet files.
        config: the configuration that holds for it.
        out: folder of the files.
        fmt: parquet, csv, jsonl or duckdb.
        schema: a schema folder of one's own.

    Raises:
        UnsuitableFileError: it is no rollup.
        ConfigError: an extra is missing.
        RefusedError: the system refuses to write.
    """
    model = schema_for(config, schema)
    tables = _stored(path, model) if path.is_dir() else _kept(path, model)
    with refusing(out):
        files = exports.write(tables, out, fmt, model.modules)
    empty = [t.name for t in tables if not any(True for _ in t.batches())]
    return Exported(tuple(files), tuple(t.name for t in tables), tuple(empty))


def _stored(path: Path, schema: Schema) -> list[Rows]:
    parquet.require(str(path))
    found = parquet.stored(path, schema.modules)
    if not found:
        raise UnsuitableFileError(
            path=path,
            zh="这个文件夹里没有 tracker rollup --parquet 写的文件",
            en="no file of tracker rollup --parquet lies in this folder",
        )
    return found


def _kept(path: Path, schema: Schema) -> list[Rows]:
    book = Workbook(read_file(path), str(path))
    found = kept_in(book, schema)
    if found is None:
        raise UnsuitableFileError(
            path=path,
            zh="这不是 tracker rollup 的结果；目前只能导出汇总结果",
            en="this is no result of tracker rollup; only those can be exported so far",
        )
    meta, _ = found
    mask = readback.hidden(meta.get("unmask", ""))
    return readback.tables(book, schema, mask, meta.get("lang", "zh"))
