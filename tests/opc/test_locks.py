from __future__ import annotations

import errno
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tracker.errors import BookLockedError, RefusedError
from tracker.opc.locks import held
from tracker.opc.statedir import private_dir, state_dir
from tracker.opc.trylock import book_lock_name

BOOK = Path("book.xlsx")


def test_excludes_the_same_name_only(tmp_path: Path) -> None:
    with held("a", BOOK, state=tmp_path):
        with held("b", BOOK, state=tmp_path):
            pass
        with pytest.raises(BookLockedError) as caught, held("a", BOOK, state=tmp_path):
            pass
    assert caught.value.exit_code == 3
    with held("a", BOOK, state=tmp_path):
        pass


def test_waits(tmp_path: Path) -> None:
    entered = threading.Event()

    def hold() -> None:
        with held("a", BOOK, state=tmp_path):
            entered.set()
            time.sleep(0.2)

    other = threading.Thread(target=hold)
    other.start()
    entered.wait()
    with held("a", BOOK, wait=30, state=tmp_path):
        pass
    other.join()


def test_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held("a", BOOK, state=tmp_path):
        raise KeyError
    with held("a", BOOK, state=tmp_path):
        pass


def test_a_failed_close_undoes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.close

    def close(handle: int) -> None:
        real(handle)
        raise OSError(errno.EIO, "Input/output error")

    with held("a", BOOK, state=tmp_path):
        monkeypatch.setattr(os, "close", close)
    monkeypatch.undo()
    with held("a", BOOK, state=tmp_path):
        pass


def test_state_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(RefusedError, match="TRACKER_STATE_DIR"),
        held("a", BOOK, state=tmp_path / "file"),
    ):
        pass


def test_private(tmp_path: Path) -> None:
    with held("a", BOOK, state=tmp_path / "s" / "t"):
        pass
    (lock,) = (tmp_path / "s" / "t" / "locks").iterdir()
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    assert stat.S_IMODE(lock.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700


def test_lock_name_differs_by_path() -> None:
    assert book_lock_name("/a/b.xlsx") != book_lock_name("/a/c.xlsx")


def test_state_dir_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_STATE_DIR", str(tmp_path))
    assert state_dir() == tmp_path
    monkeypatch.delenv("TRACKER_STATE_DIR")
    assert state_dir().name.startswith("tracker")


def test_private_dir_leaves_an_existing_folder_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert private_dir(tmp_path) == tmp_path
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
