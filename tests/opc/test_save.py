from __future__ import annotations

import os
import signal
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from tests.opc.crafted import book, excel_owner
from tracker.errors import (
    BookChangedError,
    BookLockedError,
    BookOpenError,
    RefusedError,
    UnsuitableFileError,
)
from tracker.opc.save import BookFile, Exchange
from tracker.opc.swap import exchange
from tracker.opc.temp import refuse_unwritable

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, FOREIGN = book("old"), book("new"), book("foreign")


def cannot(_a: Path, _b: Path) -> bool:
    return False


SWAPS: list[Exchange] = [exchange, cannot]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "d").mkdir()
    path = tmp_path / "d" / "账本.xlsx"
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("swap", SWAPS)
def test_commit(path: Path, state: Path, swap: Exchange) -> None:
    kept: list[bytes] = []
    with BookFile.open(path, state=state, swap=swap) as f:
        assert (f.data, f.saved) == (OLD, False)
        assert f.commit(NEW, kept.append)
        assert (f.data, f.saved) == (NEW, True)
        assert f.commit(FOREIGN, kept.append)
    assert path.read_bytes() == FOREIGN
    assert kept == [OLD, NEW]
    assert names(path.parent) == [path.name]


def test_nothing_is_touched_without_a_change(path: Path, state: Path) -> None:
    before = path.stat()
    path.chmod(0o444)
    with BookFile.open(path, state=state) as f:
        assert not f.commit(OLD, lambda _: pytest.fail("nothing to keep"))
        assert not f.saved
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_previous_bytes_are_kept_before_the_swap(path: Path, state: Path) -> None:
    seen: list[tuple[bytes, bytes]] = []
    with BookFile.open(path, state=state) as f:
        f.commit(NEW, lambda old: seen.append((old, path.read_bytes())))
    assert seen == [(OLD, OLD)]


def test_what_cannot_be_kept_is_not_replaced(path: Path, state: Path) -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with BookFile.open(path, state=state) as f, pytest.raises(RefusedError, match="No space"):
        f.commit(NEW, full)
    assert path.read_bytes() == OLD
    assert names(path.parent) == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_disk_that_takes_no_more(path: Path, state: Path) -> None:
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        with BookFile.open(path, state=state) as f:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
            try:
                with pytest.raises(RefusedError, match="free space"):
                    f.commit(NEW, bytes)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes() == OLD
        assert names(path.parent) == [path.name]


def test_a_link_stays_a_link(path: Path, state: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    with BookFile.open(link, state=state) as f:
        f.commit(NEW, bytes)
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert names(path.parent) == [path.name]


def test_a_link_and_its_book_share_a_lock(path: Path, state: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    with (
        BookFile.open(path, state=state),
        pytest.raises(BookLockedError),
        BookFile.open(link, state=state),
    ):
        pass


def test_a_link_turned_elsewhere_is_a_change(path: Path, state: Path, tmp_path: Path) -> None:
    link, other = tmp_path / "link.xlsx", tmp_path / "other.xlsx"
    other.write_bytes(OLD)
    link.symlink_to(path)
    with BookFile.open(link, state=state) as f:
        link.unlink()
        link.symlink_to(other)
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
    assert path.read_bytes() == other.read_bytes() == OLD


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("swap", SWAPS)
def test_mode_and_owner_stay(path: Path, state: Path, swap: Exchange) -> None:
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    before = path.stat()
    with BookFile.open(path, state=state, swap=swap) as f:
        f.commit(NEW, bytes)
    after = path.stat()
    assert (before.st_mode, before.st_uid, before.st_gid) == (
        after.st_mode,
        after.st_uid,
        after.st_gid,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are read on Linux only")
def test_extended_attributes_stay(path: Path, state: Path) -> None:
    if sys.platform == "linux":
        try:
            os.setxattr(path, "user.tag", b"\x01red")
        except OSError as e:
            pytest.skip(f"no extended attributes on this mount: {e}")
        with BookFile.open(path, state=state) as f:
            f.commit(NEW, bytes)
        assert os.getxattr(path, "user.tag") == b"\x01red"


def test_read_only_file_is_refused(path: Path, state: Path) -> None:
    path.chmod(0o444)
    with BookFile.open(path, state=state) as f, pytest.raises(RefusedError, match="read-only"):
        f.commit(NEW, bytes)
    assert path.read_bytes() == OLD


@pytest.mark.skipif(os.name != "posix", reason="folder modes are POSIX")
def test_read_only_folder_is_refused(path: Path, state: Path) -> None:
    path.parent.chmod(0o555)
    try:
        with BookFile.open(path, state=state) as f, pytest.raises(RefusedError) as caught:
            f.commit(NEW, bytes)
    finally:
        path.parent.chmod(0o755)
    assert "not writable" in caught.value.message("en")
    assert caught.value.exit_code == 3
    assert path.read_bytes() == OLD


def test_a_file_that_the_system_tells_nothing_about(path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot be written") as caught:
        refuse_unwritable(path.with_name("gone.xlsx"))
    assert caught.value.exit_code == 3


def test_hard_links_are_not_parted(path: Path, state: Path) -> None:
    path.with_name("other.xlsx").hardlink_to(path)
    with BookFile.open(path, state=state) as f, pytest.raises(RefusedError, match="2 hard links"):
        f.commit(NEW, bytes)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("mark", ["~$账本.xlsx", ".~lock.账本.xlsx#"])
def test_open_elsewhere(path: Path, state: Path, mark: str) -> None:
    content = excel_owner("张三") if mark[0] == "~" else "张三,z,elsewhere,x,y;".encode()
    path.with_name(mark).write_bytes(content)
    with pytest.raises(BookOpenError) as caught, BookFile.open(path, state=state):
        pass
    assert "张三" in caught.value.message("zh")
    assert mark in caught.value.message("zh")
    with BookFile.open(path, state=state, ignore_owner=True) as f:
        assert f.commit(NEW, bytes)
    assert path.read_bytes() == NEW


def test_opened_meanwhile(path: Path, state: Path) -> None:
    with BookFile.open(path, state=state) as f:
        path.with_name(f"~${path.name}").write_bytes(excel_owner("张三"))
        with pytest.raises(BookOpenError):
            f.commit(NEW, bytes)
    assert path.read_bytes() == OLD


def test_opened_while_the_old_bytes_are_kept(path: Path, state: Path) -> None:
    mark = path.with_name(f"~${path.name}")
    with BookFile.open(path, state=state) as f, pytest.raises(BookOpenError):
        f.commit(NEW, lambda _: mark.write_bytes(excel_owner("张三")))
    assert path.read_bytes() == OLD
    assert names(path.parent) == sorted([path.name, mark.name])


def test_changed_meanwhile(path: Path, state: Path) -> None:
    with BookFile.open(path, state=state) as f:
        path.write_bytes(FOREIGN)
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
    assert path.read_bytes() == FOREIGN
    assert names(path.parent) == [path.name]


def test_gone_meanwhile(path: Path, state: Path) -> None:
    with BookFile.open(path, state=state) as f:
        path.unlink()
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
    assert names(path.parent) == []


def save_as_editors_do(path: Path, data: bytes) -> None:
    path.with_name("editor.tmp").write_bytes(data)
    path.with_name("editor.tmp").replace(path)


needs_exchange = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="no atomic swap on this system"
)


@needs_exchange
def test_a_save_in_the_moment_of_the_swap_wins(path: Path, state: Path) -> None:
    calls = 0

    def late(a: Path, b: Path) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            save_as_editors_do(path, FOREIGN)
        return exchange(a, b)

    with BookFile.open(path, state=state, swap=late) as f:
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
        assert not f.saved
        assert f.rescued == []
    assert path.read_bytes() == FOREIGN
    assert names(path.parent) == [path.name]


@needs_exchange
def test_two_saves_around_the_swap_are_both_there(path: Path, state: Path) -> None:
    foreign = iter([FOREIGN, book("another")])

    def haunted(a: Path, b: Path) -> bool:
        save_as_editors_do(path, next(foreign))
        return exchange(a, b)

    with BookFile.open(path, state=state, swap=haunted) as f:
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
        (rescued,) = f.rescued
    assert path.read_bytes() == FOREIGN
    assert rescued.read_bytes() == book("another")
    assert names(path.parent) == sorted([path.name, rescued.name])


@needs_exchange
def test_a_book_moved_away_after_the_swap(path: Path, state: Path) -> None:
    calls = 0

    def mover(a: Path, b: Path) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            save_as_editors_do(path, FOREIGN)
        else:
            path.rename(path.with_name("moved.xlsx"))
        return exchange(a, b)

    with BookFile.open(path, state=state, swap=mover) as f:
        with pytest.raises(BookChangedError):
            f.commit(NEW, bytes)
        (rescued,) = f.rescued
    assert rescued.read_bytes() == FOREIGN
    assert path.with_name("moved.xlsx").read_bytes() == NEW


@pytest.mark.parametrize("swap", SWAPS)
def test_gone_in_the_moment_of_the_swap(path: Path, state: Path, swap: Exchange) -> None:
    def vanish(a: Path, b: Path) -> bool:
        path.unlink()
        a.unlink()
        return swap(a, b)

    with BookFile.open(path, state=state, swap=vanish) as f, pytest.raises(BookChangedError):
        f.commit(NEW, bytes)
    assert names(path.parent) == []


def test_a_swap_that_fails_is_a_refusal(path: Path, state: Path) -> None:
    def broken(_a: Path, _b: Path) -> bool:
        raise OSError(5, "Input/output error")

    with BookFile.open(path, state=state, swap=broken) as f:
        with pytest.raises(RefusedError, match="Input/output"):
            f.commit(NEW, bytes)
        assert not f.saved
    assert path.read_bytes() == OLD
    assert names(path.parent) == [path.name]


def test_a_signal_in_the_swap_comes_after_it(path: Path, state: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where it came ignored

    def interrupted(a: Path, b: Path) -> bool:
        signal.raise_signal(signal.SIGINT)
        return exchange(a, b)

    with BookFile.open(path, state=state, swap=interrupted) as f:
        with pytest.raises(KeyboardInterrupt):
            f.commit(NEW, bytes)
        assert f.saved
    assert path.read_bytes() == NEW
    assert names(path.parent) == [path.name]


def test_an_interrupt_before_the_swap_leaves_the_old_book(path: Path, state: Path) -> None:
    def interrupt(_: bytes) -> None:
        raise KeyboardInterrupt

    with BookFile.open(path, state=state) as f, pytest.raises(KeyboardInterrupt):
        f.commit(NEW, interrupt)
    assert path.read_bytes() == OLD
    assert names(path.parent) == [path.name]


def test_unsuitable_files(path: Path, state: Path) -> None:
    path.write_bytes(b"a,b\n")
    for bad in (path, path.parent, path.with_name("none.xlsx")):
        with pytest.raises(UnsuitableFileError), BookFile.open(bad, state=state):
            pass
    with BookFile.open(path, state=state, check=lambda _path, _data: None) as f:
        assert f.data == b"a,b\n"


def test_a_name_as_long_as_names_can_be(path: Path, state: Path) -> None:
    long = path.with_name("长" * 83 + ".xlsx")
    path.rename(long)
    with BookFile.open(long, state=state) as f:
        f.commit(NEW, bytes)
    assert names(long.parent) == [long.name]
    assert stat.S_ISREG(long.stat().st_mode)
