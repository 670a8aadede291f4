"""What is answered before anything else is imported: the page of commands, and past answers.

`python -c pass` is what an unchanged workbook and `--help` are measured against, so there is no
click here. What this does not understand, it leaves to click.
"""

from __future__ import annotations

import os
import sys

from tracker.cli.commands import page
from tracker.cli.streams import emit, prepare, wants_colour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.api.answers import Question

_VALUED = ("--as-of", "--format", "--lang", "--color", "--select", "--ignore")
_FLAGS = ("-q", "--quiet", "-v", "--verbose", "--strict")
_WRITES = ("--accept-deletes", "--ignore-owner-file", "--break-signature")
_DRY = ("--check", "--diff")
_COMMANDS = {"check": _FLAGS, "refresh": (*_FLAGS, *_WRITES, *_DRY)}
_ENVIRONMENT = ("TRACKER_LANG", "NO_COLOR", "TRACKER_PASSWORD_COMMAND")
_PAGE_WIDTH = 80


def at_once(arguments: Sequence[str]) -> int | None:
    """Print what needs no command to be run; the exit code, or None where click is needed."""
    if list(arguments) in (["--help"], ["-h"]) and _is_wide():
        prepare()
        emit(page())
        return 0
    return None


def _is_wide() -> bool:
    """Whether the page fits as it stands; a narrow terminal gets it from click."""
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named) >= _PAGE_WIDTH
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns >= _PAGE_WIDTH  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return True


def question(arguments: Sequence[str]) -> Question | None:
    """What a command line asks of which workbooks, where its answer may be known or kept."""
    from tracker.api.answers import FULL_RUN, Question

    if not arguments or arguments[0] not in _COMMANDS or os.environ.get(FULL_RUN):
        return None
    parsed = _parsed(arguments[1:], _COMMANDS[arguments[0]])
    if parsed is None:
        return None
    books, options = parsed
    chosen = dict(options)
    writes = arguments[0] == "refresh" and not any(name in chosen for name in _DRY)
    terminal = (str(sys.stdout.encoding), str(wants_colour("auto")))
    environment = (os.environ.get(name, "") for name in _ENVIRONMENT)
    asked = (arguments[0], *(t for o in options for t in o), *terminal, *environment)
    try:
        return Question(asked, books, chosen.get("--as-of"), writes=writes)
    except Exception:  # noqa: BLE001 - the whole run meets it again and says what it is
        return None


def answered(question: Question) -> int | None:
    """Print the answer of a question; its exit code, or None where it is not known."""
    found = question.answer()
    if found is None:
        return None
    prepare()
    try:
        emit(found[1])
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - nobody reads on
        return 2
    return found[0]


def _parsed(
    words: Sequence[str], flags: Sequence[str]
) -> tuple[list[str], list[tuple[str, str]]] | None:
    """Workbooks and options; None for a command line with anything out of the ordinary."""
    books, options, left = list[str](), list[tuple[str, str]](), iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if name in _VALUED:
            options.append((name, value if equals else next(left, "")))
        elif word in flags:
            options.append((word, ""))
        elif word.startswith("-") or not word:
            return None
        else:
            books.append(word)
    return (books, options) if books else None
