"""A fault in the program ends in a report and one line, never in a traceback."""

from __future__ import annotations

import sys

from tracker.api import faultreport
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
    """Leave a report of the exception that is being handled; returns the exit code."""
    error = sys.exc_info()[1]
    assert error is not None
    where = faultreport.leave(error)
    if where is None:
        console.error(faultreport.text(error))
    name = type(error).__name__
    own = error if isinstance(error, TrackerError) else None
    zh, en = (own.message("zh"), own.message("en")) if own else (name, name)
    said = where or "—"
    say_error(
        f"程序出错（{zh}）。报告在 {said}，请发给维护者；若工作簿有变化，用 tracker undo 恢复",
        f"a fault in the program ({en}). Please send the report at {said} to the maintainers; "
        "should the workbook have changed, tracker undo brings it back",
        console,
    )
    return CODE
