"""Whether a process lives, asked without harming it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

_SYNCHRONIZE = 0x0010_0000
_NO_SUCH_PROCESS = 87  # ERROR_INVALID_PARAMETER
_SIGNALLED = 0  # WAIT_OBJECT_0
_MOST = 0xFFFF_FFFF


def lives(pid: int) -> bool:
    """Whether there is a process of that number; where that cannot be told, there is."""
    if sys.platform == "win32":
        return lives_on_windows(pid, *_kernel())
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def lives_on_windows(pid: int, kernel: Any, last_error: Callable[[], int]) -> bool:
    """As `lives`, asked of kernel32, since `os.kill` ends the process there.

    OpenProcess fails with ERROR_INVALID_PARAMETER where there is none, and with another error
    where it may not be opened. One that has ended can be opened while anybody holds a handle to
    it; such a handle is signalled.
    """
    if not 0 < pid <= _MOST:
        return False
    handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
    if not handle:
        return last_error() != _NO_SUCH_PROCESS
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) != _SIGNALLED)
    finally:
        kernel.CloseHandle(handle)


def _kernel() -> tuple[Any, Callable[[], int]]:
    import ctypes

    known: Any = ctypes
    kernel = known.WinDLL("kernel32", use_last_error=True)
    number, handle = ctypes.c_uint32, ctypes.c_void_p
    kernel.OpenProcess.argtypes, kernel.OpenProcess.restype = (number, ctypes.c_int, number), handle
    kernel.WaitForSingleObject.argtypes = (handle, number)
    kernel.WaitForSingleObject.restype = number
    kernel.CloseHandle.argtypes = (handle,)
    return kernel, known.get_last_error
