"""Contents on disk, filed under their SHA-256, so equal ones are stored once."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.errors import UnsuitableFileError
from tracker.opc.statedir import private_dir
from tracker.opc.swap import replace, sync_folder
from tracker.opc.temp import older, write_temp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


def sha256(data: bytes) -> str:
    """Hex digest under which a content is filed."""
    return hashlib.sha256(data).hexdigest()


def durable_dir(folder: Path) -> Path:
    """Make a private folder whose name outlasts a power cut, and return it."""
    missing = [f for f in (folder, *folder.parents) if not f.is_dir()]
    private_dir(folder)
    for made in missing:
        sync_folder(made.parent)
    return folder


def place(target: Path, data: bytes) -> None:
    """Write a private file that is whole or not there; its folder is made. Durable on return."""
    folder = durable_dir(target.parent)
    temp = folder / f".{secrets.token_hex(8)}.part"
    write_temp(temp, data, mode=0o600)
    replace(temp, target)
    sync_folder(folder)


class Objects:
    """The contents below a folder. Nothing is made before `add`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, sha: str) -> Path:
        """Where a content is stored, or would be."""
        return self._folder / sha[:2] / sha

    def add(self, data: bytes) -> str:
        """Store a content, in the place of a damaged one; returns its digest."""
        sha = sha256(data)
        target = self.file(sha)
        if not target.is_file() or target.read_bytes() != data:
            place(target, data)
        return sha

    def size(self, sha: str) -> int | None:
        """Bytes of a content; None where it is not stored."""
        file = self.file(sha)
        return file.stat().st_size if file.is_file() else None

    def read(self, sha: str) -> bytes:
        """A content, checked against its digest.

        Raises:
            UnsuitableFileError: it is not there (pruned) or damaged.
        """
        file = self.file(sha)
        try:
            data = file.read_bytes()
        except OSError:
            raise UnsuitableFileError(
                path=file,
                zh="历史中没有这一版本，可能已超过保留期",
                en="this version is not in the history, perhaps past its retention",
            ) from None
        if sha256(data) != sha:
            raise UnsuitableFileError(
                path=file,
                zh="历史中的这一版本已损坏，无法恢复",
                en="this version in the history is damaged and cannot be restored",
            )
        return data

    def drop(self, shas: Iterable[str]) -> dict[str, int]:
        """Remove contents; returns the bytes of each that was there."""
        gone = {}
        for sha in sorted(shas):
            with suppress(OSError):
                size = self.size(sha)
                if size is not None:
                    self.file(sha).unlink()
                    gone[sha] = size
        return gone

    def stored(self, before: float = float("inf")) -> set[str]:
        """Digests of the contents last written before a moment (epoch seconds)."""
        files = older(self._folder.glob("??/*"), before)
        return {f.name for f in files if _DIGEST.fullmatch(f.name)}
