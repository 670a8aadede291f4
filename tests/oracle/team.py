"""The Summary of a team again, from the cells of its books: M-02 to M-05, M-16 to M-21, M-31."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.oracle.people import People
from tests.oracle.reading import Row, bounds, resolve
from tests.oracle.sales import Sales

Tables = dict[str, list[Row]]
_AWAY = ("停用", "调离")


@dataclass
class Kept:
    """One book: its tables and whose it is."""

    rep: str
    tables: Tables
    day: dt.date

    def __post_init__(self) -> None:
        resolve(self.tables)
        self.sales = Sales(self.tables["targets"], self.day)
        self.people = People(self.tables, self.day)
        self.computed = {
            p["客户编号"]: self.people.columns(p) for p in self.tables["customers"] if p["ok"]
        }
        self.period = f"{self.day.year}Q{(self.day.month + 2) // 3}"
        self.window = bounds(self.period)

    def targets(self) -> Iterator[Row]:
        """Rows of the running quarter that count, with the tier and the book they belong to."""
        for row in self.tables["targets"]:
            sound = row["ok"] and row["口径"] != "代表" and row["周期"] == self.period
            if sound and (row["销售目标"] or 0) > 0:
                yield row | {
                    "rep": self.rep,
                    "tier": self._tier(row),
                    "gone": self.sales.progress(row),
                }

    def _tier(self, row: Row) -> str | None:
        there = [
            self.computed[p["客户编号"]]["客户分级"] for p in self.tables["customers"]
            if p["ok"] and p["所在机构"] == row["客户/机构"]
        ]  # fmt: skip
        return min((t for t in there if t), default=None)

    def reach(self) -> Iterator[Row]:
        """Target customers with planned and actual calls of the quarter."""
        for person in self.tables["customers"]:
            mine = self.computed.get(person["客户编号"])
            started = not person["初次接触日期"] or person["初次接触日期"] <= self.window[1]
            served = mine is not None and person["状态"] not in _AWAY and started
            if mine is not None and served and mine["客户分级"] in ("A", "B", "C"):
                yield {
                    "tier": mine["客户分级"],
                    "plan": mine["本期计划"] or 0,
                    "made": mine["本期实际"],
                }

    def calls(self) -> set[tuple[str, dt.date]]:
        """Actual calls of the quarter up to the day, one a customer and day."""
        done = (v for v in self.tables["visits"] if v["ok"] and v["状态"] == "已完成")
        first, last = self.window[0], min(self.window[1], self.day)
        return {
            (w, v["拜访日期"]) for v in done for w in v["who"] if first <= v["拜访日期"] <= last
        }

    def execution(self) -> tuple[int, int]:
        """Plans carried out, and all that were to be (M-21)."""
        counts: Counter[str] = Counter()
        for v in self.tables["visits"]:
            if v["ok"] and self.window[0] <= v["拜访日期"] <= self.day:
                missed = v["状态"] == "计划" and v["拜访日期"] < self.day
                counts["missed" if missed else v["状态"]] += 1
        return counts["已完成"], counts["已完成"] + counts["missed"] + counts["取消"]

    def risks(self) -> Counter[str]:
        """Active customers by level of warning."""
        here = (p for p in self.tables["customers"] if p["ok"] and p["状态"] not in _AWAY)
        return Counter(self.computed[p["客户编号"]]["风险等级"] for p in here)


def attained(rows: Iterable[Row]) -> Row:
    """Sums of rows of targets and what follows from them."""
    every = list(rows)
    target = sum(r["销售目标"] for r in every)
    actual = sum(r["实际达成"] or 0 for r in every)
    due = sum(r["销售目标"] * r["gone"] for r in every)
    return {
        "目标": target, "实际": actual, "达成率": actual / target, "时间进度": due / target,
        "进度达成率": actual / due if due else None, "落后数量": due - actual,
    }  # fmt: skip


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def reached(rows: Iterable[Row]) -> Row:
    """M-16 to M-18 of some target customers."""
    every = list(rows)
    covered = [r for r in every if r["made"] > 0]
    due = [r for r in every if r["plan"] > 0]
    plan, made = sum(r["plan"] for r in every), sum(r["made"] for r in every)
    return {
        "客户数": len(every), "已覆盖": len(covered), "覆盖率": len(covered) / len(every),
        "达频覆盖率": sum(r["made"] >= r["plan"] for r in due) / len(due) if due else None,
        "拜访频率": made / len(covered) if covered else None, "计划": plan, "拜访": made,
        "封顶达成": sum(min(r["made"], r["plan"]) for r in every) / plan if plan else None,
        "未封顶达成": made / plan if plan else None,
    }  # fmt: skip


def maybe_twice(rows: Iterable[Row]) -> float | None:
    """What the actuals of targets that several reps keep hold beyond the largest of each."""
    beyond = 0.0
    told = grouped(rows, lambda r: (r["口径"], r["客户/机构"], r["科室"], r["产品"], r["单位"]))
    for same in told.values():
        if len({r["rep"] for r in same}) > 1:
            amounts = sorted(r["实际达成"] or 0 for r in same)
            beyond += sum(amounts[:-1])
    return beyond or None
