"""The script that somebody would write: openpyxl, pandas and pandera over the same workbook.

It reads the six sheets, checks the columns with pandera (types, pick-lists, unique ids, dates in
order, references), computes a part of the computed columns, writes a plain summary and saves.
What it leaves out: ids for new rows, reading of what people mistype, charts, the trend rule, the
list of findings, and everything that openpyxl loses on the way.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pandera.pandas as pa
from pandera.pandas import Check, Column, DataFrameSchema

AS_OF = pd.Timestamp(sys.argv[3])
AUTO = "（自动）"
CUSTOMERS, VISITS, MESSAGES = "客户基础信息", "拜访记录与计划", "产品与信息传递"
TARGETS, ISSUES, PREFERENCES = "销售目标与达成", "客户反馈与问题跟进", "客户偏好与个性化需求"
SHEETS = (CUSTOMERS, VISITS, MESSAGES, TARGETS, ISSUES, PREFERENCES)
LEVELS = ("高", "中", "低")
TYPES = ("重点开发", "稳定合作", "需维护", "潜在", "休眠")
STATUS = ("计划", "已完成", "取消", "改期")
METHODS = ("实地拜访", "电话拜访", "线上会议", "微信", "邮件", "学术会议", "科室会", "其他")
UNITS = ("元", "万元", "盒", "支", "瓶", "片", "处方数")
OPEN = ("待处理", "处理中", "搁置")
DONE = ("已解决", "已关闭")
DAYS = {"A": 15, "B": 30, "C": 60, "D": 90}


def text(nullable: bool = False, checks: Any = None) -> Column:
    return Column(object, checks, nullable=nullable)


def pick(values: tuple[str, ...], nullable: bool = False) -> Column:
    return Column(object, Check.isin(values), nullable=nullable)


def day(nullable: bool = False, checks: Any = None) -> Column:
    return Column("datetime64[us]", checks, nullable=nullable, coerce=True)


def number(nullable: bool = True, **limits: float) -> Column:
    checks = [getattr(Check, name)(value) for name, value in limits.items()]
    return Column("float64", checks, nullable=nullable, coerce=True)


SCHEMAS = {
    CUSTOMERS: DataFrameSchema({
        "客户姓名": text(checks=Check.str_length(1, 50)), "所在机构": text(True),
        "客户类型": pick(TYPES), "潜力": pick(LEVELS, True), "客户支持度": pick(LEVELS, True),
        "合作意愿": pick(LEVELS, True), "办公电话": text(True, Check.str_matches(r"^[\d-]+$")),
        "初次接触日期": day(True, Check.le(AS_OF)), "评估日期": day(True, Check.le(AS_OF)),
    }, unique=["客户姓名", "所在机构", "科室"]),
    VISITS: DataFrameSchema({
        "拜访日期": day(), "客户姓名": text(), "状态": pick(STATUS), "拜访方式": pick(METHODS),
        "拜访目的": text(), "承诺期限": day(True), "兑现日期": day(True), "下次拜访日期": day(True),
    }, checks=[
        Check(lambda d: (d["状态"] != "已完成") | d["主要沟通内容纪要"].notna(), name="纪要"),
        Check(lambda d: (d["状态"] != "已完成") | (d["拜访日期"] <= AS_OF), name="日期"),
        Check(lambda d: d["兑现日期"].isna() | (d["兑现日期"] >= d["拜访日期"]), name="兑现"),
        Check(lambda d: d["下次拜访日期"].isna() | (d["下次拜访日期"] > d["拜访日期"]), name="下次"),
    ]),
    MESSAGES: DataFrameSchema({
        "日期": day(checks=Check.le(AS_OF)), "客户姓名": text(), "重点推广产品": text(),
        "传递的关键信息": text(True), "数量": number(ge=0),
    }, checks=[Check(lambda d: (d["反应"] != "负面") | d["疑虑"].notna(), name="疑虑")]),
    TARGETS: DataFrameSchema({
        "口径": text(), "产品": text(), "周期": text(checks=Check.str_matches(r"^20\d\d(Q[1-4])?")),
        "单位": pick(UNITS), "销售目标": number(ge=0), "实际达成": number(),
        "数据截至日期": day(True, Check.le(AS_OF)),
    }, unique=["口径", "客户/机构", "科室", "产品", "周期", "单位"]),
    ISSUES: DataFrameSchema({
        "提出日期": day(checks=Check.le(AS_OF)), "客户姓名": text(),
        "状态": pick((*OPEN, *DONE)), "期望解决时限": day(True), "解决日期": day(True),
    }, checks=[
        Check(lambda d: ~d["状态"].isin(DONE) | d["解决日期"].notna(), name="解决日期"),
        Check(lambda d: d["解决日期"].isna() | (d["解决日期"] >= d["提出日期"]), name="先后"),
    ]),
    PREFERENCES: DataFrameSchema({"客户姓名": text(), "提前提醒天数": number(ge=0, le=60)}),
}  # fmt: skip


def read(book: Any) -> dict[str, pd.DataFrame]:
    frames = {}
    for name in SHEETS:
        rows = book[name].iter_rows(values_only=True)
        header = next(rows)
        frames[name] = pd.DataFrame(rows, columns=header, dtype=object)
    return frames


def validate(frames: dict[str, pd.DataFrame]) -> list[str]:
    problems = []
    for name, schema in SCHEMAS.items():
        try:
            frames[name] = schema.validate(frames[name], lazy=True)
        except pa.errors.SchemaErrors as e:
            cases = e.failure_cases.itertuples()
            problems += [f"{name}!{c.index}: {c.column} {c.failure_case}" for c in cases]
            for column, kind in schema.columns.items():
                convert = pd.to_datetime if "datetime" in str(kind.dtype) else pd.to_numeric
                if str(kind.dtype) != "object":
                    frames[name][column] = convert(frames[name][column], errors="coerce")
    known = set(frames[CUSTOMERS]["客户姓名"])
    for name in (VISITS, MESSAGES, ISSUES, PREFERENCES):
        names = frames[name]["客户姓名"].str.split("[、@]").explode()
        problems += [f"{name}: {n}" for n in names[~names.isin(known)].unique()]
    return problems


def enrich(f: dict[str, pd.DataFrame]) -> dict[str, dict[str, pd.Series]]:
    customers, visits, targets, issues = f[CUSTOMERS], f[VISITS], f[TARGETS], f[ISSUES]
    done = visits[visits["状态"] == "已完成"]
    who, when = done["客户姓名"], done["拜访日期"]
    names = customers["客户姓名"]
    last = names.map(when.groupby(who).max())
    score = customers["潜力"].map({"高": 3, "中": 2, "低": 1}) * customers["客户支持度"].map(
        {"高": 3, "中": 2, "低": 1}
    )
    tier = pd.Series(
        np.select([score >= 9, score >= 6, score >= 3], ["A", "B", "C"], "D"), customers.index
    )
    due = last + pd.to_timedelta(tier.map(DAYS), unit="D")
    actual = targets["实际达成"]
    attained = actual / targets["销售目标"].where(targets["销售目标"] > 0)
    group = targets.groupby(["客户/机构", "产品"])["实际达成"]
    late = issues["状态"].isin(OPEN) & (issues["期望解决时限"] < AS_OF)
    missed = (visits["状态"] == "计划") & (visits["拜访日期"] < AS_OF)
    return {
        CUSTOMERS: {
            "客户分级": tier, "最近拜访": last, "应访日期": due,
            "逾期天数": (AS_OF - due).dt.days.clip(lower=0),
            "近30天拜访": names.map(who[when > AS_OF - pd.Timedelta(days=30)].value_counts()).fillna(0),
            "近90天拜访": names.map(who[when > AS_OF - pd.Timedelta(days=90)].value_counts()).fillna(0),
            "未结问题": names.map(issues[issues["状态"].isin(OPEN)]["客户姓名"].value_counts()).fillna(0),
        },
        VISITS: {
            "第几次拜访": done.groupby("客户姓名").cumcount().add(1).reindex(visits.index),
            "距上次天数": when.groupby(who).diff().dt.days.reindex(visits.index),
            "计划状态": missed.map({True: "已错过", False: None}),
        },
        TARGETS: {
            "达成率": attained, "差额": targets["销售目标"] - actual,
            "环比": actual / group.shift(1) - 1, "同比": actual / group.shift(4) - 1,
            "MAT": group.rolling(4).sum().reset_index(level=[0, 1], drop=True).reindex(targets.index),
        },
        ISSUES: {
            "超期天数": (AS_OF - issues["期望解决时限"]).dt.days.where(late),
            "已历天数": (issues["解决日期"].fillna(AS_OF) - issues["提出日期"]).dt.days,
        },
    }  # fmt: skip


def write(book: Any, computed: dict[str, dict[str, pd.Series]]) -> None:
    for name, columns in computed.items():
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        for label, values in columns.items():
            at = header.index(label + AUTO) + 1
            for row, value in enumerate(values, 2):
                missing = value is None or value is pd.NaT or value != value
                sheet.cell(row, at).value = None if missing else value


def summarise(book: Any, f: dict[str, pd.DataFrame], problems: list[str]) -> None:
    if "汇总" in book.sheetnames:
        del book["汇总"]
    sheet = book.create_sheet("汇总", 0)
    totals = f[TARGETS].groupby("产品")[["销售目标", "实际达成"]].sum()
    sheet.append(["产品", "销售目标", "实际达成", "达成率"])
    for product, target, actual in totals.itertuples():
        sheet.append([product, target, actual, actual / target if target else None])
    for problem in problems:
        sheet.append([problem])


def main() -> None:
    book = openpyxl.load_workbook(sys.argv[1])
    frames = read(book)
    problems = validate(frames)
    write(book, enrich(frames))
    summarise(book, frames, problems)
    book.save(sys.argv[2])


if __name__ == "__main__":
    main()
