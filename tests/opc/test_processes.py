"""Whether a process lives, here and as the documentation of Windows has it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tracker.opc.processes import lives, lives_on_windows


def test_a_process_that_runs_lives_and_one_that_ended_does_not() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert lives(child.pid)
    child.communicate(b"\n")
    assert not lives(child.pid)
    assert lives(os.getpid())


@pytest.mark.skipif(sys.platform == "win32", reason="numbers are larger there")
def test_a_number_that_none_can_have_is_left_alone() -> None:
    assert lives(10**30)


class Kernel:
    """What kernel32 answers for one process."""

    def __init__(self, handle: int | None, error: int, wait: int) -> None:
        self.handle, self.error, self.wait, self.open = handle, error, wait, 0

    def OpenProcess(self, access: int, inherit: int, pid: int) -> int | None:  # noqa: N802 - its name there
        assert (access, inherit) == (0x00100000, 0)
        assert 0 < pid < 2**32
        self.open += self.handle is not None
        return self.handle

    def WaitForSingleObject(self, handle: int, milliseconds: int) -> int:  # noqa: N802
        assert (handle, milliseconds, self.open) == (self.handle, 0, 1)
        return self.wait

    def CloseHandle(self, handle: int) -> int:  # noqa: N802
        assert handle == self.handle
        self.open -= 1
        return 1


@pytest.mark.parametrize(
    ("handle", "error", "wait", "alive"),
    [(12, 0, 0x102, True), (12, 0, 0, False), (12, 0, 0xFFFFFFFF, True), (None, 87, 0, False), (None, 5, 0, True)],
    ids=["runs", "ended but held", "wait failed", "no such process", "access denied"],
)  # fmt: skip
def test_windows_is_asked_by_its_documentation(
    handle: int | None, error: int, wait: int, alive: bool
) -> None:
    kernel = Kernel(handle, error, wait)
    assert lives_on_windows(4711, kernel, lambda: kernel.error) is alive
    assert kernel.open == 0
    assert not lives_on_windows(2**32, kernel, lambda: kernel.error)
