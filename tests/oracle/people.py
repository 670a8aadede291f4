"""Customers again, from the domain: tier, calls, adoption, sales and early warning."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.reading import Row, bounds, half, per_year
from tests.oracle.rows import Diary, stage
from tests.oracle.sales import Sales, series_of

_MATRIX = {
    ("高", "低"): ("B", "重点开发"), ("高", "中"): ("A", "重点开发"), ("高", "高"): ("A", "稳定合作"),
    ("中", "低"): ("C", "重点开发"), ("中", "中"): ("B", "稳定合作"), ("中", "高"): ("B", "稳定合作"),
    ("低", "低"): ("D", "观察"), ("低", "中"): ("D", "观察"), ("低", "高"): ("C", "需维护"),
}  # fmt: skip
_FREQUENCY = {"A": 6.0, "B": 3.0, "C": 1.0, "D": 0.0}
_EXPECTED = (
    "客户姓名", "客户类型", "科室", "职称", "决策角色", "潜力", "客户支持度", "合作意愿", "客户关系阶段",
    "初次接触日期", "客户来源",
)  # fmt: skip
_LEVELS = ((5, "红"), (3, "黄"), (1, "关注"), (0, "正常"))
_UNKNOWN = {
    "trend": "趋势",
    "pace": "进度达成率",
    "tier": "客户分级",
    "adoption": "采用阶段",
    "stage": "关系阶段",
}


Said = tuple[int, str] | str | None
"""Points and reason of a rule that fired, the name of an input that is missing, or nothing."""


class People:
    """The customers of a workbook as of a day."""

    def __init__(self, tables: dict[str, list[Row]], day: dt.date) -> None:
        self.t, self.day = tables, day
        self.diary, self.sales = Diary(tables, day), Sales(tables["targets"], day)
        self.started = [
            r for r in tables["targets"] if r["ok"] and self.sales.state(r) == "running"
        ]
        self.told = [m for m in tables["messaging"] if m["ok"] and m["日期"] <= day]

    def columns(self, person: Row) -> Row:
        found = (
            self._tier(person) | self._calls(person) | self._issues(person) | self._filled(person)
        )
        found |= self._sales(person)
        found["采用阶段"] = self._adoption_now(person)
        points, reasons, missing = self._risk(person, found)
        if missing:
            reasons.append("缺数据：" + "、".join(_UNKNOWN[m] for m in missing))
        level = next(word for least, word in _LEVELS if points >= least)
        shown = {k: v for k, v in found.items() if not k.startswith("_")}
        return shown | {"风险等级": level, "风险原因": "；".join(reasons) or None}

    def _tier(self, person: Row) -> Row:
        tier, strategy = _MATRIX.get((person["潜力"], person["客户支持度"]), (None, "未评估"))
        manual = person["人工分级"]
        source = "人工" if manual else "自动" if tier else None
        return {"客户分级": manual or tier, "策略": strategy, "分级来源": source}

    def _calls(self, person: Row) -> Row:
        who, day = person["客户编号"], self.day
        tier = self._tier(person)["客户分级"]
        served = person["状态"] not in ("停用", "调离")
        days = {v["拜访日期"] for v in self.diary.made.get(who, [])}
        first = dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        last = bounds(f"{day.year}Q{(day.month + 2) // 3}")[1]
        per_month = person["目标频次(次/30天)"]
        per_month = _FREQUENCY.get(tier) if per_month is None else per_month
        per_month = per_month if tier and served else None
        active = max(0, (last - max(first, person["初次接触日期"] or first)).days + 1)
        planned = half(per_month * active / 30) if per_month is not None else None
        actual = sum(first <= d <= last for d in days)
        each = half(30 / per_month) if per_month else None
        due = None
        if each:
            since = max(days, default=person["初次接触日期"])
            due = since + dt.timedelta(days=each) if since else day
        promised = self._promised(who)
        due = promised if promised and served else due
        return {
            "最近拜访": max(days, default=None), "应访日期": due, "_每次": each,
            "逾期天数": max(0, (day - due).days) if due else None,
            "近30天拜访": sum(0 <= (day - d).days <= 29 for d in days),
            "近90天拜访": sum(0 <= (day - d).days <= 89 for d in days),
            "本期计划": planned, "本期实际": actual if served else None,
            "本期达成": actual / planned if planned else None,
        }  # fmt: skip

    def _promised(self, who: str) -> dt.date | None:
        """The next date typed at the latest visit that names one after the day."""
        mine = [
            v for v in self.t["visits"]
            if v["ok"] and who in v["who"] and v["拜访日期"] <= self.day
            and v["下次拜访日期"] and v["下次拜访日期"] > self.day
        ]  # fmt: skip
        latest = max(enumerate(mine), key=lambda p: (p[1]["拜访日期"], p[0]), default=None)
        return latest[1]["下次拜访日期"] if latest else None

    def _issues(self, person: Row) -> Row:
        mine = [i for i in self._of(person, "issues") if i["状态"] not in ("已解决", "已关闭")]
        late = [i for i in mine if i["期望解决时限"] and i["期望解决时限"] < self.day]
        return {"未结问题": len(mine), "超期问题": len(late), "_超期": late}

    def _of(self, person: Row, module: str) -> list[Row]:
        return [r for r in self.t[module] if r["ok"] and person["客户编号"] in r["who"]]

    def _filled(self, person: Row) -> Row:
        fields = list(_EXPECTED)
        fields += ["所在机构"] if person["客户性质"] in ("个人", None) else []
        fields += ["私人电话授权"] if person["私人电话（经允许）"] else []
        fields += ["授权日期"] if person["私人电话授权"] == "是" else []
        agreed = person["私人电话授权"] == "是"
        ways = [person["办公电话"], person["邮箱"]]
        ways += [person["私人电话（经允许）"], person["微信"]] if agreed else []
        return {
            "完整度": sum(person[f] is not None for f in fields) / len(fields),
            "可触达渠道数": sum(w is not None for w in ways),
        }

    def _speaks_for(self, row: Row, person: Row, level: str) -> bool:
        place = person["所在机构"] or (person["客户姓名"] if person["客户性质"] == "机构" else None)
        if level == "个人":
            return row["口径"] == "个人" and row["客户/机构"] in (
                person["客户姓名"],
                person["客户编号"],
            )
        same = row["口径"] == level and row["客户/机构"] == place
        return same and (level == "机构" or row["科室"] == person["科室"])

    def _rows_of(self, rows: list[Row], person: Row) -> list[Row]:
        """The rows of the most specific subject that speaks for a customer."""
        levels = (
            [r for r in rows if self._speaks_for(r, person, n)] for n in ("个人", "科室", "机构")
        )
        return next((found for found in levels if found), [])

    def _sales(self, person: Row) -> Row:
        share = adjusted = None
        running = self._rows_of([r for r in self.started if r["销售目标"]], person)
        if running:
            order = {4: 0, 12: 1, 2: 2, 1: 3}
            best = min((per_year(r["周期"]) for r in running), key=order.__getitem__)
            units: dict[str, list[Row]] = {}
            for row in running:
                if per_year(row["周期"]) == best:
                    units.setdefault(row["单位"], []).append(row)
            rows = max(units.values(), key=lambda rs: sum(r["销售目标"] for r in rs))
            sold = sum(r["实际达成"] or 0 for r in rows)
            to_date = sum(r["销售目标"] * self.sales.progress(r) for r in rows)
            share, adjusted = sold / sum(r["销售目标"] for r in rows), sold / to_date
        series = {
            series_of(r): r
            for r in self._rows_of([r for r in self.t["targets"] if r["ok"]], person)
        }
        ranked = sorted(series, key=lambda s: (-sum(x for _, x in self.sales.window(s)), s[3]))
        trend = self.sales.trend(ranked[0]) if ranked else (None, None, 0, None)
        return {"达成率": share, "_进度": adjusted, "趋势": trend[0], "_趋势": trend}

    def _adoption_now(self, person: Row) -> str | None:
        mine = [m for m in self.told if person["客户编号"] in m["who"]]
        marked = [m for m in mine if m["主推"] in ("是", True)]
        if marked:
            latest = max(m["日期"] for m in marked)
            product = min(m["重点推广产品"] for m in marked if m["日期"] == latest)
        else:
            counts = Counter(m["重点推广产品"] for m in mine)
            product = min(counts, key=lambda p: (-counts[p], p), default=None)
        known = [m for m in mine if m["重点推广产品"] == product and m["采用阶段"] is not None]
        known.sort(key=lambda m: m["日期"])
        return known[-1]["采用阶段"] if known else None

    def _fell(self, person: Row) -> tuple[str, int, int] | None:
        """Product, start and end of the deepest fall over 90 days, () where nothing is on record."""
        start_day, falls = self.day - dt.timedelta(days=89), []
        mine = [
            m for m in self.told if person["客户编号"] in m["who"] and m["采用阶段"] is not None
        ]
        for product in sorted({m["重点推广产品"] for m in mine}):
            told = sorted(
                (m for m in mine if m["重点推广产品"] == product), key=lambda m: m["日期"]
            )
            before = [m for m in told if m["日期"] <= start_day]
            start, end = stage(before[-1] if before else told[0]), stage(told[-1])
            assert start is not None
            assert end is not None
            falls.append((end - start, product, start, end))
        return min(falls)[1:] if falls else None

    def _risk(self, person: Row, found: Row) -> tuple[int, list[str], list[str]]:
        said = [
            *self._of_sales(found), self._of_time(found), *self._of_complaints(person, found),
            self._of_adoption(person), "stage" if person["客户关系阶段"] is None else None,
            *self._of_visits(person),
        ]  # fmt: skip
        fired = [s for s in said if isinstance(s, tuple)]
        missing = [s for s in said if isinstance(s, str)]
        return sum(points for points, _ in fired), [text for _, text in fired], missing

    @staticmethod
    def _of_sales(found: Row) -> Iterator[Said]:
        label, change, n, _ = found["_趋势"]
        if label in (None, "数据不足"):
            yield "trend"
        elif label == "下降":
            yield 2, f"趋势下降（{_percent(change, 0)}，{n}期）"
        if found["_进度"] is None:
            yield "pace"
        elif found["_进度"] < 0.70 - 1e-9:
            yield 2, f"进度达成率仅 {_percent(found['_进度'], 1)}"

    @staticmethod
    def _of_time(found: Row) -> Said:
        late, each = found["逾期天数"], found["_每次"]
        if found["客户分级"] is None:
            return "tier"
        is_late = late is not None and each and late >= 2 * each
        return (2, f"逾期未访 {late} 天（间隔 {each} 天）") if is_late else None

    def _of_complaints(self, person: Row, found: Row) -> Iterator[Said]:
        bad = [
            m["日期"] for m in self.told
            if person["客户编号"] in m["who"] and m["负面预警（自动）"] == "负面未解决"
            and (self.day - m["日期"]).days <= 60
        ]  # fmt: skip
        if bad:
            yield 2, f"负面反馈未解决（{max(bad)}）"
        grave = [i["期望解决时限"] for i in found["_超期"] if i["严重程度"] in ("高", "危机")]
        if grave:
            longest = (self.day - min(grave)).days
            yield 2, f"严重问题超期 {len(grave)} 个（最长 {longest} 天）"

    def _of_adoption(self, person: Row) -> Said:
        fall = self._fell(person)
        if fall is None:
            return "adoption"
        product, start, end = fall
        return (2, f"{product}采用阶段由 {start} 降至 {end}") if end < start else None

    def _of_visits(self, person: Row) -> Iterator[Said]:
        order = self.diary.made.get(person["客户编号"], [])
        near = [v for v in order if (self.day - v["拜访日期"]).days <= 60]
        rivals = [v["拜访日期"] for v in near if v["竞品动态"]]
        if rivals:
            yield 1, f"竞品动态（{max(rivals)}）"
        refused = [v["拜访日期"] for v in order[-2:] if v["客户回应"] == "拒绝"]
        if refused:
            yield 1, f"近期拜访遭拒绝（{max(refused)}）"


def _percent(share: float, digits: int) -> str:
    exact = Decimal(repr(share * 100)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{exact}%"
