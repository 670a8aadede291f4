"""The files that paths and folders name, for commands over many workbooks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from tracker.api.conffile import INBOX
from tracker.errors import UnsuitableFileError

_BOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
_OTHERS = frozenset({".xls", ".xlsb", ".ods", ".et", ".numbers"})
_OWNERS = ("~$", ".~lock.")
_STUB = re.compile(r"\.(.+\.xls[xm])\.icloud", re.IGNORECASE)
"""What stands for a workbook that a Mac has moved into the cloud."""


def workbooks(paths: Sequence[Path], leave_out: Iterable[Path] = ()) -> dict[str, Path]:
    """Every workbook that the paths name, files as they are and folders with all below them.

    Files of other table formats are listed too, so that nobody misses them in silence, and so are
    folders that cannot be read and workbooks that are only in the cloud; owner files, hidden folders
    and `tracker-inbox` are passed over. The same file named twice counts once.

    Args:
        paths: files and folders. Raises UnsuitableFileError for one that does not exist.
        leave_out: files that are not taken up where a folder holds them.

    Returns:
        Name -> path. The name is the path below the folder that all files have in common, with
        "/", so that it depends neither on the order of the paths nor on where they lie; the whole
        path where they lie on several drives.
    """
    out = {_real(p) for p in leave_out}
    found = dict[Path, Path]()
    for path in paths:
        for file in _files(path):
            real = _real(file)
            if real not in out or file == path:
                found.setdefault(real, real)
    if not found:
        return {}
    top = shared_folder([f.parent for f in found])
    return {(f.relative_to(top) if top else f).as_posix(): f for f in sorted(found)}


def shared_folder(folders: Iterable[PurePath]) -> PurePath | None:
    """The lowest folder in which all of some absolute folders lie; None across drives."""
    first, *others = dict.fromkeys(folders)
    above = (first, *first.parents)
    return next((p for p in above if all(f.is_relative_to(p) for f in others)), None)


def way(file: PurePath, start: PurePath) -> str:
    """How to reach a file from a folder, with "/"; the whole path on another drive."""
    top = shared_folder([file.parent, start])
    if top is None:
        return file.as_posix()
    up = len(start.relative_to(top).parts)
    return "../" * up + file.relative_to(top).as_posix()


def _files(path: Path) -> Iterator[Path]:
    if is_folder(path) and path.suffix.lower() != ".numbers":
        yield from _below(path)
    elif _is_there(path):
        yield path
    else:
        raise UnsuitableFileError(
            path=path, zh="找不到这个文件或文件夹；请检查路径",
            en="no such file or folder; check the path",
        )  # fmt: skip


def is_folder(path: Path) -> bool:
    """Whether it is a folder; what cannot be looked at is none."""
    with suppress(OSError):
        return path.is_dir()
    return False


def _is_there(path: Path) -> bool:
    """Whether it is there, or nobody can tell for want of permission."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True


def _below(folder: Path) -> Iterator[Path]:
    """The tables below a folder; a folder that cannot be read comes itself, so that it is named."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        stub = _STUB.fullmatch(entry.name)
        if stub:
            yield entry.with_name(stub[1])  # reading it says that it is in the cloud
        hidden = entry.name.startswith((".", *_OWNERS)) or entry.name == INBOX
        if hidden:
            continue
        if entry.suffix.lower() in _BOOKS | _OTHERS:
            yield entry
        elif is_folder(entry) and not entry.is_symlink():
            yield from _below(entry)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def none_usable(
    paths: Iterable[Path], first: tuple[str, Mapping[str, str]] | None, what: Mapping[str, str]
) -> UnsuitableFileError:
    """That nothing could be done with any workbook: `what`, with the name and reason of the first."""
    said = {"zh": "里面没有工作簿", "en": "no workbook in it"}
    if first:
        name, why = first
        said = {
            "zh": f"{what['zh']}（{name}：{why['zh']}）",
            "en": f"{what['en']} ({name}: {why['en']})",
        }
    return UnsuitableFileError(path=", ".join(map(str, paths)), zh=said["zh"], en=said["en"])
