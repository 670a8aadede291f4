"""A workbook with a state folder of its own, refreshes of it, and what is to be seen after them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.books import new_sample

ROOT = Path(__file__).parents[2]
DAYS = ("2026-06-30", "2026-07-01", "2026-07-02")
_SIZE = 0.01


def small_book() -> bytes:
    """A new workbook with some 130 rows; each day it is refreshed for changes it."""
    return new_sample(size=_SIZE)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Ended:
    """How a refresh ended: its exit code (128 + n for a signal) and all it said."""

    code: int
    said: str

    @property
    def traceback(self) -> bool:
        return "Traceback" in self.said


class Stage:
    """`d/book.xlsx` and `state/` on a disk, and a server that refreshes the book in forks.

    What is recorded lies in `folder`, which is also the disk where no other is given.
    """

    def __init__(self, folder: Path, *, remember: bool = False, disk: Path | None = None) -> None:
        self._out, self.log = folder / "out", folder / "trace"
        self.state = (disk or folder) / "state"
        self.path = (disk or folder) / "d" / "book.xlsx"
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.faults.server", *["remember"][: int(remember)]]
        self._server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TRACKER_LANG": "en"},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def reset(self, data: bytes) -> None:
        """`data` alone in the folder, and an empty state."""
        for folder in (self.path.parent, self.state):
            shutil.rmtree(folder, ignore_errors=True)
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(data)

    def _ask(self, **request: Any) -> int:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps({"state": str(self.state), **request}) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def learn(self, day: str) -> bytes:
        """Refresh in the server itself, which so has all it needs imported; the bytes after it."""
        assert self._ask(learn=True, args=self._refresh(day)) == 0
        return self.path.read_bytes()

    def refresh(self, day: str, trace: list[str] | None = None, kill: float | None = None) -> Ended:
        """Refresh in a fork, under strace with the options `trace`, killed after `kill` seconds."""
        args = {"args": self._refresh(day), "trace": trace, "kill": kill, "out": str(self._out)}
        code = self._ask(learn=False, **args)
        return Ended(code, self._out.read_text("utf-8", "replace"))

    def _refresh(self, day: str) -> list[str]:
        return ["refresh", str(self.path), "--as-of", day]

    def now(self) -> bytes | None:
        return self.path.read_bytes() if self.path.is_file() else None

    def kept(self, data: bytes) -> bool:
        """Whether the history has exactly these bytes."""
        digest = sha(data)
        file = self.state / "history" / "objects" / digest[:2] / digest
        return file.is_file() and file.read_bytes() == data

    def strays(self) -> list[str]:
        """Names beside the workbook."""
        return [f.name for f in self.path.parent.iterdir() if f != self.path]

    def parts(self) -> list[Path]:
        """Half-written files in the state folder."""
        return sorted(self.state.glob("**/.*.part"))

    def age_parts(self) -> None:
        """Let two hours pass for half-written files: they are swept when an hour old."""
        long_ago = time.time() - 7200
        for file in self.parts():
            os.utime(file, (long_ago, long_ago))
