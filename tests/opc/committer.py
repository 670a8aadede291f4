"""A process that commits to a workbook again and again, to be killed or to compete.

python -m tests.opc.committer BOOK KEPT STATE COUNT MARK: each commit adds MARK to the text.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.opc.crafted import book, book_text
from tracker.opc.save import BookFile

if TYPE_CHECKING:
    from collections.abc import Callable

PADDING = 200_000


def keeper(folder: Path) -> Callable[[bytes], object]:
    """Stores contents under their digest."""

    def keep(data: bytes) -> None:
        (folder / hashlib.sha256(data).hexdigest()).write_bytes(data)

    return keep


def main(path: Path, kept: Path, state: Path, commits: int, mark: str) -> None:
    """Announce the start on stdout and commit."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in range(commits):
        with BookFile.open(path, wait=60, state=state) as f:
            f.commit(book(book_text(f.data) + mark, PADDING), keeper(kept))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
