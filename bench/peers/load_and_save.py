"""openpyxl opens a workbook and saves it; pandas and pandera are imported as a checker would.

No cell is looked at. This is the least that a script built on openpyxl can cost.
"""

from __future__ import annotations

import sys

import openpyxl
import pandas as pd
import pandera.pandas as pa

assert pd
assert pa
openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])
