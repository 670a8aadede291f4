"""Answers that were given, kept so that the same question over unchanged workbooks costs a hash.

An answer is what a command printed and its exit code. It is kept where both follow from the bytes
of the workbooks and from the conditions alone, and nothing was left to write; personal values are
not in it. Imports next to nothing, since what is answered from here needs nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat

from tracker.api.conditions import conditions
from tracker.api.conffile import INBOX, TAKEN, TIMEZONE, config_file, parsed
from tracker.opc.statedir import is_own, state_home
from tracker.opc.trylock import book_lock_name, lock_file, try_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FULL_RUN = "TRACKER_FULL_RUN"
"""Set to anything, it lets every run read and compute everything anew."""
_FOLDER, _FORMAT = "answers", b"tracker answer 1"
_MOST, _DAYS, _HOUR = 200, 40, 3600
_LONGEST = 1 << 20
_LARGEST = 256 << 20
_OWNERS = ("~${}", ".~{}", ".~lock.{}#")
_LEFTOVER = ".tracker-"


class Question:
    """A command over workbooks, asked at one moment under the conditions that hold then.

    Attributes:
        days: the day that each of the workbooks is computed for.
    """

    def __init__(
        self, asked: Sequence[str], books: Sequence[str], day: str | None, *, writes: bool
    ) -> None:
        """Raises what `conditions` raises.

        Args:
            asked: all of the command line and of the terminal that shows in what is printed.
            books: the workbooks as they are named.
            day: None for today.
            writes: whether the command would write where anything changed.
        """
        self._asked, self._books, self._writes = asked, books, writes
        self.days = [day or _today(book) for book in books]
        self._conditions = self._hold()

    def _hold(self) -> list[str]:
        return [conditions(b, day) for b, day in zip(self._books, self.days, strict=True)]

    def answer(self) -> tuple[int, str] | None:
        """Exit code and text; None where the workbooks must be read."""
        if not os.path.isdir(_folder()):
            return None
        locks: list[int] = []
        try:
            digests = [self._digest(book, locks) for book in self._books]
            return _read(self._file(digests))
        except OSError:
            return None
        finally:
            for handle in locks:
                os.close(handle)

    def keep(self, digests: Sequence[str], code: int, text: str) -> None:
        """Keep the answer over workbooks whose bytes have these digests, if that may be.

        Not where the conditions changed meanwhile; a folder that cannot be written keeps nothing.
        """
        from contextlib import suppress
        from pathlib import Path

        from tracker.history.objects import place

        content = text.encode("utf-8", "surrogatepass")
        if len(content) > _LONGEST or not all(digests):
            return
        with suppress(OSError):
            if self._hold() == self._conditions:
                head = b" ".join((_FORMAT, str(code).encode(), _sha(content).encode()))
                place(Path(self._file(digests)), head + b"\n" + content)
                _thin_out()

    def _file(self, digests: Sequence[str]) -> str:
        about = (
            text
            for book, *rest in zip(self._books, digests, self._conditions, strict=True)
            for text in (book, *rest, *_bundles(book, TAKEN))
        )
        said = "\0".join((*self._asked, "", *about))
        return os.path.join(_folder(), _sha(said.encode("utf-8", "surrogatepass")))

    def _digest(self, book: str, locks: list[int]) -> str:
        """Digest of a workbook's bytes. OSError where anything about it is out of the ordinary."""
        real = os.path.realpath(book)
        found = os.stat(real)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST or _is_mark(book):
            raise OSError
        if _bundles(book):
            raise OSError
        if self._writes:
            _lock(real, locks)
            if any(_neighbours(book)) or any(_neighbours(real)):
                raise OSError
        with open(real, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()


def content_digest(data: bytes) -> str:
    """As `Question.keep` wants it."""
    return hashlib.sha256(data).hexdigest()


def forget() -> None:
    """Remove all answers. OSError where that cannot be."""
    if os.path.isdir(_folder()):
        for entry in list(os.scandir(_folder())):
            os.unlink(entry.path)


def _folder() -> str:
    return os.path.join(state_home(), _FOLDER)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _today(book: str) -> str:
    """The day it is in the time zone that holds for a workbook. ConfigError, ValueError."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    zone, found = TIMEZONE, config_file(book)
    if found:
        with open(found, "rb") as f:
            zone = str(parsed(f.read(), found).get("timezone", TIMEZONE))
    return datetime.now(ZoneInfo(zone)).date().isoformat()


def _lock(real: str, locks: list[int]) -> None:
    """Hold the lock of a workbook as a run would. OSError where another run holds it."""
    locks.append(os.open(lock_file(book_lock_name(real), state_home()), os.O_RDWR))
    if not try_lock(locks[-1]):
        raise OSError


def _bundles(book: str, *below: str) -> list[str]:
    """Names of the files in a workbook's inbox; those taken in count again after an undo."""
    folder = os.path.join(os.path.dirname(os.path.realpath(book)), INBOX, *below)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(n for n in names if n.lower().endswith(".json"))


def _is_mark(book: str) -> bool:
    return os.path.basename(book).startswith(("~$", ".~"))


def _neighbours(book: str) -> Iterator[str]:
    """Owner files of a workbook, and what killed runs left beside it: a whole run looks at those."""
    folder, name = os.path.split(book)
    marks = {mark.format(name).casefold() for mark in _OWNERS}
    for other in os.listdir(folder or "."):
        if other.startswith(_LEFTOVER) or other.casefold() in marks:
            yield other


def _read(file: str) -> tuple[int, str] | None:
    """An answer; None for a file that is not there, torn or another user's."""
    with open(file, "rb") as f:
        if not is_own(f.fileno()):
            return None
        head, _, content = f.read().partition(b"\n")
    mark, code, digest = head.rsplit(b" ", 2) if head.count(b" ") > 2 else (b"", b"", b"")
    if mark != _FORMAT or digest.decode() != _sha(content):
        return None
    return int(code), content.decode("utf-8", "surrogatepass")


def _thin_out() -> None:
    """Remove the oldest answers beyond a number and an age, and those never finished."""
    import time
    from pathlib import Path

    from tracker.opc.temp import sweep_parts

    now = time.time()
    sweep_parts(Path(_folder()), now - _HOUR)
    entries = [e for e in os.scandir(_folder()) if not e.name.startswith(".")]
    kept = sorted((e.stat().st_mtime, e.path) for e in entries)
    oldest = now - _DAYS * 86_400
    for n, (written, path) in enumerate(reversed(kept)):
        if n >= _MOST or written < oldest:
            os.unlink(path)
