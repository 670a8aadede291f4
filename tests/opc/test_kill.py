"""Killed at any moment, or competing: the path holds a whole workbook and nothing is lost."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.opc.committer import PADDING
from tests.opc.crafted import book, book_text
from tracker.opc.save import BookFile

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")


def start(tmp_path: Path, commits: int, mark: str) -> subprocess.Popen[bytes]:
    folders = [tmp_path / "d" / "book.xlsx", tmp_path / "kept", tmp_path / "state"]
    command = [sys.executable, "-m", "tests.opc.committer", *map(str, folders)]
    child = subprocess.Popen([*command, str(commits), mark], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"ready\n"
    return child


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for name in ("d", "kept"):
        (tmp_path / name).mkdir()
    path = tmp_path / "d" / "book.xlsx"
    path.write_bytes(book("", PADDING))
    return path


def kill_and_look(path: Path, tmp_path: Path, delay: float) -> None:
    before = book_text(path.read_bytes())
    child = start(tmp_path, 10_000, "x")
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    now = book_text(path.read_bytes())
    assert now.startswith(before)
    for n in range(len(before), len(now)):
        earlier = hashlib.sha256(book("x" * n, PADDING)).hexdigest()
        assert (tmp_path / "kept" / earlier).exists()
    with BookFile.open(path, state=tmp_path / "state") as f:
        assert f.rescued == []
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def trials(path: Path, tmp_path: Path, count: int) -> None:
    delays = random.Random(count)
    for _ in range(count):
        kill_and_look(path, tmp_path, delays.uniform(0, 0.1))
    assert book_text(path.read_bytes()).startswith("xx")


def test_killed_at_random_points(path: Path, tmp_path: Path) -> None:
    trials(path, tmp_path, 20)


@pytest.mark.slow
def test_killed_at_many_random_points(path: Path, tmp_path: Path) -> None:
    trials(path, tmp_path, 300)


def test_two_writers_lose_no_update(path: Path, tmp_path: Path) -> None:
    children = [start(tmp_path, 20, mark) for mark in "ab"]
    for child in children:
        child.communicate(timeout=120)
        assert child.returncode == 0
    text = book_text(path.read_bytes())
    assert (text.count("a"), text.count("b"), len(text)) == (20, 20, 40)
