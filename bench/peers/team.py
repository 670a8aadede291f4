"""What an analyst would write: read six sheets of each book, put them together, sum up, save.

No checks, no ids, no aliases, no conflict copies, no masks, computed cells as they were saved.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

SHEETS = ["客户基础信息", "拜访记录与计划", "产品与信息传递", "销售目标与达成", "客户反馈与问题跟进",
          "客户偏好与个性化需求"]  # fmt: skip

parts: dict[str, list[pd.DataFrame]] = {s: [] for s in SHEETS}
for path in sorted(Path(sys.argv[1]).iterdir()):
    for sheet, frame in pd.read_excel(path, sheet_name=SHEETS, engine="calamine").items():
        parts[sheet].append(frame.assign(rep=path.stem, file=path.name))
whole = {sheet: pd.concat(frames, ignore_index=True) for sheet, frames in parts.items()}
out = Path(sys.argv[2])
for number, frame in enumerate(whole.values()):
    frame.astype(str).to_parquet(out / f"peer{number}.parquet")
sold = whole["销售目标与达成"]
sold = sold[sold["周期"].astype(str) == "2026Q2"]
with pd.ExcelWriter(out / "peer.xlsx", engine="xlsxwriter") as book:
    for key in ("rep", "产品", "客户/机构"):
        sums = sold.groupby([key, "单位"])[["销售目标", "实际达成"]].sum()
        sums.assign(rate=sums["实际达成"] / sums["销售目标"]).to_excel(book, sheet_name=key[:2])
