"""Cases measured in fresh processes that take turns: CPU, wall clock, peak memory.

A first turn, which also compiles the byte code, is not counted. CPU is user and system time,
memory the peak resident size, both as the system tells them when a process ends. Compare
ratios: seconds are those of the machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BYTE_CODE = tempfile.TemporaryDirectory()  # one for all runs; gone at the end


class Spent(NamedTuple):
    """What one process cost: seconds of CPU and of the clock, megabytes at its peak."""

    cpu: float
    wall: float
    megabytes: float


@dataclass
class Case:
    """One thing to measure: what is run on which book, and what it came to.

    In `arguments` BOOK and OUT stand for the paths of the copy and of an output file. `warm`: the
    same is run once before, uncounted, on the same copy and with the same state folder.
    """

    name: str
    book: str
    arguments: Sequence[str]
    runs: list[Spent] = field(default_factory=list)
    warm: bool = False

    def least(self, of: Callable[[Spent], float]) -> float:
        return min(map(of, self.runs))

    def middle(self, of: Callable[[Spent], float]) -> float:
        return statistics.median(map(of, self.runs))


def peer(name: str, *arguments: str) -> list[str]:
    return [str(HERE / "peers" / name), *arguments]


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TRACKER_"))}
    return kept | {
        "TRACKER_STATE_DIR": str(folder / "state"), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8",
        "PYTHONPYCACHEPREFIX": BYTE_CODE.name,
    }  # fmt: skip


def run(arguments: Sequence[str], folder: Path) -> Spent:
    """What one process costs. RuntimeError where it fails."""
    started = time.perf_counter()
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment(folder), cwd=folder, stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    said = (folder / "errors").read_text("utf-8")
    if process.returncode not in (0, 1) or "Traceback" in said:
        raise RuntimeError(f"{arguments}: {said[-2000:]}")
    return Spent(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def once(case: Case, books: Mapping[str, Path]) -> Spent:
    """One run on a copy of its book, with a state folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = {"BOOK": str(folder / "book.xlsx"), "OUT": str(folder / "out.xlsx")}
        shutil.copy(books[case.book], paths["BOOK"])
        words = [paths.get(a, a) for a in case.arguments]
        if case.warm:
            run(words, folder)
        return run(words, folder)


def take_turns(
    cases: Sequence[Case], books: Mapping[str, Path], times: int, *, warm_up: bool = True
) -> None:
    """Run every case `times` times and once before; a busy moment falls on all of them."""
    for turn in range(0 if warm_up else 1, times + 1):
        for case in cases:
            spent = once(case, books)
            if turn:
                case.runs.append(spent)
        print(f"turn {turn} of {times}", file=sys.stderr)


def machine(packages: Sequence[str]) -> str:
    """The machine and the versions, in one line."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; "
        f"{platform.python_implementation()} {platform.python_version()}; {versions}."
    )
