"""The floor of reading: calamine parses every sheet, and nothing is done with it."""

from __future__ import annotations

import sys

from python_calamine import CalamineWorkbook

book = CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names:
    book.get_sheet_by_name(name).to_python()
