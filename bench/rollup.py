"""Measure a rollup of many workbooks: python -m bench.rollup [-n BOOKS] [--keep FOLDER]."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.measure import Spent, machine, peer, run
from bench.run import tracker

DAY, NEXT = date(2026, 6, 30), date(2026, 7, 1)
# With --parquet the workbook is left without rows, as it would be with a thousand books.
ROWS = 0.5  # of the sample's size: about 2,500 rows
PACKAGES = ("pandas", "numpy", "python-calamine", "pyarrow", "XlsxWriter", "openpyxl")


def make(folder: Path, count: int) -> list[Path]:
    """Refreshed workbooks of reps R1001 and following; those that lie there already are taken."""
    from tracker.api.config import Config
    from tracker.api.run import new, refresh

    folder.mkdir(parents=True, exist_ok=True)
    books = [folder / f"R{1001 + n}.xlsx" for n in range(count)]
    for path in (b for b in books if not b.exists()):
        part = path.with_name("part.xlsx")
        new(part, sample=True, rep=path.stem, size=ROWS, config=Config())
        refresh(part, DAY, Config())
        part.rename(path)
    return books


def retouch(books: Sequence[Path]) -> None:
    """Refresh some books as of the next day, so that what they hold is another."""
    from tracker.api.config import Config
    from tracker.api.run import refresh

    for path in books:
        refresh(path, NEXT, Config())


def cases(books: Path, out: Path) -> Iterator[tuple[str, list[str]]]:
    """What is run, in an order in which the cache is empty, then full."""
    whole = [str(books), "-o", str(out / "r.xlsx"), "--as-of", DAY.isoformat(), "-q"]
    yield "calamine parses every sheet", peer("calamine.py", str(books))
    yield "pandas loop: read, concat, parquet, summary", peer("team.py", str(books), str(out))
    yield "tracker rollup --parquet", tracker("rollup", *whole, "--parquet", str(out / "p"))
    yield "the same, nothing changed", tracker("rollup", *whole, "--parquet", str(out / "p"))
    yield "the same, 1 % changed", tracker("rollup", *whole, "--parquet", str(out / "p"))
    yield "tracker rollup, rows in the workbook too (cached)", tracker("rollup", *whole)
    yield "tracker rollup --fresh --jobs 2", tracker("rollup", *whole, "--fresh", "--jobs", "2")


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
    asked = parser.parse_args()
    with _folder(asked.keep) as folder, tempfile.TemporaryDirectory() as scratch:
        made = make(folder / "books", asked.n)
        books, work = Path(scratch) / "books", Path(scratch)
        books.mkdir()
        (work / "tracker.toml").write_text("[thresholds.rollup]\nrows_beside = 0\n", "utf-8")
        for path in made:
            shutil.copy(path, books)
        found = []
        for name, arguments in cases(books, work):
            if "1 %" in name:
                retouch(sorted(books.iterdir())[: max(1, asked.n // 100)])
            found.append((name, run(arguments, work)))
            print(name, found[-1][1], flush=True)
        print(f"\n{asked.n} books, {machine(PACKAGES)}\n\n{table(found, asked.n)}")


if __name__ == "__main__":
    main()
