"""Names of files, and the ways to them, on whatever drives they lie."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from tracker.api.gather import shared_folder, way, workbooks
from tracker.errors import UnsuitableFileError
from tracker.opc.readbook import read_file

_C, _D = PureWindowsPath("C:/Team"), PureWindowsPath("D:/")


@pytest.mark.parametrize(
    ("folders", "top"),
    [
        ([PurePosixPath("/t/a"), PurePosixPath("/t/b/c")], PurePosixPath("/t")),
        ([PurePosixPath("/t/a")], PurePosixPath("/t/a")),
        ([PurePosixPath("/x"), PurePosixPath("/y")], PurePosixPath("/")),
        ([_C / "east", PureWindowsPath("c:/team/West")], _C),
        ([_C, _D], None),
        ([PureWindowsPath("//nas/share/east"), _C], None),
    ],
)
def test_the_folder_that_all_have_in_common(folders: list[PurePath], top: PurePath | None) -> None:
    assert shared_folder(folders) == top
    assert shared_folder(reversed(folders)) == top


@pytest.mark.parametrize(
    ("file", "start", "found"),
    [
        (PurePosixPath("/t/a/b.xlsx"), PurePosixPath("/t/a"), "b.xlsx"),
        (PurePosixPath("/t/a/b.xlsx"), PurePosixPath("/t/o/p"), "../../a/b.xlsx"),
        (_C / "b.xlsx", _C / "out", "../b.xlsx"),
        (_D / "队" / "b.xlsx", _C / "out", "D:/队/b.xlsx"),
    ],
)
def test_the_way_to_a_file(file: PurePath, start: PurePath, found: str) -> None:
    assert way(file, start) == found


def test_what_cannot_be_read_yet_is_named_among_the_others(tmp_path: Path) -> None:
    for name in ("a.xlsx", ".b.xlsx.icloud", "~$a.xlsx", ".DS_Store", "notes.icloud"):
        (tmp_path / name).write_bytes(b"")
    found = workbooks([tmp_path])
    assert list(found) == ["a.xlsx", "b.xlsx"]
    with pytest.raises(UnsuitableFileError, match="cloud"):
        read_file(found["b.xlsx"])


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    found = workbooks([tmp_path / ("长" * 300 + ".xlsx")])
    with pytest.raises(UnsuitableFileError):
        read_file(next(iter(found.values())))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="no folder is closed to this user")
def test_a_folder_that_cannot_be_read_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.xlsx").write_bytes(b"")
    (tmp_path / "closed").chmod(0)
    try:
        found = workbooks([tmp_path])
        assert list(found) == ["a.xlsx", "closed"]
        with pytest.raises(UnsuitableFileError, match="no permission"):
            read_file(found["closed"])
        assert workbooks([tmp_path / "closed" / "b.xlsx"])
    finally:
        (tmp_path / "closed").chmod(0o700)
