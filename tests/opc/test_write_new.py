from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.opc.crafted import excel_owner
from tracker.errors import BookOpenError, RefusedError, UnsuitableFileError
from tracker.opc.save import write_new
from tracker.opc.temp import rename_new, write_temp

if TYPE_CHECKING:
    from pathlib import Path


def test_writes(tmp_path: Path) -> None:
    write_new(tmp_path / "新.html", b"x")
    assert (tmp_path / "新.html").read_bytes() == b"x"
    assert list(tmp_path.iterdir()) == [tmp_path / "新.html"]


@pytest.mark.skipif(os.name != "posix", reason="the umask is POSIX")
def test_obeys_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_new(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_does_not_overwrite_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(RefusedError, match="exists already"):
        write_new(path, b"new")
    assert path.read_bytes() == b"old"
    path.chmod(0o600)
    write_new(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_overwriting_respects_an_owner_file(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    (tmp_path / "~$a.xlsx").write_bytes(excel_owner("张三"))
    with pytest.raises(BookOpenError, match="张三"):
        write_new(tmp_path / "a.xlsx", b"new", overwrite=True)


def test_overwriting_respects_read_only(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    (tmp_path / "a.xlsx").chmod(0o444)
    with pytest.raises(RefusedError, match="read-only"):
        write_new(tmp_path / "a.xlsx", b"new", overwrite=True)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="folder"):
        write_new(tmp_path, b"x", overwrite=True)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnsuitableFileError, match="none does not exist"):
        write_new(tmp_path / "none" / "a.xlsx", b"x")


def test_writes_through_links(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real")
    write_new(tmp_path / "link", b"1")
    assert (tmp_path / "real").read_bytes() == b"1"
    write_new(tmp_path / "link", b"2", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_rename_new_never_replaces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "a", tmp_path / "b")
    rename_new(tmp_path / "a", tmp_path / "c")
    assert {p.name for p in tmp_path.iterdir()} == {"b", "c"}


def test_a_temp_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_temp(tmp_path / "a.part", b"x", like=tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
