"""Files beside the workbook that commands write: pages and calendars, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tracker.errors import RefusedError, UnsuitableFileError
from tracker.opc.save import write_new


def write_own(path: Path, data: bytes, book: Path, *, starts: bytes) -> bool:
    """Write a file that this program makes anew each time; False where it is there already.

    What has the name and does not begin with `starts` is somebody else's, and stays. Raises
    RefusedError for such a file, for the workbook itself, and where the system refuses.
    """
    real = Path(os.path.realpath(path))
    refuse_book(path, book)
    if not real.is_file():
        write_new(path, data)
        return True
    before = _read(path)
    if before == data:
        return False
    if before and not before[: len(starts)].lower() == starts.lower():
        raise RefusedError(
            path=path,
            zh="已有同名的另一种文件；请换一个文件名，或先移走它",
            en="a file of another kind has that name; choose another, or move it away first",
        )
    write_new(path, data, overwrite=True)
    return True


WORKBOOK, PAGES = ".xlsx", (".html", ".htm")
_PROMISES = frozenset({
    ".xls", ".xlsb", ".ods", ".et", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".xml", ".yaml",
    ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".md", ".png", ".jpg", ".svg", ".zip", ".ics",
    ".parquet", WORKBOOK, ".xlsm", ".xltx", ".xltm", *PAGES,
})  # fmt: skip
"""Endings of names that say what is in a file."""


def refuse_misnamed(path: Path, kinds: Sequence[str]) -> None:
    """UnsuitableFileError where an output's name promises another kind of file than `kinds`."""
    ending = path.suffix.lower()
    if ending in _PROMISES and ending not in kinds:
        said = kinds[0]
        raise UnsuitableFileError(
            path=path,
            zh=f"写出的不是 {ending} 文件；请用 {said} 作扩展名",
            en=f"what is written is no {ending} file; give it a name that ends in {said}",
        )


def refuse_book(path: Path, book: Path) -> None:
    """RefusedError where an output is the workbook that is read."""
    if os.path.realpath(path) == os.path.realpath(book):
        raise RefusedError(
            path=path,
            zh="这是工作簿本身；请用 -o 或 --ics 指定另一个文件",
            en="this is the workbook itself; name another file for the output",
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        why = e.strerror or type(e).__name__
        raise UnsuitableFileError(
            path=path,
            zh=f"读不出来（{why}）；请换一个文件名",
            en=f"it cannot be read ({why}); choose another name",
        ) from e
