"""Measure the commands against what somebody would write instead: python -m bench.run [-n TIMES]."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import HERE, Case, machine, peer, run, take_turns

DAY, NEXT_DAY = "2026-06-30", "2026-07-01"
PACKAGES = ("pandas", "numpy", "pandera", "openpyxl", "XlsxWriter", "lxml", "jinja2", "click")
NEW, REFRESHED = "new", "refreshed"
LOAD_AND_SAVE = "openpyxl load and save, pandas and pandera imported"


def tracker(*arguments: str) -> list[str]:
    return ["-c", "from tracker.cli import main; main()", *arguments]


def cases() -> list[Case]:
    load_and_save = peer("load_and_save.py", "BOOK", "OUT")
    return [
        Case("tracker refresh, first time", NEW, tracker("refresh", "BOOK", "--as-of", DAY)),
        Case(LOAD_AND_SAVE, NEW, load_and_save),
        Case("openpyxl and pandera script", NEW, peer("script.py", "BOOK", "OUT", DAY)),
        Case("tracker refresh, another day", REFRESHED, tracker("refresh", "BOOK", "--as-of", NEXT_DAY)),
        Case("tracker refresh, nothing changed", REFRESHED, tracker("refresh", "BOOK", "--as-of", DAY)),
        Case("tracker check", REFRESHED, tracker("check", "BOOK", "--as-of", DAY)),
        Case(LOAD_AND_SAVE, REFRESHED, load_and_save),
        Case("openpyxl and pandera script", REFRESHED, peer("script.py", "BOOK", "OUT", DAY)),
        Case("import pandas, pandera", NEW, peer("imports.py")),
        Case("tracker --help", NEW, tracker("--help")),
        Case("python -c pass", NEW, ["-c", "pass"]),
    ]  # fmt: skip


def sample(folder: Path) -> dict[str, Path]:
    """The sample as it is new, and the same refreshed."""
    books = {NEW: folder / "new.xlsx", REFRESHED: folder / "refreshed.xlsx"}
    run(tracker("new", str(books[NEW]), "--sample"), folder)
    shutil.copy(books[NEW], books[REFRESHED])
    run(tracker("refresh", str(books[REFRESHED]), "--as-of", DAY), folder)
    return books


def table(measured: Sequence[Case]) -> str:
    peers = {c.book: c.least(lambda s: s.cpu) for c in measured if c.name == LOAD_AND_SAVE}
    lines = ["| case | book | CPU s, least | CPU s, median | ratio to openpyxl | peak MB |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for c in measured:
        least, middle = c.least(lambda s: s.cpu), c.middle(lambda s: s.cpu)
        ratio, peak = least / peers[c.book], c.middle(lambda s: s.megabytes)
        lines.append(
            f"| {c.name} | {c.book} | {least:.2f} | {middle:.2f} | {ratio:.2f} | {peak:.0f} |"
        )
    return "\n".join(lines)


def results(measured: Sequence[Case], books: dict[str, Path], times: int) -> str:
    sizes = ", ".join(f"{name} {path.stat().st_size / 1e6:.2f} MB" for name, path in books.items())
    return (
        "# What the commands cost\n\nWritten by `python -m bench.run`. CPU is user and system time "
        "of a fresh process, the least and the median of the runs; the ratio is between the least "
        "figures, to openpyxl loading and saving the same file with pandas and pandera imported. Peak memory "
        "cannot fall below that of the measuring process (some 18 MB).\n\n"
        f"{machine(PACKAGES)}\nBooks: `tracker new --sample` ({sizes}). {times} counted runs of each "
        f"case.\n\n{table(measured)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, help="counted runs of each case (5)")
    parser.add_argument("-o", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        books, measured = sample(Path(scratch)), cases()
        take_turns(measured, books, chosen.n)
        text = results(measured, books, chosen.n)
    chosen.o.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
