"""Visits, messages, issues and preferences again, from the domain (M-24 to M-27, M-34)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from tests.oracle.reading import Row

_SEVEN = (
    "拜访目的",
    "开场白",
    "确认需求的问题",
    "关键信息",
    "使用资源",
    "预期顾虑与回应",
    "请求的承诺",
)
_DONE = ("已解决", "已关闭")
_ALMANAC = {  # lunar year -> first days (month, day) of its twelve ordinary months
    2025: "0129 0228 0329 0428 0527 0625 0823 0922 1021 1120 1220 0119",
    2026: "0217 0319 0417 0517 0615 0714 0813 0911 1010 1109 1209 0108",
    2027: "0206 0308 0407 0506 0605 0704 0802 0901 0930 1029 1128 1228",
}


def split(cell: Any) -> list[str]:
    for sign in "，,；;\n":
        cell = str(cell or "").replace(sign, "、")
    return list(dict.fromkeys(p.strip() for p in str(cell).split("、") if p.strip()))


def plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).lower()
    return "".join(c for c in text if not c.isspace() and c not in "《》“”\"'")


def made(visits: list[Row], who: str, day: dt.date) -> list[Row]:
    """Completed visits of a customer up to the day, in order of date and time."""
    mine = [
        v
        for v in visits
        if v["ok"] and who in v["who"] and v["状态"] == "已完成" and v["拜访日期"] <= day
    ]
    return sorted(mine, key=lambda v: (v["拜访日期"], v["开始时间"] or dt.time.max))


class Diary:
    """Visits, with the completed ones of each customer looked up once."""

    def __init__(self, tables: dict[str, list[Row]], day: dt.date) -> None:
        self.visits, self.messaging, self.day = tables["visits"], tables["messaging"], day
        people = {who for v in self.visits for who in v["who"]}
        self.of = {who: [v for v in self.visits if who in v["who"]] for who in people}
        self.made = {who: made(self.of[who], who, day) for who in people}
        self.order = {id(v): n for n, v in enumerate(self.visits)}

    def columns(self, visit: Row) -> Row:
        who, when = visit["who"][0], visit["拜访日期"]
        order = self.made[who]
        number = next((n + 1 for n, v in enumerate(order) if v is visit), None)
        prior = order[: number - 1] if number else [v for v in order if _earlier(v, visit)]
        state = None
        if visit["状态"] == "已完成":
            state = "已执行"
        elif visit["状态"] == "计划":
            state = "未到期" if when > self.day else "今日" if when == self.day else "已错过"
        return {
            "第几次拜访": number, "距上次天数": (when - prior[-1]["拜访日期"]).days if prior else None,
            "计划状态": state, "访前计划完整度": sum(visit.get(name) is not None for name in _SEVEN),
            "承诺状态": self._commitment(visit), "资料遗漏": self._omission(visit),
            "对应计划": self._planned_by(visit), "客户编号": "、".join(visit["who"]),
        }  # fmt: skip

    def _commitment(self, visit: Row) -> str | None:
        due, done = visit["承诺期限"], visit["兑现日期"]
        if visit["我方承诺"] is None or due is None:
            return None
        if done is not None:
            return "按期" if done <= due else "超期完成"
        return "超期未完成" if due < self.day else "未到期"

    def _planned_by(self, visit: Row) -> str | None:
        near = [
            v for who in visit["who"] for v in self.of[who]
            if v["ok"] and v["下次拜访日期"] and v["拜访日期"] < visit["拜访日期"]
            and abs((v["下次拜访日期"] - visit["拜访日期"]).days) <= 3
        ]  # fmt: skip
        latest = max(near, key=lambda v: (v["拜访日期"], self.order[id(v)]), default=None)
        return latest["拜访编号"] if latest else None

    def _omission(self, visit: Row) -> str | None:
        if not (visit["ok"] and visit["状态"] == "已完成" and visit["拜访日期"] <= self.day):
            return None
        for name in split(visit["需准备资料"]):
            ends = []
            for who in visit["who"]:
                later = [v["拜访日期"] for v in self.made[who] if v["拜访日期"] > visit["拜访日期"]]
                ends += [min(later) + dt.timedelta(days=14)] if later else []
            if ends and max(ends) < self.day and not self._given(visit, name):
                return "遗漏"
        return None

    def _given(self, visit: Row, name: str) -> bool:
        return any(self._got(who, visit["拜访日期"], name) for who in visit["who"])

    def _got(self, who: str, since: dt.date, name: str) -> bool:
        later = [v["拜访日期"] for v in self.made[who] if v["拜访日期"] > since]
        if not later:
            return False
        end = min(min(later) + dt.timedelta(days=14), self.day)
        mine = (
            m for m in self.messaging if m["ok"] and who in m["who"] and since < m["日期"] <= end
        )
        return any(plain(name) in map(plain, split(m["提供的资料与物料"])) for m in mine)


def _earlier(v: Row, visit: Row) -> bool:
    mine, other = visit["开始时间"] or dt.time.max, v["开始时间"] or dt.time.max
    return bool((v["拜访日期"], other) <= (visit["拜访日期"], mine))


def message(row: Row, rows: list[Row], issues: list[Row]) -> Row:
    """Computed columns of a row of messaging; `rows` are all, in the order of the sheet."""
    place = next(i for i, r in enumerate(rows) if r is row)
    earlier = [
        r for i, r in enumerate(rows)
        if r["ok"] and r["who"] == row["who"] and (r["日期"], i) < (row["日期"], place)
    ]  # fmt: skip
    twice = _before(row, earlier)
    return {
        "负面预警": _negative(row, issues), "重复提供": "重复" if twice else None, "重复于": twice,
        "阶段变化": _delta(row, [r for r in earlier if r["重点推广产品"] == row["重点推广产品"]]),
    }  # fmt: skip


def _before(row: Row, earlier: list[Row]) -> dt.date | None:
    exempt = ("样品", "会议邀请函")
    if row["资料类型"] in exempt:
        return None
    days = [
        r["日期"] for r in earlier
        if r["资料类型"] not in exempt and (row["日期"] - r["日期"]).days <= 180
        and plain(str(r.get("版本") or "")) == plain(str(row.get("版本") or ""))
        and set(map(plain, split(r["提供的资料与物料"]))) & set(map(plain, split(row["提供的资料与物料"])))
    ]  # fmt: skip
    return max(days, default=None)


def stage(row: Row) -> int | None:
    return int(str(row["采用阶段"])[0]) if row["采用阶段"] is not None else None


def _delta(row: Row, earlier: list[Row]) -> int | None:
    known = sorted((r for r in earlier if stage(r) is not None), key=lambda r: r["日期"])
    now = stage(row)
    then = stage(known[-1]) if known else None
    return now - then if now is not None and then is not None else None


def _negative(row: Row, issues: list[Row]) -> str | None:
    if row["反应"] != "负面":
        return None
    if row["关联问题"]:
        closed = any(i["问题编号"] == row["关联问题"] and i["状态"] in _DONE for i in issues)
    else:
        closed = any(
            i["ok"] and i["who"] == row["who"] and i["状态"] in _DONE and i["提出日期"] >= row["日期"]
            and i["相关产品"] in (None, row["重点推广产品"])
            for i in issues
        )  # fmt: skip
    return "负面已解决" if closed else "负面未解决"


def issue(row: Row, day: dt.date) -> Row:
    over, due, closed = row["状态"] in _DONE, row["期望解决时限"], row["解决日期"]
    late = (day - due).days if due and not over else 0
    if due is None:
        state = "未设时限"
    elif over:
        state = "按期解决" if closed <= due else "超期解决"
    else:
        state = "已超期" if late > 0 else "即将到期" if late >= -3 else "进行中"
    told = "已反馈" if row["反馈客户日期"] else "待反馈" if over else None
    return {
        "已历天数": ((closed or day) - row["提出日期"]).days, "超期天数": late if late > 0 else None,
        "时限状态": state, "反馈状态": told,
    }  # fmt: skip


def preference(row: Row, day: dt.date) -> Row:
    """M-34, lunar dates by an almanac of the years about."""
    found: Row = dict.fromkeys(["下次日期", "剩余天数", "提醒"])
    typed = row["重要日期"]
    if typed is None:
        return found
    own = typed if isinstance(typed, dt.date) else None
    month, of_month = (own.month, own.day) if own else map(int, str(typed).split("-")[-2:])
    if own is None and len(str(typed)) == len("2026-10-12"):
        own = dt.date(int(str(typed)[:4]), month, of_month)
    if own and row["重复"] == "一次":
        following = own if own >= day else None
    else:
        lunar = row["历法"] == "农历"
        years = range(day.year - lunar, day.year + 2)
        days = [
            _new_moon(y, month, of_month) if lunar else dt.date(y, month, of_month) for y in years
        ]
        following = min(d for d in days if d >= max(day, own or day))
    if following:
        left, note = (following - day).days, "（仅限问候，不得馈赠礼品）"
        notice = 7 if row["提前提醒天数"] is None else row["提前提醒天数"]
        word = "今日" if left == 0 else "临近" if left <= notice else None
        found = {"下次日期": following, "剩余天数": left, "提醒": word + note if word else None}
    return found


def _new_moon(year: int, month: int, of_month: int) -> dt.date:
    """The day of a lunar date that is at most the 29th."""
    first = _ALMANAC[year].split()[month - 1]
    start = dt.date(year + (month > 10 and first < "0301"), int(first[:2]), int(first[2:]))
    return start + dt.timedelta(days=of_month - 1)
