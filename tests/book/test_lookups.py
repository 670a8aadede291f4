from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.checks.casebook import AS_OF, session
from tracker.book.lookups import records
from tracker.checks.catalogue import cell as place
from tracker.checks.catalogue import hint


def _context(**sheets: list[list[Any]]) -> Any:
    return session({"sheets": sheets}).ctx


def test_settings_are_read_by_any_of_their_names() -> None:
    ctx = _context(
        设置=[
            ["项目", "值"],
            ["工号", 10023],
            ["Language", "英文"],
            ["合规方案", "严格"],
            ["别的", 1],
        ]
    )
    assert ctx.settings["rep_code"] == "10023"
    assert ctx.settings["compliance_profile"] == "cn_strict"
    assert ctx.lang == "en"


def test_a_setting_that_is_blank_or_unknown_has_its_default() -> None:
    ctx = _context(
        Settings=[["Setting", "Value"], ["Language", "克林贡语"], ["合规方案", " "], ["代表"]]
    )
    assert (ctx.lang, ctx.settings["compliance_profile"], ctx.settings["rep_name"]) == (
        "zh", "cn_default", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("label", "typed", "code", "said"),
    [("语言", "克林贡语", "GEN003", "列表中的值是: 中文、英文"),
     ("财年起始月", "13", "GEN002", "应为: 1–12"), ("汇总行数", 0, "GEN002", "应为: 1–1000"),
     ("财年起始月", "三月", "GEN002", "应为: 1–12"), ("财年起始月", "1.5", "GEN002", "应为: 1–12"),
     ("合规方案", "最严格", "GEN003", "改成列表中的值，最接近的是“严格”")],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_is_told_at_its_cell(
    label: str, typed: object, code: str, said: str
) -> None:
    read = session({"sheets": {"设置": [["项目", "值"], ["工号", "R1"], [label, typed]]}})
    (found,) = read.analyse(AS_OF).findings
    assert (found.code, found.sheet, place(found)) == (code, "设置", "B3")
    assert (found.header, found.value, found.severity) == (label, str(typed), "error")
    assert hint(found, read.schema, "zh") == said


def test_a_compliance_profile_that_cannot_be_read_is_the_strictest() -> None:
    sheets = {"设置": [["项目", "值"], ["合规方案", "最严"], ["语言", "?"], ["汇总行数", "０"]]}
    for given in ({}, {"compliance_profile": "off"}):
        settings = session({"sheets": sheets, "config": given}).ctx.settings
        assert settings["compliance_profile"] == "cn_strict"
        assert (settings["language"], settings["summary_rows"]) == ("zh", "")


def test_a_number_is_read_as_people_write_it_and_a_blank_is_no_note() -> None:
    sheets = {
        "设置": [["项目", "值", "说明"], ["汇总行数", "１，０００"], ["工号", None, "转交时改"]]
    }
    read = session({"sheets": sheets})
    assert (read.ctx.settings["summary_rows"], read.ctx.settings["rep_code"]) == ("1000", "")
    assert read.analyse(AS_OF).findings == []


def test_a_workbook_without_support_sheets_has_the_defaults() -> None:
    ctx = _context()
    assert ctx.settings["language"] == "zh"
    assert ctx.lists["products"].names == ()
    assert ctx.lists["products"].canonical("立普妥") is None


def test_names_of_a_list_by_any_spelling() -> None:
    names = _context(
        产品清单=[["产品编码", "产品名称"], ["P1", "立普妥"], [2, "络活喜"], ["P3", None]]
    ).lists
    products = names["products"]
    assert products.names == ("立普妥", "络活喜")
    assert [products.canonical(t) for t in ("p1", " 立普妥", "2", "P3")] == [
        "立普妥",
        "立普妥",
        "络活喜",
        None,
    ]


def test_a_spelling_of_several_names_means_none_of_them() -> None:
    rows = [
        ["P1", "立普妥"],
        ["p1", "络活喜"],
        ["立普妥", "络活喜"],
        ["P2", "络活喜"],
        ["P2", "络 活喜"],
    ]
    products = _context(产品=[["编码", "品名"], *rows]).lists["products"]
    assert products.candidates("Ｐ1") == ("立普妥", "络活喜")
    assert [products.canonical(t) for t in ("P1", "立普妥", "P2", "络 活喜")] == [
        None, "立普妥", "络活喜", "络活喜",
    ]  # fmt: skip


def test_a_list_under_a_title_row_is_found() -> None:
    read = session(
        {
            "sheets": {
                "产品": [["2026 年产品"], [None], ["编码", "品名"], ["P1", "立普妥"], [None, None]]
            }
        }
    )
    sheet = read.book.sheet("产品")
    assert records(sheet, read.schema.lookups["products"]) == [{"code": "P1", "name": "立普妥"}]
    assert records(read.book.sheet("客户基础信息"), read.schema.lookups["institutions"]) == []


def _added(*rows: list[Any]) -> dict[str, list[list[Any]]]:
    return {"字典": [["表", "列", "值", "英文", "代码"], *rows]}


def test_a_value_that_people_add_to_a_list_is_accepted() -> None:
    rows = {"visits": [{"visit_method": "视频会"}, {"visit_date": dt.date(2026, 6, 2)}]}
    sheets = _added(["拜访记录与计划", "拜访方式", "视频会", "Video", "video"])
    read = session({"rows": rows, "sheets": sheets})
    assert read.analyse(AS_OF).findings == []
    assert list(read.frames["visits"]["visit_method"]) == ["video", "in_person"]
    assert read.ctx.picks["visits", "visit_method"].picks[-1].label("en") == "Video"


def test_rows_that_add_nothing_are_passed_over() -> None:
    sheets = _added(
        ["拜访记录与计划", "拜访方式", "电话拜访"], ["没有这张表", "拜访方式", "甲"], ["Visits", "没有这一列", "乙"],
        ["Visits", "拜访方式"], ["Visits", "主题", "丙"], ["Visits", "Visit method", "丁"],
    )  # fmt: skip
    picks = session({"sheets": sheets, "rows": {"visits": [{}]}}).ctx.picks
    known = session({}).ctx.picks
    assert [
        p.zh
        for p in picks["visits", "visit_method"].picks[len(known["visits", "visit_method"].picks) :]
    ] == ["丁"]
