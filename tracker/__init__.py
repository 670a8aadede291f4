"""The spreadsheet as a database, for people who will never give up their spreadsheet.

import tracker
book = tracker.open("book.xlsx")
book.modules["visits"]                  # a pandas DataFrame, its index the row id
book.check(as_of=date(2026, 6, 30))     # findings, each with its cell
book.refresh(as_of=date(2026, 6, 30))   # into the same file, safely, or not at all
tracker.rollup(["team/"], as_of=date(2026, 6, 30), out="rollup.xlsx")
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    __version__: str
    from tracker.api.book import Book
    from tracker.api.refresh import Plan
    from tracker.api.report import Changes, Report
    from tracker.errors import (
        ConfigError,
        RefusedError,
        SchemaError,
        TrackerError,
        UnsuitableFileError,
    )
    from tracker.findings import Finding
    from tracker.rollups.result import Rollup

__all__ = [
    "Book", "Changes", "ConfigError", "Finding", "Plan", "RefusedError", "Report", "Rollup", "SchemaError",
    "TrackerError", "UnsuitableFileError", "open", "rollup",
]  # fmt: skip

_HOMES = {
    "Book": "tracker.api.book", "Changes": "tracker.api.report", "Report": "tracker.api.report",
    "Plan": "tracker.api.refresh", "Rollup": "tracker.rollups.result", "Finding": "tracker.findings",
    "RefusedError": "tracker.errors", "TrackerError": "tracker.errors",
    "UnsuitableFileError": "tracker.errors", "ConfigError": "tracker.errors", "SchemaError": "tracker.errors",
}  # fmt: skip


def open(  # noqa: A001 - as contract section 4 has it
    path: str | os.PathLike[str], schema: Path | None = None, *, password: str | None = None
) -> Book:
    """Open a workbook as a database.

    Args:
        path: an .xlsx or .xlsm file; it is read at once and not held.
        schema: a folder with YAML files of one's own, instead of the shipped schema.
        password: of an encrypted workbook (needs the extra `tracker[crypto]`).

    Raises:
        UnsuitableFileError: it is no workbook that can be kept whole, or the password is wrong.
        SchemaError, ConfigError: a mistake in the YAML or in tracker.toml.
    """
    from pathlib import Path

    from tracker.api.book import Book

    return Book(Path(path), schema=schema, password=password)


def rollup(
    paths: Sequence[str | os.PathLike[str]] | str | os.PathLike[str], as_of: date | None = None, *,
    out: str | os.PathLike[str] | None = None, **more: Any,
) -> Rollup:  # fmt: skip
    """Put the workbooks of a team together, as `tracker rollup` does.

    Args:
        paths: workbooks and folders, in any order, or one of them.
        as_of: the day everything is computed for; None is today in the configured zone.
        out: the workbook to write; without one nothing is written.
        more: further fields of `tracker.api.rollup.Request`; folders may be texts, too.

    Raises:
        UnsuitableFileError: a path does not exist, or none of the files could be read.
        ConfigError: what is asked for cannot be, or an extra is missing.
        RefusedError: the output exists and is open, or is no rollup.
    """
    from os import PathLike
    from pathlib import Path

    from tracker.api.rollup import Request
    from tracker.api.rollup import rollup as run

    every = [paths] if isinstance(paths, str | PathLike) else paths
    folders = {k: Path(v) for k in ("parquet", "schema") if (v := more.get(k)) is not None}
    lists = {k: [v] for k in ("unmask", "expected") if isinstance(v := more.get(k), str)}
    target = Path(out) if out is not None else None
    asked = {**more, **folders, **lists}
    return run(Request(paths=[Path(p) for p in every], as_of=as_of, out=target, **asked))


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    if name == "schema":
        from importlib import import_module

        return import_module("tracker.schema")
    if name == "__version__":
        return _version()
    raise AttributeError(f"module 'tracker' has no attribute {name!r}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tracker")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"
