"""Measure the commands against what somebody would write instead: python -m bench.run [-n TIMES].

Three sizes of workbook (`bench.books`), the commands, the peers and the floors, side by side.
Peers that are not installed (`pip install -e '.[bench]'`) are left out.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bench import goals
from bench.books import tables
from bench.measure import HERE, Case, machine, peer, run, take_turns

DAY, NEXT_DAY = "2026-06-30", "2026-07-01"
PACKAGES = ("pandas", "numpy", "pandera", "openpyxl", "XlsxWriter", "lxml", "jinja2", "click")
EXTRAS = {
    "polars": "polars",
    "fastexcel": "fastexcel",
    "wolfxl": "wolfxl",
    "python-calamine": "python_calamine",
}
NEW, REFRESHED, DIRTY = "new", "refreshed", "dirty"
KINDS = (NEW, REFRESHED, DIRTY)
_SHARE = {"S": 1.0, "M": 0.5, "L": 0.25}  # of the runs: a large book's figures scatter less


def tracker(*arguments: str) -> list[str]:
    return ["-c", "from tracker.cli import main; main()", *arguments]


def refresh(day: str) -> list[str]:
    return tracker("refresh", "BOOK", "--as-of", day)


def cases(size: str) -> list[Case]:
    found = [
        Case(goals.FIRST, NEW, refresh(DAY)),
        Case(goals.DIRTY, DIRTY, refresh(DAY)),
        Case(goals.ANOTHER_DAY, REFRESHED, refresh(NEXT_DAY)),
        Case(goals.UNCHANGED, REFRESHED, refresh(DAY), warm=True),
        Case(goals.CHECK, REFRESHED, tracker("check", "BOOK", "--as-of", NEXT_DAY)),
        Case(goals.LOAD_AND_SAVE, REFRESHED, peer("load_and_save.py", "BOOK", "OUT")),
        Case(goals.SCRIPT, REFRESHED, peer("script.py", "BOOK", "OUT", NEXT_DAY)),
        Case(goals.REWRITE, REFRESHED, peer("pandas_rewrite.py", "BOOK", "OUT", NEXT_DAY)),
        Case(goals.POLARS, REFRESHED, peer("polars_rewrite.py", "BOOK", "OUT", NEXT_DAY)),
        Case(goals.WOLFXL, REFRESHED, peer("wolfxl_modify.py", "BOOK", "OUT", NEXT_DAY)),
        Case(goals.CALAMINE, REFRESHED, peer("calamine.py", "BOOK")),
        Case("zip: every member inflated, the file copied", REFRESHED, peer("raw_copy.py", "BOOK", "OUT")),
        Case(goals.BARE, REFRESHED, ["-c", "pass"]),
    ]  # fmt: skip
    if size == "S":
        found += [
            Case(goals.HELP, NEW, tracker("--help")),
            Case("import pandas, pandera", NEW, peer("imports.py")),
        ]
    missing = {name for name, module in EXTRAS.items() if find_spec(module) is None}
    needs = {goals.POLARS: "fastexcel", goals.WOLFXL: "wolfxl", goals.CALAMINE: "python-calamine",
             goals.REWRITE: "python-calamine"}  # fmt: skip
    return [c for c in found if needs.get(c.name) not in missing]


def books(size: str, folder: Path) -> dict[str, Path]:
    """A new workbook of a size, the same refreshed, and a new one with mistyped cells."""
    found = {kind: folder / f"{size}-{kind}.xlsx" for kind in KINDS}
    for kind, how in ((NEW, "clean"), (DIRTY, "dirty")):
        run(["-m", "bench.books", size, how, str(found[kind])], folder)
    shutil.copy(found[NEW], found[REFRESHED])
    run(tracker("refresh", str(found[REFRESHED]), "--as-of", DAY), folder)
    return found


def rows(size: str) -> int:
    apart = ("products", "institutions")
    return sum(len(found) for name, found in tables(size).items() if name not in apart)


def figures(size: str, measured: Sequence[Case], paths: Mapping[str, Path]) -> str:
    sizes = ", ".join(f"{kind} {path.stat().st_size / 1e6:.2f} MB" for kind, path in paths.items())
    script = next(c for c in measured if c.name == goals.LOAD_AND_SAVE).middle(goals.cpu)
    lines = [f"## {size}: {rows(size):,} rows ({sizes}; {len(measured[0].runs)} runs)", ""]
    lines.append("| case | book | CPU s | least | wall s | ratio to openpyxl | peak MB |")
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    for c in measured:
        middle, least = c.middle(goals.cpu), c.least(goals.cpu)
        wall, peak = c.middle(lambda s: s.wall), c.middle(lambda s: s.megabytes)
        lines.append(
            f"| {c.name} | {c.book} | {middle:.3f} | {least:.3f} | {wall:.2f} | {middle / script:.3f} | {peak:.0f} |"
        )
    return "\n".join(lines)


def results(parts: Sequence[str], measured: goals.Measured) -> str:
    installed = [name for name, module in EXTRAS.items() if find_spec(module)]
    counts = {size: rows(size) for size, _ in measured}
    return "\n\n".join((
        "# What the commands cost",
        ("Written by `python -m bench.run`. CPU is user and system time of a fresh process, the median and the least "
        "of the runs, which take turns; ratios are between medians. Memory is the peak resident size, which cannot "
        "fall below that of the measuring process (some 18 MB). The peers do a fair part of the work: "
        "they check the columns with pandera (or expressions), compute about twenty of the seventy columns and "
        "write a plain summary. `refresh` is the run of another day over a refreshed workbook; nothing changed means "
        "that a run before it said so."),
        machine([*PACKAGES, *installed]),
        "## What is to be reached", goals.table(measured),
        f"Growth of the part of `refresh` beyond imports: {goals.growth(measured, counts)}.",
        *parts,
    )) + "\n"  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, help="counted runs of each case of S (5)")
    parser.add_argument("-o", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    parser.add_argument("--sizes", default="SML", help="which sizes (SML)")
    chosen = parser.parse_args()
    measured, parts = dict[tuple[str, str], Case](), list[str]()
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            paths, mine = books(size, Path(scratch)), cases(size)
            take_turns(mine, paths, max(1, round(chosen.n * _SHARE[size])), warm_up=size == "S")
            measured |= {(size, c.name): c for c in mine}
            parts.append(figures(size, mine, paths))
        chosen.o.write_text(results(parts, measured), "utf-8")
    print(chosen.o.read_text("utf-8"))


if __name__ == "__main__":
    main()
