"""What goes to the terminal: language, colour, characters that the terminal can show."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_COLOURS = {"error": "31", "warning": "33", "info": "36", "dim": "2", "bold": "1", "good": "32"}

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""What commands a terminal, or turns what it shows around; typed texts and names may hold it."""
_COLOUR = re.compile("\ufdd0([0-9;]+)\ufdd1")  # stands for no character until it is printed


@dataclass
class Console:
    """Standard output and error of the process; `lang` is None until a workbook decides it."""

    lang: str | None = None
    colour: bool = False
    quiet: bool = False
    verbose: bool = False

    @classmethod
    def of_process(cls) -> Console:
        """The process's streams, set so that no character can end the program."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace" if can_chinese(stream) else "backslashreplace")
        lang = os.environ.get("TRACKER_LANG", "").lower()[:2]
        return cls(lang if lang in ("zh", "en") else None)

    def language(self, of_book: str = "zh") -> str:
        """What is printed follows the option, then TRACKER_LANG, then the workbook.

        A terminal that cannot show Chinese gets English.
        """
        if self.lang is None:
            return of_book if can_chinese(sys.stdout) else "en"
        return self.lang

    def print(self, text: str = "") -> None:
        """A line of results, to standard output; what would command the terminal is shown as ?."""
        shown = _COLOUR.sub("\x1b[\\1m" if self.colour else "?", UNSEEN.sub("?", text))
        emit(shown + "\n")

    def error(self, text: str) -> None:
        """A line of anything else, to standard error."""
        sys.stderr.write(UNSEEN.sub("?", text) + "\n")

    def paint(self, text: str, how: str) -> str:
        """The text in a colour, where colours are wanted."""
        return f"\ufdd0{_COLOURS[how]}\ufdd1{text}\ufdd00\ufdd1" if self.colour else text


class Lost(io.StringIO):
    """Standard output after it took no more."""


def emit(text: str) -> None:
    """Write results. Where they cannot be written, say so once: what was done stays done."""
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


def say_error(zh: str, en: str, console: Console) -> None:
    """One line to standard error, in the language of the terminal."""
    zh_wanted = console.lang == "zh" or (console.lang is None and can_chinese(sys.stderr))
    console.error("tracker: " + " ".join((zh if zh_wanted else en).split()))
