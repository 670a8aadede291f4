"""A fault in the program ends in a report and one line, never in a traceback."""

from __future__ import annotations

import hashlib
import sys
import traceback

from tracker.cli.output import Console, say_error
from tracker.errors import TrackerError

CODE = 70


def tell(error: TrackerError, console: Console) -> int:
    """Say what cannot go on; one that is the program's own fault leaves a report as well."""
    if error.exit_code == CODE:
        return bug(console)
    say_error(error.message("zh"), error.message("en"), console)
    return error.exit_code


def bug(console: Console) -> int:
    """Leave a report of the exception that is being handled; returns the exit code.

    The report names places in the program and holds no value of any workbook's cell.
    """
    from tracker import __version__
    from tracker.opc.statedir import private_dir, state_dir

    kind, error, trace = sys.exc_info()
    name = kind.__name__ if kind else ""
    own = error if isinstance(error, TrackerError) else None
    frames = "".join(f"{f.filename}:{f.lineno} {f.name}\n" for f in traceback.extract_tb(trace))
    report = f"tracker {__version__}\n{name} {own or ''}\n{frames}"
    where = "—"
    try:
        digest = hashlib.sha256(report.encode()).hexdigest()[:12]
        file = private_dir(state_dir() / "reports") / f"{digest}.txt"
        file.write_text(report, encoding="utf-8")
        file.chmod(0o600)
        where = str(file)
    except OSError:
        console.error(report)
    zh, en = (own.message("zh"), own.message("en")) if own else (name, name)
    say_error(
        f"程序出错（{zh}）。报告在 {where}，请发给维护者；若工作簿有变化，用 tracker undo 恢复",
        f"a fault in the program ({en}). Please send the report at {where} to the maintainers; "
        "should the workbook have changed, tracker undo brings it back",
        console,
    )
    return CODE
