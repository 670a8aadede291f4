"""Workbooks that are the result of a rollup, and those that only have the name of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker.api.output import WORKBOOK, refuse_misnamed
from tracker.book.locate import own_sheet
from tracker.errors import RefusedError, TrackerError
from tracker.opc.readbook import read_file
from tracker.rollups import kept, texts
from tracker.schema.model import Schema
from tracker.xlsx import Workbook


def kept_in(book: Workbook, schema: Schema) -> tuple[dict[str, str], dict[str, Any]] | None:
    """What a rollup keeps, see `tracker.rollups.kept`; None where the workbook is no rollup."""
    if not set(texts.SOURCES.values()) & set(book.worksheet_names):
        return None
    sheet = own_sheet(book, schema, "state")
    return kept.read(sheet.get(f"A{row}") for row in sorted(sheet.scan.rows)) if sheet else None


def refuse_other(out: Path, schema: Schema) -> None:
    """RefusedError where a file that is no rollup has the name that one is to get.

    UnsuitableFileError where the name promises another kind of file.
    """
    refuse_misnamed(out, (WORKBOOK,))
    if not out.exists():
        return
    try:
        found = kept_in(Workbook(read_file(out), str(out)), schema)
    except TrackerError:
        found = None
    if found is None:
        raise RefusedError(
            path=out,
            zh="已有同名的另一个文件，它不是汇总结果；请用 -o 指定别的文件名",
            en="a file of that name is there and is no rollup; name another with -o",
        )
