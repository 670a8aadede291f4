from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.summary.reading import part, sheet_of
from tracker.checks.catalogue import hint, message
from tracker.findings import Finding, Severity
from tracker.schema.load import load
from tracker.summary.findings_sheet import Places, findings_sheet

SCHEMA = load()
ROOT = Path(__file__).parents[2]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NO_PLACES = Places({}, {}, {})
FIRST = 6
SCRIPT = """
import hashlib, sys
from tests.summary.test_findings_sheet import many, made
sys.stdout.write(hashlib.sha256(made(many(40))).hexdigest())
"""


def finding(
    code: str = "GEN003", severity: Severity = "error", row: int | None = 4, value: object = "视频会",
    facts: Mapping[str, object] = {"nearest": "线上会议"}, sheet: str = "拜访记录与计划",
) -> Finding:  # fmt: skip
    return Finding(
        code, sheet, "visits", "visit_method", row, 4 if row else None, "拜访方式", value, facts,
        severity=severity,
    )  # fmt: skip


def many(count: int) -> list[Finding]:
    severities: Sequence[Severity] = ("warning", "error", "info")
    return [finding(severity=severities[i % 3], row=i + 2) for i in range(count)]


def places(ident: str = "VBCDFGH", record: str = "王丽") -> Places:
    return Places({"visits": {4: ident}}, {"visits": {4: record}}, {"visits": 24})


def made(
    findings: Sequence[Finding], known: Places = NO_PLACES, lang: str = "zh", name: str = "校验结果"
) -> bytes:
    return findings_sheet(findings, known, SCHEMA, lang, name, "2026-06-30")


def line(sheet: Worksheet, row: int = FIRST) -> list[object]:
    return [cell.value for cell in sheet[row]]


def test_one_line_says_what_where_and_what_to_do() -> None:
    f = finding()
    assert line(sheet_of(made([f], places()))) == [
        "错误",
        "=HYPERLINK(\"#'拜访记录与计划'!D\"&IFERROR(MATCH(\"VBCDFGH\",'拜访记录与计划'!$X:$X,0),4),\"D4\")",
        "拜访记录与计划", "王丽", "拜访方式", "视频会", message(f, SCHEMA, "zh"), hint(f, SCHEMA, "zh"),
        "GEN003", "VBCDFGH",
    ]  # fmt: skip


def test_both_languages() -> None:
    sheet = sheet_of(made([finding()], places(), "en", "Findings"))
    assert line(sheet, 5)[0] == "Severity"
    assert line(sheet)[6] == message(finding(), SCHEMA, "en")
    assert sheet["A1"].value == "Findings"


def test_errors_first_and_otherwise_in_the_order_given() -> None:
    severities: Sequence[Severity] = ("info", "error", "warning", "error")
    order = [finding(severity=s, row=r) for s, r in zip(severities, (2, 9, 3, 5), strict=True)]
    sheet = sheet_of(made(order))
    rows = [(line(sheet, r)[0], line(sheet, r)[1]) for r in range(FIRST, FIRST + 4)]
    assert [said for said, _ in rows] == ["错误", "错误", "警告", "提示"]
    assert ['"D9"' in str(rows[0][1]), '"D5"' in str(rows[1][1])] == [True, True]


def test_counts_stand_on_top() -> None:
    sheet = sheet_of(made(many(10)))
    assert [sheet[c].value for c in ("A3", "C3", "D3")] == ["错误 3", "警告 4", "提示 3"]
    assert "2026-06-30" in str(sheet["A2"].value)


def test_nothing_found_is_said_and_leaves_no_empty_table() -> None:
    sheet = sheet_of(made([]))
    texts = [c.value for row in sheet.iter_rows() for c in row if c.value]
    assert texts == ["校验结果", "统计日 2026-06-30", "√ 没有发现问题"]
    assert not sheet.tables
    assert sheet.freeze_panes is None


def test_headers_stay_in_sight_with_filters_over_every_line() -> None:
    sheet = sheet_of(made(many(7)))
    assert sheet.freeze_panes == "A6"
    table = sheet.tables["tblFindings"]
    assert table.ref == table.autoFilter.ref == "A5:J12"
    assert table.column_names == [c.value for c in sheet[5]]
    assert sheet.print_title_rows == "$5:$5"


def test_links_carry_what_they_show() -> None:
    root = part(made([finding()], places()), "xl/worksheets/sheet1.xml")
    cells = {c.get("r"): c for c in root.iter(MAIN + "c")}
    assert cells["B6"].findtext(MAIN + "v") == "D4"
    assert cells["B6"].get("t") == "str"


def test_a_finding_about_a_sheet_leads_to_its_start() -> None:
    f = finding("GEN016", "warning", None, None, {"sheet": "副本", "original": "原表"}, "副本 (2)")
    assert line(sheet_of(made([f])))[1] == '=HYPERLINK("#\'副本 (2)\'!A1","A1")'


def test_a_finding_about_a_row_leads_to_its_row() -> None:
    f = Finding("GEN019", "表", "visits", None, 4, severity="warning", facts={"label": "合计"})
    assert line(sheet_of(made([f])))[1] == '=HYPERLINK("#\'表\'!A4","A4")'


@pytest.mark.parametrize(
    ("ident", "sought"),
    [('A"B', '"A""B"'), ("A*?~", '"A~*~?~~"'), ('")&CMD("', '""")&CMD("""')],
)
def test_a_typed_id_stays_inside_its_quotes(ident: str, sought: str) -> None:
    assert f"MATCH({sought},'拜访记录与计划'!" in str(
        line(sheet_of(made([finding()], places(ident))))[1]
    )


@pytest.mark.parametrize("ident", ["X" * 300, "a\x07b", ""])
def test_an_id_that_no_formula_can_hold_is_not_looked_up(ident: str) -> None:
    found = str(line(sheet_of(made([finding()], places(ident))))[1])
    assert found == '=HYPERLINK("#\'拜访记录与计划\'!D4","D4")'


def test_an_id_that_several_rows_have_is_not_looked_up() -> None:
    shared = Places({"visits": {4: "A17", 9: "A17"}}, {}, {"visits": 24})
    assert "MATCH" not in str(line(sheet_of(made([finding(row=9)], shared)))[1])


def test_an_id_that_was_typed_as_a_number_is_found_as_either() -> None:
    said = str(line(sheet_of(made([finding()], places("1001"))))[1])
    ids = "'拜访记录与计划'!$X:$X,0)"
    assert f'IFERROR(MATCH("1001",{ids},IFERROR(MATCH(1001,{ids},4))' in said
    assert "MATCH(0101" not in str(line(sheet_of(made([finding()], places("0101"))))[1])


def test_quotes_in_a_sheet_name() -> None:
    f = finding(sheet='It\'s "A"')
    assert line(sheet_of(made([f])))[1] == '=HYPERLINK("#\'It\'\'s ""A""\'!D4","D4")'


@pytest.mark.parametrize(
    "typed", ["=1+1", "{=1}", "http://x.cn", "mailto:a@b.cn", "internal:A1", "@SUM(A1)", "-1", "_x0041_", "1e5"]
)  # fmt: skip
def test_text_stays_text(typed: str) -> None:
    sheet = sheet_of(made([finding(value=typed)], places(typed, typed)))
    for place in ("D6", "F6", "J6"):
        assert (sheet[place].value, sheet[place].data_type) == (typed, "s")
        assert sheet[place].hyperlink is None


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text())
def test_any_text_makes_a_sheet_of_strings_and_one_formula(value: str, ident: str) -> None:
    cells = part(made([finding(value=value)], places(ident, value)), "xl/worksheets/sheet1.xml")
    sixth = [c for c in cells.iter(MAIN + "c") if (c.get("r") or "").endswith("6")]
    assert [c.get("r") for c in sixth if c.find(MAIN + "f") is not None] == ["B6"]
    assert {c.get("t") for c in sixth} <= {"s", "str", None}


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (0.5, "0.5"), (True, "True"), (None, None)]
)
def test_values_read_as_in_the_cell(value: object, shown: str | None) -> None:
    assert sheet_of(made([finding(value=value)]))["F6"].value == shown


def test_a_long_value_is_cut_and_keeps_to_one_line() -> None:
    shown = str(sheet_of(made([finding(value="长\n" * 500)]))["F6"].value)
    assert len(shown) == 120
    assert shown.endswith("…")
    assert "\n" not in shown


def test_rows_are_high_enough_for_what_wraps() -> None:
    short, long = finding("GEN001", facts={}, value=None), finding(row=5, value="很长的值" * 20)
    sheet = sheet_of(made([short, long]))
    heights = [sheet.row_dimensions[r].height or 0 for r in (6, 7)]
    assert 20 <= heights[0] <= 24
    assert heights[1] >= 16 * 8
    assert sheet["G7"].alignment.wrap_text


def test_links_and_lines_have_an_end() -> None:
    sheet = sheet_of(made(many(20_003)))
    assert str(sheet["B10005"].value).startswith("=HYPERLINK")
    assert not str(sheet["B10006"].value).startswith("=")
    assert sheet["A20005"].value == "提示"
    assert sheet["A20006"].value == "另有 3 条未列出，先改正以上各条再刷新"
    assert sheet.max_row == 20_006


def test_equal_findings_give_equal_bytes_anywhere() -> None:
    seen = set()
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, cwd=ROOT, capture_output=True, check=True
        )
        seen.add(ran.stdout)
    assert len(seen) == 1
    assert len(seen.pop()) == 64


def bare_seconds(lines: int) -> float:
    """What the writer itself takes for so many lines of ten texts."""
    start = time.process_time()
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheet = book.add_worksheet()
    for row in range(lines):
        for column in range(10):
            sheet.write_string(row, column, f"文字 {row}")
    book.close()
    return time.process_time() - start


def test_five_thousand_findings_cost_little_more_than_their_cells() -> None:
    findings, known = many(5000), places()
    made(findings[:1])
    bare = bare_seconds(5000)
    start = time.process_time()
    made(findings, known)
    assert time.process_time() - start < 5 * bare
