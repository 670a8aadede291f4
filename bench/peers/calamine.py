"""Every sheet of every workbook of a folder parsed by calamine, nothing else: the floor of a rollup."""

from __future__ import annotations

import sys
from pathlib import Path

from python_calamine import CalamineWorkbook

for path in sorted(Path(sys.argv[1]).iterdir()):
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
