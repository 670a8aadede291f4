"""Standard output and error of the process, before anything is imported that they can do without."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self


class Lost(io.StringIO):
    """Standard output after it took no more."""


class Overheard:
    """What is said while it is entered, also (or, with `only`, instead of being) printed."""

    def __init__(self, *, only: bool = False) -> None:
        self._said: list[str] = []
        self.only = only

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._said)

    def hear(self, text: str) -> None:
        """Take down what is said."""
        self._said.append(text)

    def __enter__(self) -> Self:
        _LISTENERS.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _LISTENERS.remove(self)


_LISTENERS: list[Overheard] = []


def prepare() -> None:
    """Set the streams so that no character can end the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace" if can_chinese(stream) else "backslashreplace")


def emit(text: str) -> None:
    """Write results. Where they cannot be written, say so once: what was done stays done."""
    for listener in _LISTENERS:
        listener.hear(text)
    if any(listener.only for listener in _LISTENERS):
        return
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as e:
        lose_output(e)


def lose_output(error: OSError) -> None:
    """Go on without standard output; `main` ends with 1 then, unless something worse happened."""
    sys.stdout = Lost()
    why = error.strerror or type(error).__name__
    sys.stderr.write(f"tracker: 结果无法输出 / the results could not be printed: {why}\n")


def worst(codes: Sequence[int]) -> int:
    """The exit code of several books: 70, 3, 2, 1, 0, the first of these that occurred."""
    return next((c for c in (70, 3, 2, 1) if c in codes), 0)


def can_chinese(stream: object) -> bool:
    """Whether a stream's encoding has Chinese characters."""
    try:
        "汇总".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wants_colour(choice: str) -> bool:
    """Whether to colour: as asked, else on a terminal that does not say NO_COLOR."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
