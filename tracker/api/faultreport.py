"""The report that a fault in the program leaves for the maintainers."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

from tracker.errors import TrackerError


def text(error: BaseException) -> str:
    """What the report says: places in the program, and no value of any workbook's cell."""
    from tracker import __version__

    own = str(error) if isinstance(error, TrackerError) else ""
    trace = traceback.extract_tb(error.__traceback__)
    frames = "".join(f"{f.filename}:{f.lineno} {f.name}\n" for f in trace)
    return f"tracker {__version__}\n{type(error).__name__} {own}\n{frames}"


def leave(error: BaseException) -> Path | None:
    """Write the report into the user's state folder; None where that cannot be."""
    from tracker.opc.statedir import private_dir, state_dir

    said = text(error)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    try:
        file = private_dir(state_dir() / "reports") / f"{digest}.txt"
        file.write_text(said, encoding="utf-8")
        file.chmod(0o600)
    except OSError:
        return None
    return file
