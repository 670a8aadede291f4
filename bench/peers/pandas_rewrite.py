"""The same work without openpyxl: pandas reads by calamine and writes the workbook anew by XlsxWriter.

Checks and computed columns are those of script.py beside it. Formats, drop-downs, charts, notes,
hidden sheets: all that a frame does not hold is gone from the workbook that comes out.
"""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd

from bench.peers import script

ROWS = 1_048_000


def summary(frames: dict[str, pd.DataFrame], problems: list[str]) -> pd.DataFrame:
    totals = frames[script.TARGETS].groupby("产品")[["销售目标", "实际达成"]].sum().reset_index()
    return pd.concat([totals, pd.DataFrame({"产品": problems[:ROWS]})])


def main() -> None:
    read: Any = pd.read_excel(sys.argv[1], sheet_name=None, engine="calamine", dtype=object)
    frames = {name: read[name] for name in script.SHEETS if name in read}
    for name in script.SHEETS:
        frames.setdefault(
            name, pd.DataFrame(columns=list(script.SCHEMAS[name].columns), dtype=object)
        )
    problems = script.validate(frames)
    for name, columns in script.enrich(frames).items():
        read[name] = frames[name].assign(**{f"{k}（自动）": v for k, v in columns.items()})
    read["汇总"] = summary(frames, problems)
    with pd.ExcelWriter(sys.argv[2], engine="xlsxwriter") as writer:
        for name, frame in read.items():
            frame.to_excel(writer, sheet_name=name, index=False)


if __name__ == "__main__":
    main()
