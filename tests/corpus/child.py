"""A child process that answers jobs: python -m tests.corpus.child SHARED. See `workers`."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import resource
import sys
import warnings
from collections.abc import Callable
from typing import Any

MEMORY = 4 << 30
Cells = list[tuple[str, str]]
"""Sheet name and reference."""


def calamine(path: str, cells: Cells) -> dict[str, Any]:
    import python_calamine

    from tracker.xlsx.refs import cell

    book = python_calamine.CalamineWorkbook.from_path(path)
    rows = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s, _ in cells}
    if not cells:
        for sheet in book.sheet_names:
            book.get_sheet_by_name(sheet).to_python()
    return {"values": [_plain(_at(rows[s], *cell(c))) for s, c in cells]}


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[0]) else None


def openpyxl(path: str, cells: Cells) -> dict[str, Any]:
    import openpyxl as reader

    book = reader.load_workbook(path, keep_vba=path.endswith("m"))
    return {"values": [_plain(book[s][c].value) for s, c in cells]}


def openpyxl_save(path: str, out: str, sheet: str, cell: str, value: float) -> dict[str, Any]:
    import openpyxl as reader

    book = reader.load_workbook(path, keep_vba=path.endswith("m"))
    page = book[sheet] if sheet else book.worksheets[0]
    page[cell or f"A{page.max_row + 2}"] = value
    book.save(out)
    return {}


def compare(before: str, after: str, cell: str | None) -> dict[str, Any]:
    tool = importlib.import_module("compare")
    found = tool.compare(before, after, cell)
    kept = ("lost", "renamed", "kinds_lost", "features_lost", "features_thinned", "cells_changed",
            "cells_changed_sample", "new_dangling", "unparsable")  # fmt: skip
    losses = sorted(map(str, tool.content_losses(found)))
    return {"losses": losses, **{k: found[k] for k in kept if k in found}}


def xsd(path: str) -> dict[str, Any]:
    return {"said": importlib.import_module("xsd_check").check(path)}


def xsdval(path: str) -> dict[str, Any]:
    found = importlib.import_module("xsdval").check(path)
    return {"said": [f"{part}: {line}"[:300] for part, lines in found.items() for line in lines]}


def _plain(value: Any) -> Any:
    """What JSON knows; dates and times as a list of one."""
    if isinstance(value, dt.date | dt.time):
        return [value.isoformat()]
    if isinstance(value, dt.timedelta):
        return [value / dt.timedelta(days=1)]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    "calamine": calamine, "openpyxl": openpyxl, "openpyxl_save": openpyxl_save,
    "compare": compare, "xsd": xsd, "xsdval": xsdval,
}  # fmt: skip


def main() -> None:
    sys.path.insert(0, os.path.join(sys.argv[1], "tools"))  # noqa: PTH118 - as sys.path has it
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what tools print must not stand between the answers
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = JOBS[job.pop("do")](**job)
        except BaseException as e:  # noqa: BLE001 - a panic of a reader is no Exception
            answer = {"error": f"{type(e).__name__}: {e}"[:300]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
