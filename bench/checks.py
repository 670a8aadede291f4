"""Measure checking a book with many faults against a clean one: python -m bench.checks [-n TIMES]."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import HERE, Case, machine, peer, run, take_turns

DAY = "2026-06-30"
PACKAGES = ("pandas", "numpy", "pandera", "rapidfuzz")
CLEAN, DIRTY = "clean", "dirty"
CHECK = ("-c", "from tracker.cli import main; main()", "check", "BOOK", "--as-of", DAY)


def cases() -> list[Case]:
    ways: tuple[tuple[str, ...], ...] = ((), ("-q",), ("--format", "jsonl"), ("--format", "sarif"))
    faces = [Case(" ".join(("check", *way)), DIRTY, (*CHECK, *way)) for way in ways]
    return [Case("check", CLEAN, CHECK), *faces]


def table(measured: Sequence[Case]) -> str:
    base = measured[0].least(lambda s: s.cpu)
    lines = [
        "| case | book | CPU s, least | CPU s, median | ratio | peak MB |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for c in measured:
        least, middle = c.least(lambda s: s.cpu), c.middle(lambda s: s.cpu)
        peak = c.middle(lambda s: s.megabytes)
        lines.append(
            f"| {c.name} | {c.book} | {least:.2f} | {middle:.2f} | {least / base:.2f} | {peak:.0f} |"
        )
    return "\n".join(lines)


def results(measured: Sequence[Case], times: int) -> str:
    return (
        "# What faults cost\n\nWritten by `python -m bench.checks`. A book of 100,000 visits to 1,440 customers, "
        "clean and with 20,000 misspelt cells (half of them names of customers, half values of a pick-list; "
        "most of them different from each other), for each of which the nearest names are looked for. As text of many "
        "findings alike the first are printed; the other ways print every one. The ratio "
        f"is between the least CPU of fresh processes; the target is 3.\n\n{machine(PACKAGES)}\n"
        f"{times} counted runs of each case.\n\n{table(measured)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=3, help="counted runs of each case (3)")
    parser.add_argument("-o", type=Path, default=HERE / "CHECKS.md", help="where the table goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        books, measured = {k: Path(scratch) / f"{k}.xlsx" for k in (CLEAN, DIRTY)}, cases()
        for kind, path in books.items():
            run(peer("misspelt.py", kind, str(path)), Path(scratch))
        take_turns(measured, books, chosen.n)
        text = results(measured, chosen.n)
    chosen.o.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
