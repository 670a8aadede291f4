from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from tests.checks.casebook import AS_OF, cell, schema, session
from tests.checks.codes import CASES, found_in
from tracker.checks.catalogue import cell as place
from tracker.checks.catalogue import hint, message
from tracker.checks.firing import World
from tracker.checks.rules import KINDS
from tracker.findings import Finding
from tracker.schema.model import Rule
from tracker.schema.rules import KINDS as KNOWN_KINDS

IDS = [c["code"] for c in CASES]
Found = set[tuple[str, str, str]]


@cache
def _findings(number: int, kind: str) -> list[Finding]:
    return found_in(CASES[number], kind)


def _places(found: list[Finding], code: str) -> Found:
    """Code, module and cell of all findings; remarks about extra columns only where asked for."""
    modules = {s: k for k, names in schema().sheets.items() for s in names.values()}
    return {
        (f.code, f.module or modules[f.sheet], place(f) or "")
        for f in found
        if f.code != "GEN010" or code == "GEN010"
    }


def _expected(by_code: Mapping[str, list[str]]) -> Found:
    return {(code, *cell(at)) for code, places in by_code.items() for at in places}


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_a_planted_fault_is_found_at_its_cell_and_nothing_else_is(number: int) -> None:
    case, found = CASES[number], _findings(number, "book")
    wanted = {case["code"]: case["at"], **case.get("also", {})}
    assert _places(found, case["code"]) == _expected(wanted)


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_a_near_miss_is_no_fault(number: int) -> None:
    case, found = CASES[number], _findings(number, "miss")
    assert _places(found, case["code"]) == _expected(case.get("miss_also", {}))


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_message_has_its_facts(number: int, lang: str) -> None:
    for finding in _findings(number, "book"):
        for show in (True, False):
            for say in (message, hint):
                text = say(finding, schema(), lang, show=show)
                assert text.strip()
                assert "{" not in text
                assert "“”" not in text
                assert '""' not in text
                assert "—" not in text


def test_an_end_that_stands_in_the_cell_of_the_start_is_told_as_it_was_typed() -> None:
    (found,) = (f for f in _findings(IDS.index("VIS203"), "book") if f.row == 3)
    assert message(found, schema(), "zh") == "结束时间不晚于开始时间 14:30: “14:30-2:00”"
    assert found.value == "14:30-2:00"


@pytest.mark.parametrize(("lang", "told"), [("中文", "稳定合作"), ("英文", "Stable")])
def test_what_two_sheets_disagree_about_is_told_in_the_language_of_the_workbook(
    lang: str, told: str
) -> None:
    sheets = {"设置": [["项目", "值"], ["语言", lang]]}
    read = session({"rows": {"visits": [{"topic": "潜在"}]}, "sheets": sheets})
    world = World(read.tables, read.ctx, AS_OF)
    rule = Rule("VIS205", "agree", "topic", args={"via": "customer", "theirs": "customer_type"})
    cells = world.cells("visits")
    assert cells is not None
    assert [f.facts["theirs"] for f in KINDS["agree"](cells, rule, world)] == [told]


def test_every_code_has_a_case() -> None:
    """Those of several workbooks stand in tests/rollups/test_verdicts.py, those of bundles in
    tests/api/test_intake.py and test_distribute.py.
    """
    elsewhere = ("ROL", "DST")
    assert {code for code in IDS if not code.startswith(elsewhere)} == {
        code for code in schema().codes if not code.startswith(elsewhere)
    }


def test_the_loader_knows_the_kinds_of_rules_that_are_run() -> None:
    assert set(KINDS) == set(KNOWN_KINDS)
