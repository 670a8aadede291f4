"""Files that an export is to replace: older ones of its own, and never somebody else's."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tracker.errors import RefusedError

Head = Sequence[str]


def refuse_others(paths: Mapping[Path, Head]) -> None:
    """RefusedError for the first file that exists and does not begin with the fields of ours.

    `paths` says which fields each is to begin with; an empty file is nobody's.
    """
    for path, fields in paths.items():
        if path.exists() and not _is_ours(path, fields):
            raise RefusedError(
                path=path,
                zh="已有同名的另一个文件，它不是导出的结果；请换一个文件夹，或先移走它",
                en="a file of that name is there and is no such export; choose another folder, "
                "or move it away first",
            )


def ours(paths: Mapping[Path, Head]) -> list[Path]:
    """Those that exist and begin with the fields of ours."""
    return [path for path, fields in paths.items() if path.exists() and _is_ours(path, fields)]


def _is_ours(path: Path, fields: Head) -> bool:
    heads = _READ[path.suffix]
    try:
        size = path.stat().st_size if path.is_file() else None
        return size == 0 or all(list(h)[: len(fields)] == list(fields) for h in heads(path))
    except Exception:  # noqa: BLE001 - what cannot be read is not ours
        return False


def _csv(path: Path) -> Iterator[Head]:
    with path.open(encoding="utf-8", newline="") as file:  # ours begins with a mark
        line = next(csv.reader(file))
    yield [line[0].removeprefix("\ufeff") if line[0].startswith("\ufeff") else "", *line[1:]]


def _jsonl(path: Path) -> Iterator[Head]:
    with path.open(encoding="utf-8") as file:
        yield tuple(json.loads(file.readline()))


def _parquet(path: Path) -> Iterator[Head]:
    import pyarrow.parquet as pq

    yield pq.read_schema(path).names


def _duckdb(path: Path) -> Iterator[Head]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as base:
        names: Iterable[tuple[str]] = base.sql("select table_name from duckdb_tables()").fetchall()
        for (name,) in names:
            yield base.table(name).columns


_READ: Mapping[str, Callable[[Path], Iterator[Head]]] = {
    ".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet, ".duckdb": _duckdb,
}  # fmt: skip
