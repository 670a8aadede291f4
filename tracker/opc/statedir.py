"""Where the program keeps what must not lie beside a workbook: locks and the history."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

VARIABLE = "TRACKER_STATE_DIR"


def state_dir() -> Path:
    """The user's state folder for this program; TRACKER_STATE_DIR wins. It may not exist yet."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen).expanduser() if chosen else platformdirs.user_state_path("tracker")


def private_dir(folder: Path) -> Path:
    """Make a folder (and its parents) that only its owner may enter, and return it."""
    if not folder.is_dir():
        if folder.parent != folder:
            private_dir(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder
