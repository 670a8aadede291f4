"""What goes to the terminal: language, colour, characters that the terminal can show."""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass

from tracker.cli.streams import can_chinese, emit, prepare

_COLOURS = {"error": "31", "warning": "33", "info": "36", "dim": "2", "bold": "1", "good": "32"}

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""What commands a terminal, or turns what it shows around; typed texts and names may hold it."""
_COLOUR = re.compile("\ufdd0([0-9;]+)\ufdd1")  # stands for no character until it is printed

_SHELL = frozenset("&|;<>()$`'\"*?[]#!{}")
"""What a shell does not take as it stands."""


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
        prepare()
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


def quoted(path: object) -> str:
    """A path as one word of a command that is suggested."""
    text = str(path)
    if not any(c.isspace() or c in _SHELL for c in text):
        return text
    return shlex.quote(text) if any(c in '"$`' for c in text) else f'"{text}"'


def say_error(zh: str, en: str, console: Console) -> None:
    """One line to standard error, in the language of the terminal."""
    zh_wanted = console.lang == "zh" or (console.lang is None and can_chinese(sys.stderr))
    console.error("tracker: " + " ".join((zh if zh_wanted else en).split()))
