"""How findings read as text: in full, quiet, verbose, and when there are very many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tracker.api.report import Report
from tracker.cli import textout
from tracker.cli.options import Common
from tracker.cli.output import Console
from tracker.cli.password import Passwords
from tracker.findings import Finding, Severity
from tracker.schema.load import load

SCHEMA = load()


def finding(code: str, row: int, severity: Severity = "error", sheet: str = "拜访") -> Finding:
    return Finding(
        code, sheet, "visits", "visit_method", row, 4, "拜访方式", "视频会", {"nearest": ("面访",)},
        severity=severity,
    )  # fmt: skip


def printed(
    capsys: pytest.CaptureFixture[str], findings: Sequence[Finding], lang: str = "zh",
    *, quiet: bool = False, verbose: bool = False,
) -> list[str]:  # fmt: skip
    console = Console(lang, quiet=quiet, verbose=verbose)
    shared = Common(None, "text", False, False, (), (), console, Passwords(None, console))
    rows = {"visits": 9}
    report = Report(Path("b.xlsx"), SCHEMA, "zh", date(2026, 6, 30), rows, tuple(findings), {})
    textout.show(report, shared, diff=False)
    return capsys.readouterr().out.splitlines()


def test_a_finding_is_a_line_with_its_cell_and_a_line_with_its_fix(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys, [finding("GEN003", 17)]) == [
        "b.xlsx:拜访!D17: GEN003 “拜访方式”不在列表中: “视频会”",
        "    改成列表中的值，最接近的是“面访”",
        "b.xlsx: 9 记录; 1 错误，0 警告，0 提示",
    ]


def test_one_is_not_many(capsys: pytest.CaptureFixture[str]) -> None:
    few = [finding("GEN003", 17), finding("VIS208", 3, "warning"), finding("VIS208", 4, "warning")]
    assert printed(capsys, few, "en")[-1] == "b.xlsx: 9 records; 1 error, 2 warnings, 0 notes"


def test_of_many_alike_the_others_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, [finding("GEN003", r) for r in range(2, 14)])
    assert [line[:16] for line in lines[:6:2]] == [f"b.xlsx:拜访!D{r}: GE"[:16] for r in (2, 3, 4)]
    assert lines[6] == "    … GEN003 另有 9 处：D5、D6、D7、D8、D9、D10、…，-v 全部列出"
    assert len(lines) == 8


def test_no_line_stands_for_one_finding(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, [finding("GEN003", r) for r in range(2, 6)])
    assert sum("!D" in line for line in lines) == 4
    assert not any("另有" in line for line in lines)


def test_errors_come_first_and_notes_only_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    mixed = [finding("VIS208", 2, "warning"), finding("GEN010", 3, "info"), finding("GEN003", 4)]
    codes = [line.split()[1] for line in printed(capsys, mixed) if "!D" in line]
    assert codes == ["GEN003", "VIS208"]
    codes = [line.split()[1] for line in printed(capsys, mixed, verbose=True) if "!D" in line]
    assert codes == ["VIS208", "GEN010", "GEN003"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_twenty_thousand_findings_can_be_read(
    capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    codes = sorted(SCHEMA.codes)
    many = [finding(codes[i % len(codes)], i + 2, sheet=f"{i % 6}") for i in range(20_000)]
    kinds = len({(f.code, f.sheet) for f in many})
    lines = printed(capsys, many, lang)
    assert len(lines) <= 2 * 60 + 2 * kinds + 1
    assert {line.split()[1] for line in lines[:-1] if "!D" in line} == set(codes)
    assert "20000" in lines[-1]


def test_quiet_and_verbose_leave_none_out(capsys: pytest.CaptureFixture[str]) -> None:
    many = [finding("GEN003", r) for r in range(2, 502)]
    assert len(printed(capsys, many, quiet=True)) == 501
    assert len(printed(capsys, many, verbose=True)) == 1001
