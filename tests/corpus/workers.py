"""Long-lived child processes for what may crash or hang: readers, instruments, LibreOffice."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


class Worker:
    """Gives jobs to a child, a line of JSON each; starts another where it dies or hangs."""

    def __init__(self, command: list[str], *, timeout: float = 60, first: float = 120) -> None:
        self.command, self.timeout, self.first = command, timeout, first
        self.child: subprocess.Popen[bytes] | None = None

    def ask(self, **job: Any) -> Answer:
        """The child's answer, or {"error": "crash" | "timeout" | what it said}."""
        patience = self.timeout
        if self.child is None:
            self.child, patience = self._start(), self.first
        out, into = self.child.stdout, self.child.stdin
        assert out is not None
        assert into is not None
        try:
            into.write(json.dumps(job).encode() + b"\n")
            into.flush()
        except BrokenPipeError:
            return self._over("crash")
        if not select.select([out], [], [], patience)[0]:
            return self._over("timeout")
        line = out.readline()
        answer: Answer = json.loads(line) if line else self._over("crash")
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def _over(self, why: str) -> Answer:
        self.close()
        return {"error": why}

    def close(self) -> None:
        """End the child and what it started."""
        if self.child is not None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.communicate()
            self.child = None


class Notes:
    """Answers kept in a file, so that a campaign that was stopped goes on where it was."""

    def __init__(self, file: Path) -> None:
        self.file = file
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        self.known: dict[str, Answer] = {r["key"]: r for r in map(json.loads, lines)}

    def once(self, key: str, ask: Callable[[], Answer]) -> Answer:
        """The answer that is known for a key, or that of `ask`, kept from now on."""
        if key not in self.known:
            self.known[key] = {"key": key, **ask()}
            with self.file.open("a", encoding="utf-8") as f:
                f.write(json.dumps(self.known[key]) + "\n")
        return self.known[key]
