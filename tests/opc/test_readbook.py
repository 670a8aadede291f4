from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.opc.crafted import book
from tracker.errors import UnsuitableFileError
from tracker.opc.preflight import MAX_FILE
from tracker.opc.readbook import read_book, read_file, require_file


def refusal(path: Path) -> str:
    with pytest.raises(UnsuitableFileError) as caught:
        read_book(path)
    assert caught.value.message("zh").startswith(f"{path}：")
    return caught.value.message("en")


def test_gives_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "账本.xlsx"
    path.write_bytes(book("x"))
    assert read_book(path) == book("x")


def test_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(book())
    (tmp_path / "link.xlsx").symlink_to("real.xlsx")
    assert read_book(tmp_path / "link.xlsx") == book()


def test_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)


def test_numbers_bundle(tmp_path: Path) -> None:
    (tmp_path / "a.numbers").mkdir()
    assert "Numbers" in refusal(tmp_path / "a.numbers")


def test_missing(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.xlsx")


def test_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to("none.xlsx")
    assert "no such file" in refusal(tmp_path / "link.xlsx")


def test_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").symlink_to("a.xlsx")
    assert "cannot be read" in refusal(tmp_path / "a.xlsx")


def test_impossible_name() -> None:
    assert "cannot be read" in refusal(Path("a\0.xlsx"))


def test_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert "cannot be read" in refusal(tmp_path / "a" / "b.xlsx")


@pytest.mark.parametrize("name", ["~$book.xlsx", ".~lock.book.xlsx#"])
def test_owner_file_names_the_workbook(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert "name book.xlsx instead" in refusal(tmp_path / name)


def test_too_large_is_told_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(b"")
    os.truncate(path, MAX_FILE + 1)
    assert "256 MB" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert "no ordinary file" in refusal(tmp_path / "pipe.xlsx")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book())
    path.chmod(0)
    assert "no permission" in refusal(path)


def test_read_file_does_not_judge_content(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"whatever")
    require_file(path)
    assert read_file(path) == b"whatever"
