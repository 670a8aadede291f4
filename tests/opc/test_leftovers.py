from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.opc.crafted import book
from tracker.opc.leftovers import part_path, rescue, sweep
from tracker.opc.save import BookFile

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, FOREIGN = book("old"), book("new"), book("foreign")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "d" / "账本.xlsx"
    path.parent.mkdir()
    path.write_bytes(NEW)
    return path


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def leave(path: Path, suffix: str, content: bytes, pid: int) -> Path:
    name = part_path(path, OLD, NEW).name.replace(f"-{os.getpid()}-", f"-{pid}-")
    file = path.with_name(name).with_suffix(suffix)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".part", b""), (".part", NEW[:50]), (".swap", OLD), (".swap", NEW)],
)
def test_what_is_known_elsewhere_goes(path: Path, suffix: str, content: bytes) -> None:
    leave(path, suffix, content, dead_pid())
    assert sweep(path) == []
    assert list(path.parent.iterdir()) == [path]


def test_own_number_means_an_earlier_process(path: Path) -> None:
    leave(path, ".part", b"x", os.getpid())
    sweep(path)
    assert list(path.parent.iterdir()) == [path]


def test_a_foreign_save_is_rescued_and_told(path: Path, tmp_path: Path) -> None:
    leave(path, ".swap", FOREIGN, dead_pid())
    with BookFile.open(path, state=tmp_path / "state") as f:
        (rescued,) = f.rescued
    assert rescued.name == "账本 (救回 rescued 1).xlsx"
    assert rescued.read_bytes() == FOREIGN
    assert path.read_bytes() == NEW


def test_a_living_run_is_left_alone(path: Path) -> None:
    file = leave(path, ".part", b"x", os.getppid())
    sweep(path)
    assert file.exists()


def test_a_number_that_cannot_be_is_left_alone(path: Path) -> None:
    file = leave(path, ".part", b"x", 1 << 80)
    sweep(path)
    assert file.exists()


def test_other_books_and_strange_names_are_left_alone(path: Path) -> None:
    other = leave(path.with_name("other.xlsx"), ".part", b"x", dead_pid())
    odd = path.with_name(part_path(path, OLD, NEW).name.replace(f"-{os.getpid()}-", "-x-"))
    odd.write_bytes(b"x")
    strange = leave(path, ".old", FOREIGN, dead_pid())
    sweep(path)
    assert other.exists()
    assert odd.exists()
    assert strange.exists()


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none" / "book.xlsx") == []


def test_rescue_never_replaces(path: Path) -> None:
    for n in (1, 2):
        file = path.with_name("x.swap")
        file.write_bytes(b"%d" % n)
        assert rescue(path, file).name == f"账本 (救回 rescued {n}).xlsx"
    assert path.with_name("账本 (救回 rescued 1).xlsx").read_bytes() == b"1"
