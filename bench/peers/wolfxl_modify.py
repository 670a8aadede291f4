"""The script of script.py on wolfxl, which takes openpyxl's calls and patches the file it opened."""

from __future__ import annotations

import sys
from typing import Any

import wolfxl

from bench.peers import script


def main() -> None:
    book: Any = wolfxl.load_workbook(sys.argv[1], modify=True)
    frames = script.read(book)
    problems = script.validate(frames)
    script.write(book, script.enrich(frames))
    script.summarise(book, frames, problems)
    book.save(sys.argv[2])


if __name__ == "__main__":
    main()
