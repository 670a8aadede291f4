"""Names of files, and the ways to them, on whatever drives they lie."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from tracker.api.gather import shared_folder, way

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
