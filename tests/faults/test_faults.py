"""A part of the campaign for every run of the tests; the whole of it is run by hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

import pytest

from tests.faults import campaign
from tests.faults.calls import Call, inject, window
from tests.faults.figures import Figures
from tests.faults.full import rooms, small_disk
from tests.faults.matrix import Scene, scene, trials
from tests.faults.moments import some_moments
from tests.faults.stage import Stage


@cache
def why_not() -> str:
    """Why system calls cannot be disturbed here; empty where they can."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "needs Linux with strace"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True)
    return "strace may not trace here" if tried.returncode else ""


pytestmark = [pytest.mark.faults, pytest.mark.skipif(bool(why_not()), reason=why_not())]


def clean(seen: Figures) -> None:
    assert seen.counts["trials"] > 3
    assert seen.clean, (seen.line(), seen.examples)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """On a small disk of its own, where one may be mounted."""
    folder, disk = tmp_path_factory.mktemp("faults"), None
    with ExitStack() as stack:
        with suppress(OSError):
            disk = stack.enter_context(small_disk(folder / "disk"))
        yield scene(stack.enter_context(Stage(folder, remember=True, disk=disk)))


# What cannot be printed ends in exit 70 although the workbook is written: bench/FAULTS.md.
def test_disturbed_at_some_calls(at: Scene) -> None:
    clean(trials(at, ["signal=SIGKILL", "error=EIO", "error=ENOSPC"], 31, printing=False))


def test_disturbed_where_names_cannot_be_exchanged(at: Scene) -> None:
    clean(
        trials(at._replace(fallback="EINVAL"), ["signal=SIGKILL", "error=EIO"], 37, printing=False)
    )


def test_some_moments(at: Scene) -> None:
    clean(some_moments(at.stage, at, 10))


def test_a_full_disk(at: Scene) -> None:
    disk = at.stage.state.parent
    if not disk.is_mount():
        pytest.skip("no file system may be mounted here")
    clean(rooms(at, disk, 5))


def test_the_window_starts_with_the_lock(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        'openat(AT_FDCWD, "a.py") = 3\nread(3, "") = 0\nopenat(AT_FDCWD, "s/x.lock") = 4\n'
        "brk(0) = 1\nread(4) = 0\n+++ exited with 0 +++\n"
    )
    calls = window(log)
    assert [(c.name, c.nth) for c in calls] == [("openat", 2), ("read", 2)]
    assert inject(calls[1], "error=EIO", log, "EINVAL")[-3:] == [
        "inject=renameat2:error=EINVAL", "-e", "inject=read:error=EIO:when=2",
    ]  # fmt: skip
    swap = Call("renameat2", 1, "")
    assert inject(swap, "signal=SIGKILL", log, "EINVAL")[-1].endswith(
        "EINVAL:signal=SIGKILL:when=1"
    )


def test_faults_are_told() -> None:
    seen = Figures(("lost",))
    seen.add("trials")
    seen.add("lost", False, "here")
    assert (seen.clean, seen.line()) == (True, "1 trials · 0 lost")
    seen.add("lost", True, "there")
    assert (seen.clean, seen.line()) == (False, "1 trials · 1 lost")
    assert seen.examples == ["lost: there"]


def test_a_row_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    table = tmp_path / "FAULTS.md"
    campaign.write_row("full", campaign.row("full", "old", 1), table)
    campaign.write_row("kill-swap", campaign.row("kill-swap", "some", 2), table)
    campaign.write_row("full", campaign.row("full", "new", 3), table)
    rows = [x for x in table.read_text("utf-8").splitlines() if x.startswith("| ")]
    assert [x.split(" | ")[2] for x in rows] == ["figures", "some", "new"]
