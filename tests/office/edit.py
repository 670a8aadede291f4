"""Edits a workbook in headless LibreOffice as a rep would; run by the Python that has `uno`.

    python3 edit.py BOOK OUT ACTION...

Actions are JSON lists: ["set", sheet, cell, value] · ["sort", sheet, range, column, ascending] ·
["insert_column", sheet, index, header_row, text] · ["copy_sheet", sheet, name] ·
["rename_sheet", sheet, name] · ["errors"] (prints the addresses of error cells as JSON) ·
["says", sheet, formula] (prints what the formula comes to in a cell of the sheet, as JSON) ·
["notes", sheet] (prints [cell, text] of its notes as JSON) · ["note", sheet, cell, text].
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import TableSortField

_FRESH_PROFILE = 81  # the first start with a new profile ends with this and must be repeated
_ERRORS = 4


def prop(name: str, value: Any) -> Any:
    return PropertyValue(name, 0, value, 0)


def start(profile: str, pipe: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore",
         "--nologo", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def connect(profile: str, pipe: str) -> tuple[Any, subprocess.Popen[bytes]]:
    office = start(profile, pipe)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(400):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if office.poll() == _FRESH_PROFILE:
                office = start(profile, pipe)
            time.sleep(0.2)
        else:
            desktop = context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )
            return desktop, office
    raise SystemExit("LibreOffice did not start")


def act(doc: Any, kind: str, *args: Any) -> None:
    sheets = doc.Sheets
    if kind == "set":
        sheet, cell, value = args
        target = sheets.getByName(sheet).getCellRangeByName(cell)
        if isinstance(value, str):
            target.String = value
        else:
            target.Value = value
    elif kind == "sort":
        sheet, where, column, ascending = args
        field = TableSortField()
        field.Field, field.IsAscending = column, ascending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        how = (prop("ContainsHeader", True), prop("SortFields", fields))
        sheets.getByName(sheet).getCellRangeByName(where).sort(how)
    elif kind == "insert_column":
        sheet, index, row, text = args
        sheets.getByName(sheet).Columns.insertByIndex(index, 1)
        sheets.getByName(sheet).getCellByPosition(index, row).String = text
    elif kind == "copy_sheet":
        sheets.copyByName(args[0], args[1], sheets.Count)
    elif kind == "rename_sheet":
        sheets.getByName(args[0]).Name = args[1]
    elif kind == "says":
        cell = sheets.getByName(args[0]).getCellRangeByName("ZZ9")
        cell.Formula = args[1]
        sys.stdout.write(json.dumps(cell.String) + "\n")
        cell.String = ""
    elif kind == "notes":
        notes = sheets.getByName(args[0]).Annotations
        cell_of = sheets.getByName(args[0]).getCellByPosition
        places = ((cell_of(n.Position.Column, n.Position.Row), n.String) for n in notes)
        told = [(c.AbsoluteName.split(".")[-1].replace("$", ""), text) for c, text in places]
        sys.stdout.write(json.dumps(told) + "\n")
    elif kind == "note":
        place = sheets.getByName(args[0]).getCellRangeByName(args[1]).CellAddress
        sheets.getByName(args[0]).Annotations.insertNew(place, args[2])
    elif kind == "errors":
        doc.calculateAll()
        found = []
        for sheet in sheets:
            ranges = sheet.queryFormulaCells(_ERRORS)
            found += [a for a in ranges.RangeAddressesAsString.split(";") if a]
        sys.stdout.write(json.dumps(found))
    else:
        raise SystemExit(f"unknown action {kind}")


def main() -> None:
    book, out, actions = sys.argv[1], sys.argv[2], [json.loads(a) for a in sys.argv[3:]]
    with tempfile.TemporaryDirectory() as profile:
        desktop, office = connect(profile, "t" + uuid.uuid4().hex)
        try:
            url = uno.systemPathToFileUrl(str(Path(book).resolve()))
            doc = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))
            for kind, *args in actions:
                act(doc, kind, *args)
            target = uno.systemPathToFileUrl(str(Path(out).resolve()))
            doc.storeToURL(target, (prop("FilterName", "Calc MS Excel 2007 XML"),))
            doc.close(True)
        finally:
            with suppress(Exception):
                desktop.terminate()
            office.wait(30)


if __name__ == "__main__":
    main()
