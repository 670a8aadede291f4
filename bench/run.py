"""Measure the commands against what somebody would write instead: python bench/run.py [-n TIMES].

Every case is a fresh process on its own copy of the sample with its own state folder. The cases
take turns, so that a busy moment falls on all of them; a first turn, which also compiles the byte
code, is not counted. CPU is user and system time, memory the peak resident size, both as the
system tells them when the process ends. Compare ratios: seconds are those of the machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DAY, NEXT_DAY = "2026-06-30", "2026-07-01"
PACKAGES = ("pandas", "numpy", "pandera", "openpyxl", "XlsxWriter", "lxml", "jinja2", "click")
NEW, REFRESHED = "new", "refreshed"
LOAD_AND_SAVE = "openpyxl load and save, pandas and pandera imported"


@dataclass
class Case:
    """One thing to measure: what is run on which book, and what it came to.

    In `arguments` BOOK and OUT stand for the paths of the copy and of an output file.
    """

    name: str
    book: str
    arguments: Sequence[str]
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def tracker(*arguments: str) -> list[str]:
    return ["-c", "from tracker.cli import main; main()", *arguments]


def script(name: str, *arguments: str) -> list[str]:
    return [str(HERE / "peers" / name), *arguments]


def cases() -> list[Case]:
    peer = script("load_and_save.py", "BOOK", "OUT")
    return [
        Case("tracker refresh, first time", NEW, tracker("refresh", "BOOK", "--as-of", DAY)),
        Case(LOAD_AND_SAVE, NEW, peer),
        Case("openpyxl and pandera script", NEW, script("script.py", "BOOK", "OUT", DAY)),
        Case("tracker refresh, another day", REFRESHED, tracker("refresh", "BOOK", "--as-of", NEXT_DAY)),
        Case("tracker refresh, nothing changed", REFRESHED, tracker("refresh", "BOOK", "--as-of", DAY)),
        Case("tracker check", REFRESHED, tracker("check", "BOOK", "--as-of", DAY)),
        Case(LOAD_AND_SAVE, REFRESHED, peer),
        Case("openpyxl and pandera script", REFRESHED, script("script.py", "BOOK", "OUT", DAY)),
        Case("import pandas, pandera", NEW, script("imports.py")),
        Case("tracker --help", NEW, tracker("--help")),
        Case("python -c pass", NEW, ["-c", "pass"]),
    ]  # fmt: skip


def environment(state: Path, byte_code: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TRACKER_"))}
    return kept | {
        "TRACKER_STATE_DIR": str(state), "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(byte_code),
        "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip


def run(arguments: Sequence[str], byte_code: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one process. RuntimeError where it fails."""
    env = environment(folder / "state", byte_code)
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1) or "Traceback" in (folder / "errors").read_text("utf-8"):
        raise RuntimeError(f"{arguments}: {(folder / 'errors').read_text('utf-8')[-2000:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(case: Case, books: dict[str, Path], byte_code: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = {"BOOK": str(folder / "book.xlsx"), "OUT": str(folder / "out.xlsx")}
        shutil.copy(books[case.book], paths["BOOK"])
        return run([paths.get(a, a) for a in case.arguments], byte_code, folder)


def sample(folder: Path, byte_code: Path) -> dict[str, Path]:
    """The sample as it is new, and the same refreshed."""
    books = {NEW: folder / "new.xlsx", REFRESHED: folder / "refreshed.xlsx"}
    run(tracker("new", str(books[NEW]), "--sample"), byte_code, folder)
    shutil.copy(books[NEW], books[REFRESHED])
    run(tracker("refresh", str(books[REFRESHED]), "--as-of", DAY), byte_code, folder)
    return books


def measure_all(times: int, folder: Path) -> tuple[list[Case], dict[str, Path]]:
    byte_code = folder / "byte_code"
    books, measured = sample(folder, byte_code), cases()
    for turn in range(times + 1):
        for case in measured:
            seconds, megabytes = measure(case, books, byte_code)
            if turn:
                case.seconds.append(seconds)
                case.megabytes.append(megabytes)
        print(f"turn {turn} of {times}", file=sys.stderr)
    return measured, books


def table(measured: Sequence[Case]) -> str:
    peers = {c.book: min(c.seconds) for c in measured if c.name == LOAD_AND_SAVE}
    lines = ["| case | book | CPU s, least | CPU s, median | ratio to openpyxl | peak MB |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for c in measured:
        least, middle = min(c.seconds), statistics.median(c.seconds)
        ratio, peak = least / peers[c.book], statistics.median(c.megabytes)
        lines.append(
            f"| {c.name} | {c.book} | {least:.2f} | {middle:.2f} | {ratio:.2f} | {peak:.0f} |"
        )
    return "\n".join(lines)


def facts(books: dict[str, Path], times: int) -> str:
    sizes = ", ".join(f"{name} {path.stat().st_size / 1e6:.2f} MB" for name, path in books.items())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; "
        f"{platform.python_implementation()} {platform.python_version()}; {packages}.\n"
        f"Books: `tracker new --sample` ({sizes}). {times} counted runs of each case."
    )


def results(measured: Sequence[Case], books: dict[str, Path], times: int) -> str:
    return (
        "# What the commands cost\n\nWritten by `python bench/run.py`. CPU is user and system time "
        "of a fresh process, the least and the median of the runs; the ratio is between the least "
        "figures, to openpyxl loading and saving the same file with pandas and pandera imported. Peak memory "
        "cannot fall below that of the measuring process (some 18 MB).\n\n"
        f"{facts(books, times)}\n\n{table(measured)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5, help="counted runs of each case (5)")
    parser.add_argument("-o", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measured, books = measure_all(chosen.n, Path(scratch))
        text = results(measured, books, chosen.n)
    chosen.o.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
