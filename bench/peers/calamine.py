"""The floor of reading: calamine parses every sheet of a workbook, or of each in a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from python_calamine import CalamineWorkbook

named = Path(sys.argv[1])
for path in sorted(named.iterdir()) if named.is_dir() else [named]:
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
