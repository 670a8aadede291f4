"""Targets again, from part 3 of the domain: M-02 to M-11, row by row in plain Python."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from typing import Any

from tests.oracle.reading import Row, before, bounds, per_year

Series = tuple[Any, ...]
_CRITICAL = {4: 6, 5: 8, 6: 11, 7: 13, 8: 16}


def series_of(row: Row) -> Series:
    kind = per_year(row["周期"])
    return row["口径"], row["客户/机构"], row["科室"], row["产品"], row["单位"], kind


class Sales:
    """The rows of targets as of a day."""

    def __init__(self, rows: list[Row], day: dt.date) -> None:
        self.day, self.rows = day, rows
        self.actual: dict[Series, dict[str, float]] = {}
        self.market: dict[Series, dict[str, float]] = {}
        for row in rows:
            if row["ok"] and bounds(row["周期"])[1] < day:
                for into, name in ((self.actual, "实际达成"), (self.market, "市场总量")):
                    if row.get(name) is not None:
                        into.setdefault(series_of(row), {})[row["周期"]] = row[name]

    def state(self, row: Row) -> str:
        first, last = bounds(row["周期"])
        return "complete" if self.day > last else "running" if self.day >= first else "future"

    def progress(self, row: Row) -> float:
        first, last = bounds(row["周期"])
        day = min(self.day, row["数据截至日期"] or self.day)
        if day < first:
            return 0.0
        return 1.0 if day >= last else ((day - first).days + 1) / ((last - first).days + 1)

    def columns(self, row: Row) -> Row:
        target, actual, state = row["销售目标"], row["实际达成"], self.state(row)
        gone = self.progress(row)
        known = target is not None and actual is not None
        share = actual / target if known and target > 0 else None
        adjusted = share / gone if share is not None and gone > 0 else None
        forecast = None
        if actual is not None and gone >= 0.15 - 1e-9 and state != "complete":
            forecast = actual / gone
        left = (bounds(row["周期"])[1] - self.day).days
        gap = target - actual if known else None
        return {
            "达成率": share, "达成状态": self._status(target, actual, state), "时间进度": gone,
            "进度达成率": adjusted, "进度状态": _pace(share, adjusted, state), "差额": gap,
            "日均所需": max(gap, 0) / left if gap is not None and left > 0 else None,
            "期末预测": forecast,
            "预测达成率": forecast / target if forecast is not None and target and target > 0 else None,
            **self._growth(row), **self._trend(row),
        }  # fmt: skip

    @staticmethod
    def _status(target: float | None, actual: float | None, state: str) -> str | None:
        if target is None:
            return "无目标"
        if target == 0:
            return "零目标有销量" if (actual or 0) > 0 else "零目标"
        if actual is None:
            return {"future": "未开始", "running": "待更新", "complete": "缺实绩"}[state]
        return None

    def _growth(self, row: Row) -> Row:
        found: Row = dict.fromkeys(["环比", "同比", "MAT", "MAT增长", "演进指数"])
        now, period = row["实际达成"], row["周期"]
        if self.state(row) != "complete" or now is None:
            return found
        mine, market, a_year = (
            self.actual.get(series_of(row), {}),
            self.market.get(series_of(row), {}),
            per_year(period),
        )
        found["环比"] = _grown(now, mine.get(before(period, 1)))
        found["同比"] = _grown(now, mine.get(before(period, a_year)))
        mats = [
            [mine.get(before(period, back)) for back in range(start, start + a_year)]
            for start in (0, a_year)
        ]
        sums = [sum(m) if None not in m else None for m in mats]  # type: ignore[arg-type]  # no None left
        found["MAT"] = sums[0]
        found["MAT增长"] = _grown(sums[0], sums[1])
        ahead = _grown(row.get("市场总量"), market.get(before(period, a_year)))
        if found["同比"] is not None and ahead is not None and ahead > -1:
            found["演进指数"] = (100 + 100 * found["同比"]) / (100 + 100 * ahead) * 100
        return found

    def _trend(self, row: Row) -> Row:
        label, change, n, confidence = self.trend(series_of(row))
        return {"趋势": label, "变化幅度": change, "期数": n, "置信": confidence}

    def window(self, series: Series) -> list[tuple[int, float]]:
        """(number of the period, actual) of at most the last eight complete periods."""
        points = self.actual.get(series, {})
        return sorted((_number(p), x) for p, x in points.items())[-8:]

    def trend(self, series: Series) -> tuple[str, float | None, int, str | None]:
        points = self.window(series)
        n = len(points)
        if n <= 1:
            return "数据不足", None, n, None
        pairs = list(itertools.combinations(points, 2))
        slope = statistics.median((x2 - x1) / (t2 - t1) for (t1, x1), (t2, x2) in pairs)
        level = statistics.median(x for _, x in points) or statistics.mean(
            abs(x) for _, x in points
        )
        change = slope * (points[-1][0] - points[0][0]) / abs(level) if level else 0.0
        s = sum((x2 > x1) - (x2 < x1) for (_, x1), (_, x2) in pairs)
        most = n * (n - 1) / 2
        least, needed = (0.20, most) if n <= 3 else (0.15, max(4, most / 3))
        if change >= least - 1e-9 and s >= needed - 1e-9:
            label = "上升"
        else:
            label = "下降" if change <= 1e-9 - least and -s >= needed - 1e-9 else "平稳"
        sure = "低" if n <= 3 else "高" if abs(s) >= _CRITICAL[n] else "中"
        return label, change, n, sure


def _number(period: str) -> int:
    rest = period[4:].lstrip("HQ-")
    return int(period[:4]) * per_year(period) + int(rest or 1) - 1


def _grown(now: float | None, then: float | None) -> float | None:
    return (now - then) / then if now is not None and then is not None and then > 0 else None


def _pace(share: float | None, adjusted: float | None, state: str) -> str | None:
    if state == "running" and adjusted is not None:
        bands = [(1.10, "超前"), (1.00, "正常"), (0.90, "略落后"), (float("-inf"), "落后")]
        return next(word for least, word in bands if adjusted >= least - 1e-9)
    if state == "complete" and share is not None:
        bands = [(1.00, "达成"), (0.90, "接近"), (float("-inf"), "未达成")]
        return next(word for least, word in bands if share >= least - 1e-9)
    return None


def potential(row: Row, customers: list[Row]) -> float | None:
    """M-11 of a row of targets."""
    volume = 0.0
    for person in customers:
        is_place = person["客户性质"] == "机构"
        place = person["所在机构"] or person["客户姓名"]
        if row["口径"] == "个人":
            mine = not is_place and row["客户/机构"] in (person["客户编号"], person["客户姓名"])
        else:
            mine = is_place and place == row["客户/机构"] and person["科室"] == row["科室"]
        if mine and person["ok"] and person.get("潜力单位") == row["单位"]:
            volume += max(person.get("潜力量") or 0.0, 0.0)
    months = 12 / per_year(row["周期"])
    actual = row["实际达成"]
    return actual / (volume * months) if volume > 0 and actual is not None else None
