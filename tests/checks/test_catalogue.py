from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checks.casebook import AS_OF, schema, session
from tracker.checks.catalogue import Grading, grade, hint, is_private, message
from tracker.checks.columns import expected
from tracker.findings import Finding

PHONE = Finding(
    "CUS105", "客户", "customers", "private_phone", 2, 5, "私人电话", "1380013800", {"expected": "11 位"}
)  # fmt: skip


def test_what_commands_a_terminal_is_left_out() -> None:
    typed = replace(PHONE, value="\x1b[31m1\x9b2J\u202e3\n4")
    assert message(typed, schema(), "zh") == "“私人电话”的格式不对: “\ufffd[31m1\ufffd2J\ufffd3 4”"


def test_a_personal_value_is_left_out_unless_asked_for() -> None:
    assert message(PHONE, schema(), "zh") == "“私人电话”的格式不对: “1380013800”"
    assert message(PHONE, schema(), "zh", show=False) == "“私人电话”的格式不对"
    assert message(PHONE, schema(), "en", show=False) == '"私人电话" is malformed'
    assert hint(PHONE, schema(), "zh", show=False) == "应为: 11 位"
    assert is_private(PHONE, schema())
    assert not is_private(replace(PHONE, field="region"), schema())
    assert not is_private(replace(PHONE, module=None), schema())


def test_a_personal_value_in_the_middle_of_a_message_is_named_as_not_shown() -> None:
    birthday = replace(
        PHONE, code="GEN007", module="preferences", field="important_date", facts={"normal": "1985-05-18"}
    )  # fmt: skip
    said = message(birthday, schema(), "zh", show=False)
    assert "1985" not in said
    assert "（未显示）" in said


def test_blanks_and_long_values_read_well() -> None:
    long = replace(PHONE, value="很" * 99)
    assert len(message(long, schema(), "zh")) < 80
    assert "（空白）" in message(replace(PHONE, value=None), schema(), "zh")
    assert "(blank)" in message(replace(PHONE, value=""), schema(), "en")


def test_names_are_joined_as_the_language_joins_them() -> None:
    unknown = replace(
        PHONE, code="GEN015", field="institution", facts={"nearest": ("甲", "乙")}
    )  # fmt: skip
    assert "甲、乙" in hint(unknown, schema(), "zh")
    assert "甲, 乙" in hint(unknown, schema(), "en")


def test_configured_severities_win() -> None:
    graded = grade([PHONE], schema(), Grading({"CUS105": "error"}))
    assert [f.severity for f in graded] == ["error"]
    assert [f.severity for f in grade([PHONE], schema(), Grading())] == ["warning"]
    told = replace(PHONE, severity="info")
    assert [f.severity for f in grade([told], schema(), Grading())] == ["info"]


@pytest.mark.parametrize(
    ("grading", "kept"),
    [
        (Grading(ignore=frozenset({"CUS105"})), 0),
        (Grading(ignore=frozenset({"CUS"})), 0),
        (Grading(select=frozenset({"VIS"})), 0),
        (Grading(select=frozenset({"CUS1"})), 1),
        (Grading(select=frozenset({"CUS"}), ignore=frozenset({"CUS105"})), 0),
    ],
)
def test_codes_are_selected_and_ignored_by_prefix(grading: Grading, kept: int) -> None:
    assert len(grade([PHONE], schema(), grading)) == kept


def test_findings_are_sorted_by_place() -> None:
    places = [
        (None, 3, 1),
        ("visits", 2, 1),
        ("customers", 9, 1),
        ("customers", 2, 4),
        ("customers", 2, 1),
    ]
    found = [replace(PHONE, module=m, row=r, column=c) for m, r, c in places]
    graded = grade(found, schema(), Grading())
    assert [(f.module, f.row, f.column) for f in graded] == list(reversed(places))


def test_a_code_that_is_no_error_any_more_lets_the_row_count() -> None:
    read = session({"rows": {"visits": [{"visit_method": "视频会"}]}})
    assert list(read.analyse(AS_OF).valid["visits"]) == [False]
    read.config = replace(read.config, grading=Grading({"GEN003": "warning"}))
    assert list(read.analyse(AS_OF).valid["visits"]) == [True]


def test_every_code_has_the_severity_and_the_scope_that_it_is_meant_to_have() -> None:
    lines = Path(__file__).with_name("codes.tsv").read_text("utf-8").splitlines()[1:]
    meant = {code: (severity, scope) for code, severity, scope in map(str.split, lines)}
    ours = {c.code: (c.severity, c.scope) for c in schema().codes.values()}
    assert {code: ours.get(code) for code in meant} == meant
    further = sorted(set(ours) - set(meant))
    assert further == [
        "CUS118", "CUS119", "DST801", "DST802", "DST803", "DST804", "DST805", "DST806", "DST807",
        "DST808", "DST811", "DST812", "DST813", "DST814", "ISS511", "ISS512", "MSG311", "PRF607",
        "TGT419", "VIS221", "VIS222",
    ]  # fmt: skip


def test_every_code_speaks_both_languages() -> None:
    for code in schema().codes.values():
        for texts in (code.message, code.hint, code.why):
            assert re.search("[一-鿿]", texts["zh"]), code.code
            assert not re.search("[一-鿿]", texts["en"]), code.code


def test_what_a_cell_may_hold_is_said_for_every_limited_column() -> None:
    for module in schema().modules.values():
        for column in module.owned("input"):
            limits = (column.minimum, column.maximum, column.max_length, column.earliest)
            if any(x is not None for x in limits) or column.patterns:
                assert expected(column, "zh").strip()
                assert expected(column, "en").strip()


def test_lengths_and_ranges_are_reported_with_what_is_expected() -> None:
    rows = {"visits": [{"duration_min": 481, "summary": "长" * 2001, "visit_date": "1989-12-31"}]}
    found = session({"rows": rows}).analyse(AS_OF).findings
    said = {f.field: f.facts.get("expected") for f in found if f.code == "GEN002"}
    assert said == {
        "duration_min": "1–480",
        "summary": "不超过 2000 个字",
        "visit_date": "≥ 1990-01-01",
    }


def test_values_of_a_list_are_checked_one_by_one() -> None:
    read = session({"rows": {"visits": [{"purpose": "学术交流、喝茶"}]}})
    found = read.analyse(AS_OF).findings
    assert [(f.code, f.field) for f in found] == [("GEN003", "purpose")]
    assert list(read.frames["visits"]["purpose"]) == [("academic",)]


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        ({"visit_date": "2026-02-30"}, "写成例如 2026-03-05 的形式", "write it like 2026-03-05"),
        ({"duration_min": "5百"}, "写成例如 12 的形式", "write it like 12"),
        ({"duration_min": 481}, "应为: 1–480", "it should be: 1–480"),
        ({"visit_date": "3.5"}, "改成: 2026-03-05", "make it: 2026-03-05"),
        ({"visit_method": "电话拜会"}, "改成列表中的值，最接近的是“电话拜访”",
         'pick a value of the list; the nearest is "电话拜访"'),
    ],
)  # fmt: skip
def test_only_what_is_proposed_is_called_a_correction(
    row: dict[str, object], zh: str, en: str
) -> None:
    (found,) = session({"rows": {"visits": [row]}}).analyse(AS_OF).findings
    assert (hint(found, schema(), "zh"), hint(found, schema(), "en")) == (zh, en)


def test_where_no_value_is_near_the_list_is_named() -> None:
    (found,) = session({"rows": {"issues": [{"issue_status": "未解决"}]}}).analyse(AS_OF).findings
    assert hint(found, schema(), "zh").startswith("列表中的值是: ")
    assert "已解决" in hint(found, schema(), "zh")


def test_a_personal_day_that_fix_could_complete_stays_hidden_in_the_hint() -> None:
    day = replace(PHONE, code="PRF602", module="preferences", field="important_date",
                  value="3.5", facts={"example": "YYYY-MM-DD"}, fix="2026-03-05")  # fmt: skip
    assert hint(day, schema(), "zh", show=False) == "写成例如 YYYY-MM-DD 的形式"
    assert hint(day, schema(), "zh") == "改成: 2026-03-05"


def test_fix_is_named_only_where_it_can_do_something() -> None:
    typed = replace(PHONE, code="GEN008", field="region", facts={"normal": "3"}, value="3个")
    assert hint(typed, schema(), "en") == "type it again as a number"
    assert hint(replace(typed, fix=3.0), schema(), "en") == "fix can turn it into a real number"
    private = replace(typed, field="private_phone", fix=3.0)
    assert hint(private, schema(), "en", show=False) == "fix can turn it into a real number"
