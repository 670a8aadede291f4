"""A disk with room for less than a refresh needs, in many sizes; it is a small tmpfs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.figures import Figures
from tests.faults.matrix import FAULTS, Scene, judge, scene
from tests.faults.stage import DAYS, Stage

_DISK = "4m"
_PAGE = 4096


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own. OSError where none may be mounted."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as e:
        raise OSError(str(e)) from None
    if done.returncode:
        raise OSError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def full(folder: Path, sizes: int = 20) -> Figures:
    """From no room at all to a little more than is needed, in `sizes` steps."""
    with small_disk(folder / "disk") as disk, Stage(folder, remember=True, disk=disk) as stage:
        return rooms(scene(stage), disk, sizes)


def rooms(at: Scene, disk: Path, sizes: int) -> Figures:
    """As `full`, on the small `disk` that the scene lies on."""
    seen = Figures(FAULTS)
    needed = len(at.old) + len(at.new) + 4 * _PAGE
    seen.counts["bytes a refresh needs"] = needed
    for n in range(sizes):
        _trial(at, needed * n // (sizes - 1) + _PAGE, disk / "ballast", seen)
    return seen


def _trial(at: Scene, free: int, ballast: Path, seen: Figures) -> None:
    stage = at.stage
    stage.reset(at.old)
    found = os.statvfs(ballast.parent)
    ballast.write_bytes(bytes(found.f_bavail * found.f_frsize - free))
    ended = stage.refresh(DAYS[0])
    ballast.unlink()
    judge(at, ended, f"{free} bytes free", seen)
