"""The system calls of a refresh from its lock to its end, as strace counts them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"(\w+)\(")
# Memory, time and the process itself: they touch no file, and what follows them is in the list.
_NO_FILE = re.compile(
    "brk|m(un|re)?map|mprotect|madvise|futex|get(p|t|eu|u|eg|g)id|getrandom|rt_sig.*|exit_group|"
    "uname|clock_.*|sysinfo|sched_.*|restart_syscall|prlimit64|umask"
)


class Call(NamedTuple):
    """The nth call of a name in the life of a process, and what it was in the plain run."""

    name: str
    nth: int
    line: str


def window(log: Path) -> list[Call]:
    """The calls about files from the opening of the lock on."""
    count: Counter[str] = Counter()
    calls: list[Call] = []
    for line in log.read_text("utf-8", "replace").splitlines():
        found = _NAME.match(line)
        if not found:
            continue
        name = found[1]
        count[name] += 1
        started = calls or (name == "openat" and ".lock" in line)
        if started and not _NO_FILE.fullmatch(name):
            calls.append(Call(name, count[name], line))
    return calls


def inject(call: Call, what: str, log: Path, fallback: str = "") -> list[str]:
    """Options of strace that do `what` to one call; with `fallback` every exchange fails so."""
    options = ["-o", str(log), "-e", f"trace={call.name},renameat2"]
    if call.name == "renameat2" and fallback:
        return [*options, "-e", f"inject=renameat2:error={fallback}:{what}:when={call.nth}"]
    if fallback:
        options += ["-e", f"inject=renameat2:error={fallback}"]
    return [*options, "-e", f"inject={call.name}:{what}:when={call.nth}"]


def plain(log: Path, fallback: str = "") -> list[str]:
    """Options of strace that only record."""
    failing = ["-e", f"inject=renameat2:error={fallback}"] if fallback else []
    return ["-o", str(log), "-y", *failing]
