"""Replacing a workbook on disk so that at any moment it is whole and nobody's work is lost.

The protocol (contract G4 to G6): a lock between runs, a look for owner files, the new version
written and synced beside the old one, the old one kept, a last look at both, the two names
swapped at one instant, and what came out compared with what was read. If it is foreign, another
program saved in between, and its version goes back. Checking and then renaming would lose it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from tracker.errors import (
    BookChangedError,
    BookOpenError,
    RefusedError,
    UnsuitableFileError,
)
from tracker.opc.leftovers import part_path, rescue, sweep
from tracker.opc.locks import held
from tracker.opc.owners import live_owner
from tracker.opc.preflight import check_bytes
from tracker.opc.readbook import read_file, require_file
from tracker.opc.swap import (
    EXCLUSIVE,
    exchange,
    patiently,
    replace,
    signals_held,
    sync_folder,
)
from tracker.opc.temp import refuse_unwritable, refusing, rename_new, write_temp
from tracker.opc.trylock import book_lock_name

Exchange = Callable[[Path, Path], bool]


class BookFile:
    """A workbook that is held for a change; `open` makes one.

    Attributes:
        path: as given, for messages.
        real: with links followed; a link stays a link.
        data: the bytes as read, after a commit those written.
        saved: whether a commit replaced the file, true even where a held signal follows.
        rescued: files with somebody's work, found left over or saved in the moment of a swap,
            that now lie under visible names beside the workbook.
    """

    def __init__(
        self, path: Path, real: Path, data: bytes, *, ignore_owner: bool, swap: Exchange
    ) -> None:
        self.path = path
        self.real = real
        self.data = data
        self.saved = False
        self.rescued: list[Path] = []
        self._ignore_owner = ignore_owner
        self._exchange = swap

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path,
        *,
        ignore_owner: bool = False,
        wait: float = 0.0,
        state: Path | None = None,
        swap: Exchange = exchange,
        check: Callable[[Path, bytes], None] = check_bytes,
    ) -> Iterator[Self]:
        """Lock and read a workbook for the time of a `with` block.

        Without a commit nothing is touched but the leftovers of a killed run.

        Args:
            path: the workbook, or a link to it.
            ignore_owner: go on although an owner file says that it is open elsewhere.
            wait: seconds to wait for another run of this program.
            state: the state folder, by default the user's.
            swap: swaps two names, or answers False for "not here": then the name is replaced,
                and only the check right before stands against another program.
            check: the pre-flight of the bytes.

        Raises:
            UnsuitableFileError: it cannot be read or is no workbook.
            BookLockedError: another run holds it.
            BookOpenError: another program has it open.
            RefusedError: the state folder cannot be written, or (on Windows) another program
                keeps the file to itself.
        """
        require_file(path)
        real = Path(os.path.realpath(path))
        with held(book_lock_name(str(real)), path, wait=wait, state=state):
            rescued = sweep(real)
            if not ignore_owner:
                refuse_open(path)
            data = _read(path)
            check(path, data)
            book = cls(path, real, data, ignore_owner=ignore_owner, swap=swap)
            book.rescued += rescued
            yield book

    def commit(self, new: bytes, keep: Callable[[bytes], object]) -> bool:
        """Put `new` in the place of what was read.

        Args:
            new: the whole workbook, verified.
            keep: stores the previous bytes durably; called before the swap. What it raises
                stops the commit (an OSError as a RefusedError).

        Returns:
            False where `new` is what is there already: then nothing is touched.

        Raises:
            BookChangedError: the file is no longer what was read.
            BookOpenError: it was opened in another program meanwhile.
            RefusedError: read-only, full disk, and whatever else the system refuses.
        """
        if new == self.data:
            return False
        self._refuse_changed()
        refuse_unwritable(self.real)
        part = part_path(self.real, self.data, new)
        try:
            with refusing(self.path):
                write_temp(part, new, like=self.real)
                keep(self.data)
            self._refuse_changed()
            with signals_held():
                self._put(part, new)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return True

    def _refuse_changed(self) -> None:
        if not self._ignore_owner:
            refuse_open(self.path)
        try:
            same = Path(os.path.realpath(self.path)) == self.real
            same = same and patiently(self.real.read_bytes) == self.data
        except OSError:
            same = False
        if not same:
            raise BookChangedError(path=self.path)

    def _put(self, part: Path, new: bytes) -> None:
        """Swap the new version in; the caller holds signals off."""
        swap = part.with_suffix(".swap")
        with refusing(self.path):
            patiently(lambda: part.rename(swap))
            sync_folder(swap.parent)
            try:
                swapped = self._exchange(swap, self.real)
                if not swapped:
                    replace(swap, self.real)
            except OSError as e:
                swap.unlink(missing_ok=True)
                if isinstance(e, FileNotFoundError):
                    raise BookChangedError(path=self.path) from None
                raise
        if swapped:
            self._settle(swap, new)
        sync_folder(self.real.parent)
        self.data, self.saved = new, True

    def _settle(self, swap: Path, new: bytes) -> None:
        """Look at what the swap brought out, and give it back its place if it is foreign."""
        sync_folder(swap.parent)
        try:
            came_out = swap.read_bytes()
        except OSError:
            return  # the file stays, and the next run's sweep looks again
        if came_out != self.data:
            self._give_back(swap, new)
            raise BookChangedError(path=self.path)
        with suppress(OSError):
            swap.unlink()

    def _give_back(self, swap: Path, new: bytes) -> None:
        with suppress(OSError):  # the name is gone: what came out is rescued below
            self._exchange(swap, self.real)
        with suppress(OSError):
            if swap.read_bytes() == new:
                swap.unlink()
            else:
                self.rescued.append(rescue(self.real, swap))
        sync_folder(swap.parent)


def refuse_open(path: Path) -> None:
    """BookOpenError where an owner file that is not certainly left over lies beside `path`."""
    owner = live_owner(path)
    if owner:
        raise BookOpenError(path=path, who=owner.who, owner_file=owner.file.name)


def _read(path: Path) -> bytes:
    """As `read_file`; RefusedError where on Windows another program keeps the file to itself."""
    try:
        return read_file(path)
    except UnsuitableFileError as e:
        if getattr(e.__context__, "winerror", None) not in EXCLUSIVE:
            raise
    with refusing(path):
        patiently(path.read_bytes)
    return read_file(path)


def write_new(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file that is whole or not there at all; an existing one only if told.

    Raises:
        UnsuitableFileError: the folder that it is to stand in does not exist.
        RefusedError: it exists already, is a folder or read-only, or the system refuses.
        BookOpenError: it is to be overwritten and open in another program.
    """
    real = Path(os.path.realpath(path))
    exists = os.path.lexists(real)
    if not real.parent.is_dir():
        raise UnsuitableFileError(
            path=path,
            zh=f"文件夹 {path.parent} 不存在；请先建立它，或换一个位置",
            en=f"the folder {path.parent} does not exist; make it first, or name another",
        )
    if exists:
        _refuse_existing(path, real, overwrite=overwrite)
    part = part_path(real, b"", data)
    with refusing(path), signals_held():
        write_temp(part, data, like=real if exists else None)
        try:
            if exists:
                replace(part, real)
            else:
                rename_new(part, real)
        except FileExistsError:
            raise _exists(path) from None
        finally:
            part.unlink(missing_ok=True)
        sync_folder(real.parent)


def _refuse_existing(path: Path, real: Path, *, overwrite: bool) -> None:
    if real.is_dir():
        raise RefusedError(
            path=path,
            zh="这是文件夹；请写明文件名",
            en="this is a folder; give a file name",
        )
    if not overwrite:
        raise _exists(path)
    refuse_open(path)
    refuse_unwritable(real)


def _exists(path: Path) -> RefusedError:
    return RefusedError(
        path=path,
        zh="文件已存在；请换一个文件名，或先移走它",
        en="the file exists already; choose another name, or move it away first",
    )
