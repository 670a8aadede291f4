"""Opens workbooks in headless LibreOffice and reads cells; run by the Python that has `uno`.

Jobs and answers as in `child`: {"path", "cells"} -> {"values": [[text, number], ...]}.
"""

from __future__ import annotations

import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "office"))

import uno
from edit import connect, prop  # type: ignore[import-not-found]


def opened(desktop: Any, path: str) -> Any:
    url = uno.systemPathToFileUrl(str(Path(path).resolve()))
    doc = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))
    if doc is None or not doc.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        raise ValueError("not opened as a spreadsheet")
    return doc


def named(doc: Any, sheet: str) -> str:
    """Its own name for a sheet: some names it makes longer by a number."""
    names = doc.Sheets.ElementNames
    return sheet if sheet in names else next(n for n in names if n.startswith(sheet + " -"))


def answer(desktop: Any, path: str, cells: list[list[str]]) -> dict[str, Any]:
    doc = opened(desktop, path)
    try:
        found = []
        for sheet, where in cells:
            cell = doc.Sheets.getByName(named(doc, sheet)).getCellRangeByName(where)
            found.append([cell.String, cell.Value])
        return {"values": found, "sheets": doc.Sheets.Count}
    finally:
        doc.close(True)


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        desktop, office = connect(profile, "t" + uuid.uuid4().hex)
        for line in sys.stdin:
            try:
                said = answer(desktop, **json.loads(line))
            except Exception as e:  # noqa: BLE001 - any failure is the answer
                said = {"error": f"{type(e).__name__}: {str(e)[:200]}"}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            if office.poll() is not None:
                raise SystemExit(1)
        desktop.terminate()


if __name__ == "__main__":
    main()
