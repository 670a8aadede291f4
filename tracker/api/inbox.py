"""The folder `tracker-inbox` beside a workbook: bundles that wait, and those that were taken in.

`waiting` is cheap and imports nothing heavy: it may be asked before anything else is done.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as having
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api.conffile import INBOX, TAKEN

if TYPE_CHECKING:
    from tracker.bundles.codec import Flaw
    from tracker.bundles.model import Bundle

_NAME = re.compile(r"([0-9a-f]{12})-(\d{4,9})\.json", re.I)
_START = 12  # characters of a workbook's id in the name of its bundles
_BOOKS = (".xlsx", ".xlsm")


@dataclass
class Post:
    """What lies in the inbox for a workbook.

    Attributes:
        bundles: those that can be read, with their files; some may be taken in already.
        flawed: files that cannot be read, and why.
        strangers: bundles of other workbooks that nobody here can be meant by.
    """

    bundles: list[tuple[Path, Bundle]] = having(default_factory=list)
    flawed: list[tuple[Path, Flaw]] = having(default_factory=list)
    strangers: list[Path] = having(default_factory=list)


def waiting(path: Path, workbook: str = "") -> bool:
    """Whether bundles lie in the inbox beside a workbook, taken ones apart.

    With the workbook's id, bundles that are named for another one do not count.
    """
    return any(not workbook or _may_be_for(n, workbook) for n in _names(inbox(path)))


def inbox(path: Path) -> Path:
    """The inbox of a workbook, links followed; it may not be there."""
    return Path(os.path.realpath(path)).parent / INBOX


def bundle_name(workbook: str, number: int) -> str:
    """File name of a bundle: whose it is and its number."""
    return f"{workbook[:_START]}-{number:04d}.json"


def numbers(folder: Path, workbook: str) -> Iterator[int]:
    """Numbers of the bundles of a workbook in a folder, going by their names."""
    for m in filter(None, map(_NAME.fullmatch, _names(folder))):
        if m[1].lower() == workbook[:_START]:
            yield int(m[2])


def collect(path: Path, workbook: str, last: int, folders: Iterable[Path] = ()) -> Post:
    """Read what lies in the inbox of a workbook, and of what was taken the later numbers.

    A workbook that was brought back to an earlier version finds there what it lacks again.

    Args:
        path: the workbook.
        workbook: its id.
        last: number of the bundle that it took in last.
        folders: further folders to look into.
    """
    post, box = Post(), inbox(path)
    for name in _names(box):
        _read(box / name, workbook, post, lambda: _is_alone(path))
    for folder in (box / TAKEN, *folders):
        for name in _names(folder):
            m = _NAME.fullmatch(name)
            if m and m[1].lower() == workbook[:_START] and int(m[2]) > last:
                _read(folder / name, workbook, post, lambda: False)
    return post


def put_away(files: Iterable[Path]) -> None:
    """Move bundles that were taken in aside. What the system will not move stays where it is."""
    for file in files:
        if file.parent.name != TAKEN:
            with suppress(OSError):
                (file.parent / TAKEN).mkdir(exist_ok=True)
                file.replace(file.parent / TAKEN / file.name)


def _names(folder: Path) -> list[str]:
    """Names of the bundle files in a folder, in order."""
    try:
        found = [p.name for p in folder.iterdir()]
    except OSError:
        return []
    return sorted(n for n in found if n.lower().endswith(".json") and not n.startswith("."))


def _may_be_for(name: str, workbook: str) -> bool:
    m = _NAME.fullmatch(name)
    return m is None or m[1].lower() == workbook[:_START]


def _read(file: Path, workbook: str, post: Post, is_alone: Callable[[], bool]) -> None:
    """Read one file into the post; one that is named for another workbook is not opened."""
    if not _may_be_for(file.name, workbook):
        if is_alone():
            post.strangers.append(file)
        return
    from tracker.bundles.codec import MOST_BYTES, Flaw, decode

    try:
        large = file.stat().st_size > MOST_BYTES
        found = Flaw("太大", "it is too large") if large else decode(file.read_bytes())
    except OSError as e:
        why = e.strerror or str(e)
        found = Flaw(f"读不出来（{why}）", f"it cannot be read ({why})")
    if isinstance(found, Flaw):
        post.flawed.append((file, found))
    elif found.workbook != workbook:
        post.strangers.append(file)
    else:
        post.bundles.append((file, found))


def _is_alone(path: Path) -> bool:
    """Whether no other workbook lies in the folder, for which bundles could be meant."""
    folder = Path(os.path.realpath(path)).parent
    with suppress(OSError):
        names = [p.name for p in folder.iterdir() if p.name.lower().endswith(_BOOKS)]
        return sum(not n.startswith(("~$", ".~")) for n in names) < 2
    return False
