"""Measure a rollup of many workbooks: python -m bench.rollup [-n BOOKS] [--keep FOLDER] [--jobs N].

A thousand books take about 2 GB of disk: 0.76 MB each, 0.7 MB in the state folder, parquet. From
FEW books on, what takes long and tells nothing more is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench import team
from bench.measure import Spent, machine, peer, run
from bench.run import tracker

DAY, NEXT = date(2026, 6, 30), date(2026, 7, 1)
# With --parquet the workbook is left without rows, as it would be with a thousand books.
FEW = 100
PACKAGES = ("pandas", "numpy", "python-calamine", "pyarrow", "XlsxWriter", "openpyxl")


def retouch(books: Sequence[Path]) -> None:
    """Refresh some books as of the next day, so that what they hold is another."""
    from tracker.api.config import Config
    from tracker.api.run import refresh

    for path in books:
        refresh(path, NEXT, Config())


def cases(books: Path, out: Path, count: int, jobs: int) -> Iterator[tuple[str, list[str]]]:
    """What is run, in an order in which the cache is empty, then full."""
    whole = [str(books), "-o", str(out / "r.xlsx"), "--as-of", DAY.isoformat(), "-q"]
    rows = [*whole, "--parquet", str(out / "p"), "--jobs", str(jobs)]
    yield "calamine parses every sheet", peer("calamine.py", str(books))
    yield "pandas loop: read, concat, parquet, summary", peer("team.py", str(books), str(out))
    yield f"tracker rollup --parquet --jobs {jobs}", tracker("rollup", *rows)
    yield "the same, nothing changed", tracker("rollup", *rows)
    yield "the same, 1 % changed", tracker("rollup", *rows)
    if count < FEW:
        yield "tracker rollup, rows in the workbook too (cached)", tracker("rollup", *whole)
        yield "the first run again with --jobs 2", tracker("rollup", *rows[:-1], "2", "--fresh")


def table(found: Sequence[tuple[str, Spent]], count: int) -> str:
    """The figures as Markdown."""
    bare = found[0][1].cpu
    lines = ["| case | CPU s | a book, ms | ratio to calamine | wall s | peak MB |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    lines += [
        f"| {name} | {s.cpu:.2f} | {1000 * s.cpu / count:.0f} | {s.cpu / bare:.2f} | {s.wall:.1f} "
        f"| {s.megabytes:.0f} |"
        for name, s in found
    ]
    return "\n".join(lines)


def _lay(path: Path, folder: Path, *, link: bool) -> None:
    """The book in another folder: one that will be changed as a copy, others take no room twice."""
    try:
        if link:
            os.link(path, folder / path.name)
            return
    except OSError:  # another disk
        pass
    shutil.copy(path, folder)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.resolve()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def main() -> None:
    """Make the books, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=40, help="how many books")
    parser.add_argument("--keep", type=Path, help="where books lie from an earlier run, and stay")
    parser.add_argument("--jobs", type=int, default=1, help="processes of the rollups")
    asked = parser.parse_args()
    with _folder(asked.keep) as folder, tempfile.TemporaryDirectory() as scratch:
        made = team.books(folder, asked.n, DAY)
        books, work = Path(scratch) / "books", Path(scratch)
        books.mkdir()
        (work / "tracker.toml").write_text("[thresholds.rollup]\nrows_beside = 0\n", "utf-8")
        few = made[: max(1, asked.n // 100)]
        for path in made:
            _lay(path, books, link=path not in few)
        found = []
        for name, arguments in cases(books, work, asked.n, asked.jobs):
            if "1 %" in name:
                retouch([books / path.name for path in few])
            found.append((name, run(arguments, work)))
            print(name, found[-1][1], flush=True)
        print(f"\n{asked.n} books, {machine(PACKAGES)}\n\n{table(found, asked.n)}")


if __name__ == "__main__":
    main()
