"""Refreshes in forks of a process that has everything imported, so that thousands cost little.

python -m tests.faults.server: one JSON request a line on stdin, one answer a line on stdout.
With "remember" the pure part of a refresh (parsing and computing, contract G3) is done once for
each content and day; what touches the disk is done in every fork.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import tracker.api.run
from tracker.api.book import Book
from tracker.cli import main as tracker_main
from tracker.cli.app import run

_LIMIT = 120.0


def _remembering(real: type[Book]) -> Any:
    known: dict[tuple[Path, str], Book] = {}

    def open_book(path: Path, data: bytes | None = None, **options: Any) -> Book:
        if data is None:
            return real(path, data, **options)
        key = (path, hashlib.sha256(data).hexdigest())
        if key not in known:
            known[key] = book = real(path, data, **options)
            setattr(book, "prepare", functools.cache(book.prepare))  # noqa: B010 - mypy
        return known[key]

    return open_book


def _child(args: list[str], out: str, go: int) -> None:
    """Never returns. It waits in `select`, which is no call of the window, for its tracer."""
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.argv = ["tracker", *args]
    select.select([go], [], [])
    tracker_main()


def _attach(pid: int, trace: list[str]) -> subprocess.Popen[str]:
    command = ["strace", "-p", str(pid), *trace]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    for line in tracer.stderr:
        if "attached" in line:
            return tracer
    raise SystemExit(f"strace does not attach: {tracer.wait()}")


def _end(pid: int, after: float | None) -> int:
    """Wait for a child, killing it after some seconds; 128 + its signal where it was killed."""
    killer = threading.Timer(_LIMIT if after is None else after, os.kill, (pid, signal.SIGKILL))
    killer.start()
    _, status = os.waitpid(pid, 0)
    killer.cancel()
    killer.join()
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _fork(request: dict[str, Any]) -> int:
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(request["args"], request["out"], ready)
    tracer = _attach(pid, request["trace"]) if request["trace"] else None
    os.write(go, b"g")
    code = _end(pid, request["kill"])
    if tracer:
        tracer.communicate()
    os.close(ready)
    os.close(go)
    return code


def serve() -> None:
    answers = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for line in sys.stdin:
        request = json.loads(line)
        os.environ["TRACKER_STATE_DIR"] = request["state"]
        code = run(request["args"]) if request["learn"] else _fork(request)
        answers.write(f"{code}\n")
        answers.flush()


if __name__ == "__main__":
    if "remember" in sys.argv:
        setattr(tracker.api.run, "Book", _remembering(Book))  # noqa: B010 - mypy
    serve()
