"""Reading back the one-sheet workbooks that the tests make."""

from __future__ import annotations

import io
import warnings
import zipfile

from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet


def sheet_of(made: bytes) -> Worksheet:
    """The sheet through another program's reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it does not read sparklines, and says so
        sheet = load_workbook(io.BytesIO(made)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def values(made: bytes) -> list[object]:
    """Every value of the shown columns, row by row."""
    cells = (cell for row in sheet_of(made).iter_rows(max_col=14) for cell in row)
    return [cell.value for cell in cells if cell.value is not None]


def part(made: bytes, name: str) -> etree._Element:
    """One XML part of the package."""
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return etree.fromstring(package.read(name))


def parts(made: bytes, folder: str) -> list[str]:
    """Names of the parts in a folder of the package, relationships left out."""
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return [n for n in package.namelist() if n.startswith(folder) and "_rels" not in n]
