"""Where the program keeps what must not lie beside a workbook: locks, the history, past answers.

An unchanged workbook is answered within the start of Python, so nothing is imported here that
this can do without.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "TRACKER_STATE_DIR"
_APP = "tracker"
_ELSEWHERE = ("ANDROID_DATA", "ANDROID_ROOT")


def state_dir() -> Path:
    """The user's state folder for this program; TRACKER_STATE_DIR wins. It may not exist yet."""
    from pathlib import Path

    return Path(state_home())


def state_home() -> str:
    """`state_dir` as text."""
    chosen = os.environ.get(VARIABLE)
    return (
        os.path.expanduser(chosen) if chosen else _home("XDG_STATE_HOME", ".local/state", "state")
    )


def config_home() -> str:
    """The user's folder for configuration. It may not exist."""
    return _home("XDG_CONFIG_HOME", ".config", "config")


def _home(variable: str, usual: str, kind: str) -> str:
    """As platformdirs has it, which is asked where the answer is not the usual one of Linux."""
    home = os.environ.get("HOME", "")
    told = any(os.environ.get(name) for name in (variable, *_ELSEWHERE))
    if sys.platform == "linux" and os.path.isabs(home) and not told:
        return os.path.join(home, usual, _APP)
    import platformdirs

    return str(getattr(platformdirs, f"user_{kind}_dir")(_APP))


def is_own(handle: int) -> bool:
    """Whether an open file is this user's; what somebody else laid there is not read back."""
    return not hasattr(os, "getuid") or os.fstat(handle).st_uid == os.getuid()


def private_dir(folder: Path) -> Path:
    """Make a folder (and its parents) that only its owner may enter, and return it."""
    if not folder.is_dir():
        if folder.parent != folder:
            private_dir(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder
