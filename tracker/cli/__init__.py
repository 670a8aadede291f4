"""The command line: parse, call the library, print, exit. Heavy imports happen inside commands."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Entry point of the `tracker` script.

    A command lives for a second or two and makes few cycles, so the collector is off; and the
    process ends without taking its memory apart piece by piece.
    """
    gc.disable()
    from tracker.cli.streams import Lost, lose_output

    code = _run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            code = code or 1
        except OSError as e:
            lose_output(e)
    if isinstance(sys.stdout, Lost):
        code = code or 1
    os._exit(code)


def _run(arguments: list[str]) -> int:
    """The exit code of a command line, which is run where its answer is not known."""
    from tracker.cli import front

    code = front.at_once(arguments)
    question = front.question(arguments) if code is None else None
    code = front.answered(question) if question else code
    if code is None:
        from tracker.cli.app import run

        code = run(arguments, question)
    return code
