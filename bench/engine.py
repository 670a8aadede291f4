"""Measure the lossless engine on one large sheet: python -m bench.engine [-n TIMES]."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import HERE, Case, machine, peer, run, take_turns

PACKAGES = ("openpyxl", "lxml", "python-calamine", "XlsxWriter")
BOOK = "large"
LOAD_AND_SAVE = "openpyxl: load and save, nothing set"


def case(name: str, what: str) -> Case:
    return Case(name, BOOK, peer("large.py", what, "BOOK", "OUT"))


def cases() -> list[Case]:
    return [
        case("tracker.xlsx: two columns set, 200,000 cells", "columns"),
        case("tracker.xlsx: one cell set", "cell"),
        case(LOAD_AND_SAVE, "openpyxl"),
        case("calamine: parse alone", "calamine"),
    ]


def table(measured: Sequence[Case]) -> str:
    base = next(c for c in measured if c.name == LOAD_AND_SAVE)
    cpu, memory = base.least(lambda s: s.cpu), base.middle(lambda s: s.megabytes)
    lines = [
        "| case | CPU s, least | CPU s, median | wall s, median | CPU to openpyxl | peak MB | memory to openpyxl |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for c in measured:
        least, peak = c.least(lambda s: s.cpu), c.middle(lambda s: s.megabytes)
        lines.append(
            f"| {c.name} | {least:.2f} | {c.middle(lambda s: s.cpu):.2f} | {c.middle(lambda s: s.wall):.2f} "
            f"| {least / cpu:.3f} | {peak:.0f} | {peak / memory:.2f} |"
        )
    return "\n".join(lines)


def results(measured: Sequence[Case], book: Path, times: int) -> str:
    return (
        "# What the engine costs on a large sheet\n\nWritten by `python -m bench.engine`. One sheet of 100,000 "
        "rows by 12 columns: texts, numbers, dates and times in eight formats, "
        f"{book.stat().st_size / 1e6:.1f} MB. `tracker.xlsx` opens it, plans every cell by `sheet.set`, "
        "saves it and proves the result; one column gets numbers, the other one of 50 texts. Each run is a fresh "
        "process with its imports. Ratios are between the least CPU (user and system) and between the median peaks. "
        f"The targets for two columns: 0.12 of openpyxl's CPU, 0.4 of its memory.\n\n{machine(PACKAGES)}\n"
        f"{times} counted runs of each case.\n\n{table(measured)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, help="counted runs of each case (5)")
    parser.add_argument("-o", type=Path, default=HERE / "ENGINE.md", help="where the table goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        book, measured = Path(scratch) / "large.xlsx", cases()
        run(peer("large.py", "make", "none", str(book)), Path(scratch))
        take_turns(measured, {BOOK: book}, chosen.n)
        text = results(measured, book, chosen.n)
    chosen.o.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
