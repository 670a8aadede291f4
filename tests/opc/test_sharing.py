"""Windows' sharing errors, simulated where the system is called; and macOS's exchange."""

from __future__ import annotations

import ctypes
import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.opc.crafted import book
from tracker.errors import BookChangedError, RefusedError, UnsuitableFileError
from tracker.opc import swap as swapping
from tracker.opc.save import BookFile, write_new
from tracker.opc.swap import exchange

OLD, NEW = book("old"), book("new")
Rim = tuple[Any, str]
RIMS: list[Rim] = [(os, "replace"), (os, "rename"), (os, "open")]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there it is the real thing")


def cannot(_a: Path, _b: Path) -> bool:
    return False


def sharing(number: int) -> PermissionError:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = number  # type: ignore[attr-defined] # Windows alone has it
    return error


def failing(real: Callable[..., Any], marks: tuple[str, ...], times: int, number: int) -> Any:
    """`real`, whose first calls about one of our working files or the book fail."""
    left = times

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        if left and str(args[0]).endswith(marks):
            left -= 1
            raise sharing(number)
        return real(*args, **kwargs)

    return call


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(swapping, "_PATIENCE", 0.3)
    monkeypatch.setattr(swapping, "_PAUSE", 0.01)
    path = tmp_path / "d" / "账本.xlsx"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def commit(path: Path, rim: Rim, times: int, number: int, patch: pytest.MonkeyPatch) -> None:
    module, name = rim
    with (
        BookFile.open(path, state=path.parents[1] / "state", swap=cannot) as f,
        patch.context() as m,
    ):
        m.setattr(module, name, failing(getattr(module, name), (".part", ".swap"), times, number))
        f.commit(NEW, bytes)


@pytest.mark.parametrize("number", [5, 32, 33])
@pytest.mark.parametrize("rim", RIMS, ids=lambda r: r[1])
def test_a_moment_is_outlasted(
    path: Path, rim: Rim, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(path, rim, 3, number, monkeypatch)
    assert path.read_bytes() == NEW
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("number", [5, 32, 33])
@pytest.mark.parametrize("rim", RIMS, ids=lambda r: r[1])
def test_what_stays_held_is_refused(
    path: Path, rim: Rim, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RefusedError) as caught:
        commit(path, rim, 10_000, number, monkeypatch)
    assert caught.value.exit_code == 3
    assert "cannot access the file" in caught.value.message("en")
    assert "占用" in caught.value.message("zh")
    assert path.read_bytes() == OLD
    assert list(path.parent.iterdir()) == [path]


def test_another_permission_error_is_not_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_PATIENCE", 600.0)
    with pytest.raises(RefusedError):
        commit(path, (os, "replace"), 1, 1314, monkeypatch)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("number", [5, 32, 33])
def test_an_exchange_that_meets_a_holder_is_refused(path: Path, number: int) -> None:
    def held(_a: Path, _b: Path) -> bool:
        raise sharing(number)

    with (
        BookFile.open(path, state=path.parents[1] / "state", swap=held) as f,
        pytest.raises(RefusedError, match="cannot access"),
    ):
        f.commit(NEW, bytes)
    assert path.read_bytes() == OLD
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("times", "right"), [(3, True), (10_000, False)])
def test_a_book_that_a_scanner_reads_counts_as_unchanged_once_it_lets_go(
    path: Path, times: int, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BookFile.open(path, state=path.parents[1] / "state") as f, monkeypatch.context() as m:
        m.setattr(io, "open", failing(io.open, (path.name,), times, 32))
        if right:
            assert f.commit(NEW, bytes)
        else:
            with pytest.raises(BookChangedError):
                f.commit(NEW, bytes)
    assert path.read_bytes() == (NEW if right else OLD)


@pytest.mark.parametrize("number", [32, 33])
@pytest.mark.parametrize("times", [3, 10_000])
def test_a_book_that_another_program_keeps_to_itself(
    path: Path, times: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = path.parents[1] / "state"
    with monkeypatch.context() as m:
        m.setattr(io, "open", failing(io.open, (path.name,), times, number))
        if times < 10:
            with BookFile.open(path, state=state) as f:
                assert f.data == OLD
        else:
            with (
                pytest.raises(RefusedError, match="another program"),
                BookFile.open(path, state=state),
            ):
                pass


def test_a_book_that_may_not_be_read_is_unsuitable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as m:
        m.setattr(io, "open", failing(io.open, (path.name,), 10_000, 5))
        with (
            pytest.raises(UnsuitableFileError, match="no permission"),
            BookFile.open(path, state=path.parents[1] / "state"),
        ):
            pass


def test_a_new_file_outlasts_a_moment_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", failing(os.open, (".part",), 3, 5))
    write_new(path.with_name("new.xlsx"), NEW)
    assert path.with_name("new.xlsx").read_bytes() == NEW


class Mac:
    """libc of macOS, as far as rename(2) there tells: flag 2 swaps, an errno on failure."""

    def __init__(self, code: int = 0) -> None:
        self._code = code

    def renamex_np(self, a: bytes, b: bytes, flags: ctypes.c_uint) -> int:
        assert flags.value == 2
        if self._code:
            ctypes.set_errno(self._code)
            return -1
        one, other = Path(os.fsdecode(a)), Path(os.fsdecode(b))
        middle = one.with_name("middle")
        one.rename(middle)
        other.rename(one)
        middle.rename(other)
        return 0


class OldMac:
    """A libc without renamex_np, which came with macOS 10.12."""


def on_mac(patch: pytest.MonkeyPatch, libc: object) -> None:
    patch.setattr(sys, "platform", "darwin")
    patch.setattr(ctypes, "CDLL", lambda *_args, **_more: libc)


def test_mac_exchanges(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as m:
        on_mac(m, Mac())
        with BookFile.open(path, state=path.parents[1] / "state") as f:
            assert f.commit(NEW, bytes)
    assert path.read_bytes() == NEW
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("libc", [Mac(errno.ENOTSUP), Mac(errno.EINVAL), OldMac()])
def test_mac_on_a_disk_or_system_that_cannot(
    path: Path, libc: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = path.with_name("other.xlsx")
    other.write_bytes(NEW)
    with monkeypatch.context() as m:
        on_mac(m, libc)
        assert not exchange(other, path)
    assert (path.read_bytes(), other.read_bytes()) == (OLD, NEW)


def test_mac_with_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as m:
        on_mac(m, Mac(errno.EIO))
        with pytest.raises(OSError, match=r".") as caught:
            exchange(path.with_name("other.xlsx"), path)
    assert caught.value.errno == errno.EIO
