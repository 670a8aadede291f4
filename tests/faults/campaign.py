"""The whole campaign, by hand: python -m tests.faults.campaign --part NAME, or all parts.

Each part prints a line of figures and puts it into bench/FAULTS.md. It needs Linux and strace;
`full` also needs the right to mount, `holders` LibreOffice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.faults.figures import Figures
from tests.faults.full import full
from tests.faults.holders import holders
from tests.faults.matrix import errors, kills, run
from tests.faults.moments import moments, saving_moments
from tests.faults.rivals import rivals
from tests.faults.stage import ROOT

TABLE = ROOT / "bench" / "FAULTS.md"
_HEAD = """# Faults: what a disturbed refresh leaves

Made by `python -m tests.faults.campaign`. A small workbook (some 130 rows) is refreshed and
disturbed; then the path must hold the whole old or the whole new version, the old one must be
there or in the history, the exit code must say which, and the next refresh must go well and leave
nothing behind. In the parts by system call, parsing and computing are done once and remembered, as
they touch no file that changes (`errors-whole` remembers nothing); calls about memory, time and the
process itself are left out. A half-written file of the history is swept when it is an hour
old, so its age is set back before the next run. Of faults that are not 0 the campaign prints the
first examples.

| part | what was done | figures | s |
|---|---|---|---|
"""


class Part(NamedTuple):
    """A part of the campaign and what it does, in words."""

    what: str
    run: Callable[[Path], Figures]


PARTS = {
    "kill-swap": Part("SIGKILL at every call, names exchanged", kills),
    "kill-fallback": Part(
        "SIGKILL at every call, renameat2 answers EINVAL", lambda f: kills(f, "EINVAL")
    ),
    "kill-no-call": Part(
        "SIGKILL at every fourth call, renameat2 answers ENOSYS", lambda f: kills(f, "ENOSYS", 4)
    ),
    "errors-swap": Part("every call failed with EIO, ENOSPC, EACCES, EROFS, EINTR", errors),
    "errors-fallback": Part(
        "every third call failed so, renameat2 answers EINVAL",
        lambda f: errors(f, fallback="EINVAL", step=3),
    ),
    "errors-whole": Part(
        "every twelfth call failed with EIO, nothing remembered",
        lambda f: run(f, ["error=EIO"], "", 12, remember=False),
    ),
    "full": Part("a disk with 20 amounts of room", full),
    "random": Part("500 whole refreshes, computing included, killed at random moments", moments),
    "random-saving": Part("300 refreshes, computing remembered, killed so", saving_moments),
    "rivals": Part("two processes, 100 refreshes each, an editor saving in the gap", rivals),
    "holders": Part("open in LibreOffice, Excel, another run; left-over locks", holders),
}


def row(name: str, figures: str, seconds: float) -> str:
    return f"| {name} | {PARTS[name].what} | {figures} | {seconds:.0f} |\n"


def write_row(name: str, line: str, table: Path = TABLE) -> None:
    """Put a row into the table, in the place of an earlier one of that name."""
    old = table.read_text("utf-8").splitlines(keepends=True) if table.exists() else []
    rows = {x.split("|")[1].strip(): x for x in old if x.startswith("| ")} | {name: line}
    table.write_text(_HEAD + "".join(rows[n] for n in PARTS if n in rows), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=PARTS, action="append")
    clean = True
    for name in parser.parse_args().part or PARTS:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            seen = PARTS[name].run(Path(folder) / "stage")
        line = row(name, seen.line(), time.monotonic() - start)
        sys.stdout.write("\n  ".join([line.rstrip(), *seen.examples]) + "\n")
        sys.stdout.flush()
        write_row(name, line)
        clean = clean and seen.clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
