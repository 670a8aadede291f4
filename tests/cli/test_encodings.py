"""Every command piped into a stream that has no Chinese, or no more than GBK has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.books import Hand, new_sample
from tracker.cli.commands import COMMANDS

DAY = ["--as-of", "2026-06-30"]
ODD = "€ 𠮷 ✓ Ö 🙂 ¥"
CASES: Mapping[str, Sequence[Sequence[str]]] = {
    "new": [["OUT1.xlsx"], ["OUT2.xlsx", "--lang", "en", "--sample"]],
    "check": [["BOOK", *DAY, *more] for more in (
        [], ["-q"], ["-v", "--lang", "zh"], ["--format", "json"], ["--format", "jsonl", "--show-values"],
        ["--format", "sarif"],
    )],
    "refresh": [["BOOK", *DAY, "--diff", "--show-values"], ["BOOK", *DAY], ["BOOK", *DAY, "--format", "json"]],
    "fix": [["BOOK", *DAY, "--show-values"], ["BOOK", *DAY, "--format", "json"], ["BOOK", *DAY, "--yes"]],
    "today": [["BOOK", *DAY], ["BOOK", *DAY, "--format", "json"]],
    "report": [["BOOK", *DAY, "-o", "OUT.html"], ["BOOK", *DAY, "-o", "OUT2.html", "--format", "json"]],
    "template": [["export", "OUT"], ["export", "OUT2", "--format", "json"]],
    "rollup": [["BOOK", *DAY, "-o", "OUT3.xlsx"], ["BOOK", *DAY, "-o", "OUT4.xlsx", "--format", "json"]],
    "distribute": [["PLAN", "BOOK", "--dry"], ["PLAN", "BOOK", "--to", "OUT5", "--format", "json"]],
    "export": [["OUT3.xlsx", "-o", "OUT6", "--format", "csv"]],
    "history": [["BOOK"], ["BOOK", "--show-values"], ["BOOK", "--format", "json"]],
    "undo": [["BOOK"]],
    "restore": [["BOOK", "--to", "1"]],
    "schema": [[], ["visits", "--lang", "zh"], ["customers", "--format", "json"]],
    "explain": [["GEN003"], ["cus105", "--lang", "zh"], ["vis208", "--format", "json"]],
    "doctor": [[], ["--format", "json"]],
}  # fmt: skip
"""In the order in which they run, on one workbook. A new command needs an entry."""
SCRIPT = """
import json, sys
from tracker.cli.app import run
for command in json.load(sys.stdin):
    code = run(command)
    print(f"\\n=== {code}", flush=True)
    code = run([command[0], "--help"])
    print(f"\\n=== {code}", flush=True)
"""


@pytest.fixture(scope="module")
def odd() -> bytes:
    """A small workbook whose faults hold characters that neither encoding has."""
    hand = Hand(new_sample(size=0.02))
    rows = [int(r) for r in hand.frame("visits").index]
    hand.type("visits", "visit_method", rows[0], ODD)
    hand.type("visits", "customer", rows[1], ODD)
    hand.type("visits", "topic", rows[2], f" {ODD}　")
    hand.type("customers", "office_phone", int(hand.frame("customers").index[0]), ODD)
    return hand.done()


def planned(path: Path) -> Path:
    """A central file with a row for the sample's representative and one that cannot be read."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "销售目标与达成"
    sheet.append(["代表编号", "口径", "客户/机构", "产品", "周期", "单位", "销售目标"])
    for target in (77, ODD):
        sheet.append(["R001", "机构", f"医院{ODD}", f"产品{ODD}{target}", "2031Q4", "盒", target])
    book.save(path)
    return path


def test_every_command_is_tried() -> None:
    assert list(CASES) == [c for c in CASES if c in COMMANDS]
    assert set(CASES) == set(COMMANDS)


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_no_character_ends_the_program(odd: bytes, tmp_path: Path, encoding: str) -> None:
    book = tmp_path / "工作簿.xlsx"
    book.write_bytes(odd)
    named = {"BOOK": str(book), "PLAN": str(planned(tmp_path / "计划.xlsx"))}
    commands = [
        [name, *(named.get(a, a) for a in args)] for name, all_ in CASES.items() for args in all_
    ]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(commands).encode(), cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, capture_output=True,
    )  # fmt: skip
    said = done.stderr.decode(encoding)
    assert done.returncode == 0, said
    assert "Traceback" not in said
    printed = done.stdout.decode(encoding).split("\n=== ")
    assert len(printed) == 2 * len(commands) + 1
    texts = [printed[0], *(p.partition("\n")[2] for p in printed[1:])]
    codes = [int(p.partition("\n")[0]) for p in printed[1:]]
    for i, command in enumerate(commands):
        assert codes[2 * i] in (0, 1), (command, said)
        assert codes[2 * i + 1] == 0, command
        assert texts[2 * i].strip(), command
        if command[-1] in ("json", "sarif"):
            json.loads(texts[2 * i])
        if "jsonl" in command:
            assert all(json.loads(line) for line in texts[2 * i].strip().splitlines())
