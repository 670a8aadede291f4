"""The same work in polars: read by calamine, checked and computed as expressions, written anew.

As with pandas_rewrite.py, all that a frame does not hold is gone from the workbook.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import polars as pl
import xlsxwriter

AS_OF = dt.date.fromisoformat(sys.argv[3])
AUTO = "（自动）"
CUSTOMERS, VISITS, MESSAGES = "客户基础信息", "拜访记录与计划", "产品与信息传递"
TARGETS, ISSUES, PREFERENCES = "销售目标与达成", "客户反馈与问题跟进", "客户偏好与个性化需求"
LEVELS = ["高", "中", "低"]
DAYS = {"A": 15, "B": 30, "C": 60, "D": 90}
OPEN, DONE = ["待处理", "处理中", "搁置"], ["已解决", "已关闭"]
c = pl.col
DATES = {
    CUSTOMERS: ["初次接触日期", "评估日期"],
    VISITS: ["拜访日期", "承诺期限", "兑现日期", "下次拜访日期"], MESSAGES: ["日期"],
    TARGETS: ["数据截至日期"], ISSUES: ["提出日期", "期望解决时限", "解决日期"], PREFERENCES: [],
}  # fmt: skip
NUMBERS = {MESSAGES: ["数量"], TARGETS: ["销售目标", "实际达成"], PREFERENCES: ["提前提醒天数"]}
STATUS = ["计划", "已完成", "取消", "改期"]
METHODS = ["实地拜访", "电话拜访", "线上会议", "微信", "邮件", "学术会议", "科室会", "其他"]
UNITS = ["元", "万元", "盒", "支", "瓶", "片", "处方数"]
TYPES = ["重点开发", "稳定合作", "需维护", "潜在", "休眠"]
RULES = {
    CUSTOMERS: [
        c("客户姓名").str.len_chars().is_between(1, 50), c("客户类型").is_in(TYPES),
        *(c(n).is_null() | c(n).is_in(LEVELS) for n in ("潜力", "客户支持度", "合作意愿")),
        c("办公电话").is_null() | c("办公电话").str.contains(r"^[\d-]+$"),
        c("初次接触日期").is_null() | (c("初次接触日期") <= AS_OF),
        pl.struct("客户姓名", "所在机构", "科室").is_unique(),
    ],
    VISITS: [
        c("拜访日期").is_not_null(), c("状态").is_in(STATUS), c("拜访方式").is_in(METHODS),
        c("拜访目的").is_not_null(), (c("状态") != "已完成") | c("主要沟通内容纪要").is_not_null(),
        (c("状态") != "已完成") | (c("拜访日期") <= AS_OF),
        c("兑现日期").is_null() | (c("兑现日期") >= c("拜访日期")),
        c("下次拜访日期").is_null() | (c("下次拜访日期") > c("拜访日期")),
    ],
    MESSAGES: [
        c("日期") <= AS_OF, c("客户姓名").is_not_null(), c("重点推广产品").is_not_null(),
        c("数量").is_null() | (c("数量") >= 0), (c("反应") != "负面") | c("疑虑").is_not_null(),
    ],
    TARGETS: [
        c("口径").is_not_null(), c("周期").str.contains(r"^20\d\d(Q[1-4])?"), c("单位").is_in(UNITS),
        c("销售目标").is_null() | (c("销售目标") >= 0),
        pl.struct("口径", "客户/机构", "科室", "产品", "周期", "单位").is_unique(),
    ],
    ISSUES: [
        c("提出日期") <= AS_OF, c("状态").is_in([*OPEN, *DONE]),
        ~c("状态").is_in(DONE) | c("解决日期").is_not_null(),
        c("解决日期").is_null() | (c("解决日期") >= c("提出日期")),
    ],
    PREFERENCES: [c("提前提醒天数").is_null() | c("提前提醒天数").is_between(0, 60)],
}  # fmt: skip
Frames = dict[str, pl.DataFrame]


def typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    days = [c(n).cast(pl.Date, strict=False) for n in DATES.get(name, ()) if n in frame.columns]
    numbers = [
        c(n).cast(pl.Float64, strict=False) for n in NUMBERS.get(name, ()) if n in frame.columns
    ]
    rest = set(frame.columns) - {*DATES.get(name, ()), *NUMBERS.get(name, ())}
    texts = [
        c(n).cast(pl.String, strict=False) for n in frame.columns if n in rest and AUTO not in n
    ]
    return frame.with_columns(*days, *numbers, *texts)


def problems(frames: Frames) -> list[str]:
    found = []
    for name, rules in RULES.items():
        if name in frames:
            frame = frames[name].with_row_index("_row", 2)
            for i, rule in enumerate(rules):
                rows = frame.filter(~rule.fill_null(value=False))["_row"]
                found += [f"{name}!{row}: {i}" for row in rows]
    known = frames[CUSTOMERS]["客户姓名"].implode()
    for name in (VISITS, MESSAGES, ISSUES, PREFERENCES):
        if name in frames:
            names = frames[name]["客户姓名"].str.replace_all("@", "、").str.split("、").explode()
            found += [f"{name}: {n}" for n in names.filter(~names.is_in(known)).unique()]
    return found


def enrich(f: Frames) -> None:
    done = f[VISITS].filter(c("状态") == "已完成")
    recent = [
        (c("拜访日期") > AS_OF - dt.timedelta(days=n)).sum().alias(f"近{n}天拜访{AUTO}")
        for n in (30, 90)
    ]
    last = done.group_by("客户姓名").agg(c("拜访日期").max().alias("_last"), *recent)
    level = {"高": 3, "中": 2, "低": 1}
    score = c("潜力").replace_strict(level, default=None) * c("客户支持度").replace_strict(
        level, default=None
    )
    high = pl.when(score >= 9).then(pl.lit("A")).when(score >= 6).then(pl.lit("B"))
    tier = high.when(score >= 3).then(pl.lit("C")).otherwise(pl.lit("D"))
    due = c("_last") + pl.duration(days=c(f"客户分级{AUTO}").replace_strict(DAYS))
    people = f[CUSTOMERS].drop([n for n in last.columns[1:] if n in f[CUSTOMERS].columns])
    people = people.join(last, on="客户姓名", how="left", maintain_order="left")
    people = people.with_columns(tier.alias(f"客户分级{AUTO}")).with_columns(
        due.alias(f"应访日期{AUTO}")
    )
    late = (pl.lit(AS_OF) - c(f"应访日期{AUTO}")).dt.total_days().clip(lower_bound=0)
    f[CUSTOMERS] = people.with_columns(
        late.alias(f"逾期天数{AUTO}"), c("_last").alias(f"最近拜访{AUTO}")
    ).drop("_last")
    f[VISITS] = f[VISITS].with_columns(
        pl.int_range(1, pl.len() + 1).over("客户姓名").alias(f"第几次拜访{AUTO}"),
        c("拜访日期").diff().dt.total_days().over("客户姓名").alias(f"距上次天数{AUTO}"),
    )
    actual, group = c("实际达成"), ["客户/机构", "产品"]
    f[TARGETS] = f[TARGETS].with_columns(
        (actual / c("销售目标")).alias(f"达成率{AUTO}"), (c("销售目标") - actual).alias(f"差额{AUTO}"),
        (actual / actual.shift(1).over(group) - 1).alias(f"环比{AUTO}"),
        (actual / actual.shift(4).over(group) - 1).alias(f"同比{AUTO}"),
        actual.rolling_sum(4).over(group).alias(f"MAT{AUTO}"),
    )  # fmt: skip
    if ISSUES in f:
        over = c("状态").is_in(OPEN) & (c("期望解决时限") < AS_OF)
        days = (pl.lit(AS_OF) - c("期望解决时限")).dt.total_days()
        f[ISSUES] = f[ISSUES].with_columns(pl.when(over).then(days).alias(f"超期天数{AUTO}"))


def main() -> None:
    read: Any = pl.read_excel(sys.argv[1], sheet_id=0, engine="calamine", raise_if_empty=False)
    frames: Frames = {name: typed(name, frame) for name, frame in read.items() if frame.width}
    told = problems(frames)
    enrich(frames)
    totals = (
        frames[TARGETS].group_by("产品", maintain_order=True).agg(c("销售目标", "实际达成").sum())
    )
    with xlsxwriter.Workbook(sys.argv[2]) as book:
        sheet = book.add_worksheet("概览")
        for i, row in enumerate([*totals.rows(), *((text,) for text in told)]):
            sheet.write_row(i, 0, row)
        for name, frame in frames.items():
            frame.write_excel(book, worksheet=name)


if __name__ == "__main__":
    main()
