"""The sheet of a team's Summary, against a second computation from the cells of the five books."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.books import AS_OF, Hand
from tests.oracle.reading import Row, alike, sheets
from tests.oracle.team import Kept, attained, grouped, maybe_twice, reached
from tests.rollups.conftest import TEAM, opened
from tracker.api.book import Book
from tracker.api.rollup import Request, rollup
from tracker.api.team import team_page
from tracker.rollups.mask import HIDDEN
from tracker.rollups.result import Rollup
from tracker.schema.load import load
from tracker.xlsx import Workbook
from tracker.xlsx.refs import letters

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
Lines = Sequence[tuple[Any, ...]]
Block = dict[str, Row]


@pytest.fixture(scope="module")
def books() -> list[Kept]:
    return [Kept(p.stem, sheets(p.read_bytes()), AS_OF) for p in sorted(TEAM.iterdir())]


@pytest.fixture(scope="module")
def page(whole: tuple[Rollup, Path]) -> list[tuple[Any, ...]]:
    """The lines of the Summary, without the margin and the hidden columns."""
    sheet = opened(whole[1])["汇总"]
    return [row[1:13] for row in sheet.iter_rows(values_only=True)]


def table(page: Lines, title: str) -> Block:
    """The rows of the table below a title, by what stands in their first cell."""
    start = next(i for i, line in enumerate(page) if str(line[0] or "").startswith(title))
    found: Block = {}
    head = page[start + 1]
    for line in page[start + 2 :]:
        if sum(v is not None for v in line) < 3:
            break
        row = {str(h): v for h, v in zip(head, line, strict=True) if h is not None}
        found[str(line[0])] = row
    return found


def agree(found: Mapping[str, Row], wanted: Mapping[str, Row]) -> None:
    assert set(found) == set(wanted)
    wrong = {
        (key, name): (found[key].get(name), value)
        for key, row in wanted.items()
        for name, value in row.items()
        if not alike(found[key].get(name), value)
    }
    assert not wrong


def by_code(found: Block) -> Block:
    return {key.split()[0]: row for key, row in found.items()}


def test_the_ranking_is_that_of_the_books(page: Lines, books: Sequence[Kept]) -> None:
    wanted = {b.rep: attained(b.targets()) for b in books}
    order = sorted(wanted, key=lambda rep: -wanted[rep]["进度达成率"])
    for rep, row in wanted.items():
        row |= {"名次": order.index(rep) + 1, "未计入行": 0}
        del row["落后数量"]
    found = by_code(table(page, "代表达成排名"))
    agree(found, wanted)
    assert list(found) == order


def test_products_tiers_and_institutions_add_up(page: Lines, books: Sequence[Kept]) -> None:
    rows = [r for b in books for r in b.targets()]
    for title, field in (("产品达成", "产品"), ("达成（", "tier"), ("机构达成", "客户/机构")):
        parts = grouped(rows, itemgetter(field))
        shown = table(page, title)
        wanted = {key: attained(mine) for key, mine in parts.items()}
        agree(shown, {k: {n: v for n, v in w.items() if n in shown[k]} for k, w in wanted.items()})


def test_what_several_reps_keep_is_said_to_count_twice(page: Lines, books: Sequence[Kept]) -> None:
    rows = [r for b in books for r in b.targets()]
    for title, field in (("产品达成", "产品"), ("机构达成", "客户/机构")):
        parts = grouped(rows, itemgetter(field))
        wanted = {key: {"可能重复": maybe_twice(mine)} for key, mine in parts.items()}
        agree(table(page, title), wanted)
    (said,) = [str(v) for line in page for v in line if "由几位代表同时填报" in str(v)]
    beyond = maybe_twice(rows)
    assert beyond
    assert f"实际多计 {beyond:,.0f}" in said
    shared = grouped(rows, lambda r: (r["口径"], r["客户/机构"], r["科室"], r["产品"], r["单位"]))
    count = sum(len({r["rep"] for r in same}) > 1 for same in shared.values())
    assert f"有 {count} 项" in said


def test_reach_by_tier_and_over_all(page: Lines, books: Sequence[Kept]) -> None:
    rows = [r for b in books for r in b.reach()]
    wanted = {t: reached(mine) for t, mine in grouped(rows, lambda r: r["tier"]).items()}
    agree(table(page, "本季拜访覆盖"), wanted | {"合计": reached(rows)})


def test_what_each_rep_does(page: Lines, books: Sequence[Kept]) -> None:
    wanted = {}
    for b in books:
        made, (done, plans), own = b.calls(), b.execution(), reached(b.reach())
        wanted[b.rep] = {
            "客户数": sum(b.risks().values()), "红色预警": b.risks()["红"], "黄色预警": b.risks()["黄"],
            "日均拜访": len(made) / len({d for _, d in made}), "计划执行率": done / plans,
            **{n: own[n] for n in ("覆盖率", "达频覆盖率", "封顶达成")},
            "逾期拜访": sum((c["逾期天数"] or 0) > 0 for c in b.computed.values()),
        }  # fmt: skip
    agree(by_code(table(page, "各代表拜访与预警")), wanted)


def test_warnings_over_all_reps_the_gravest_first(page: Lines, books: Sequence[Kept]) -> None:
    risks = sum((b.risks() for b in books), Counter[str]())
    total = sum(n for level, n in risks.items() if level != "正常")
    title = next(str(line[0]) for line in page if str(line[0] or "").startswith("早期预警"))
    assert re.findall(r"\d+", title) == [str(total)]
    start = next(i for i, line in enumerate(page) if line[0] == title) + 2
    levels = [line[7] for line in page[start : start + min(total, 30)]]
    assert Counter(levels)["黄"] == risks["黄"]
    assert levels == sorted(levels, key=["红", "黄", "关注"].index)


def test_quality_is_a_hundred_rows_of_each_book(page: Lines, books: Sequence[Kept]) -> None:
    found = by_code(table(page, "各代表数据质量"))
    for b in books:
        line, rows = found[b.rep], sum(map(len, b.tables.values()))
        book = opened(TEAM / f"{b.rep}.xlsx")["校验结果"]
        levels = Counter(v for row in book.iter_rows(values_only=True) for v in row[:2])
        assert (line["记录数"], line["错误"], line["警告"]) == (
            rows,
            levels["错误"],
            levels["警告"],
        )
        assert alike(line["警告/百行"], 100 * levels["警告"] / rows)
        assert line["上次刷新"] == AS_OF.isoformat()


def test_the_page_speaks_english_but_for_what_people_typed(whole: tuple[Rollup, Path]) -> None:
    html = team_page(whole[0].figures, whole[0].schema, "en", None)
    assert "Reps by pace" in html
    typed = set(strings(whole[0].figures))
    words = re.findall(r">([^<>]*[一-鿿][^<>]*)<", html.partition("<body")[2])
    assert {part for w in words for part in w.split(", ")} <= typed


def strings(value: object) -> Iterator[str]:
    """Every text inside a value of JSON."""
    if isinstance(value, str):
        yield value
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from strings(part)


def test_lines_lead_to_their_rows(whole: tuple[Rollup, Path]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(whole[1].read_bytes()))
    sheet, rows = book["汇总"], book["客户基础信息"]
    head = [c.value for c in rows[1]]
    start = next(c.row for c in sheet["B"] if str(c.value or "").startswith("早期预警（")) + 2
    for n in range(start, start + 10):
        cell = sheet[f"B{n}"]
        goal = cell.hyperlink.location if cell.hyperlink else str(cell.value)
        row = re.search(r"(?:0\),|!A)(\d+)", goal)
        assert row
        found = dict(zip(head, (c.value for c in rows[int(row[1])]), strict=True))
        assert found["客户姓名"] == sheet[f"D{n}"].value


def test_cases_and_joint_visits_come_from_the_rows(tiny: Path) -> None:
    first, second, _ = sorted(tiny.iterdir())
    marked(first, "成功", "先做科室会")
    marked(second, "失败", "没有找对人，电话13800138000")
    found = rollup(Request([tiny], AS_OF)).figures
    cases: Any = found["cases"]
    said = {(r["rep"].split()[0], r["tag"], r["lesson"]) for r in cases["rows"]}
    assert said == {
        ("R201", "success", "先做科室会"),
        ("R202", "failure", f"没有找对人，电话{HIDDEN}"),
    }
    html = team_page(found, load(), "en", None)
    assert "Cases to learn from" in html
    assert "Success" in html
    visits = pd.concat(Book(p).modules["visits"] for p in tiny.iterdir())
    held = visits[visits["visit_date"].between("2026-04-01", "2026-06-30")]
    held = held[held["visit_status"] == "completed"]
    key: Any = found["key"]
    assert key["joint"] == pytest.approx(held["accompanied_by"].notna().mean())


def marked(path: Path, tag: str, lesson: str) -> None:
    """Add the columns of cases beside the table of issues, and fill in the first row."""
    book = Workbook.open(path)
    sheet = book.sheet("客户反馈与问题跟进")
    (table,) = sheet.tables
    for i, (head, value) in enumerate((("案例标签", tag), ("经验总结", lesson)), 1):
        column = letters(table.area.right + i)
        sheet.set(f"{column}{table.area.top}", head)
        sheet.set(f"{column}{table.area.top + 1}", value)
    path.write_bytes(book.to_bytes())


def test_the_period_is_that_of_most_reps(tiny: Path) -> None:
    for rep in ("R202", "R203"):
        hand = Hand((tiny / f"{rep}.xlsx").read_bytes())
        periods = hand.frame("targets")["period"]
        for row in periods.index[periods == "2026Q2"]:
            hand.type("targets", "period", int(row), "2026-06")
        (tiny / f"{rep}.xlsx").write_bytes(hand.done())
    found = rollup(Request([tiny], AS_OF))
    ranking: Any = found.figures["ranking"]
    assert found.figures["period"] == "2026-06"
    assert [r["rep"].split()[0] for r in ranking["rows"]] == ["R203", "R202"]
    assert [a.split()[0] for a in ranking["apart"]] == ["R201"]
    late = [b.name for b, f in found.findings if f.code == "ROL704" and f.value is None]
    assert "R201.xlsx" in late
    (tiny / "R203.xlsx").unlink()
    assert rollup(Request([tiny], AS_OF)).figures["period"] == "2026Q2"
