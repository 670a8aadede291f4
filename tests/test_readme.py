"""The README cannot drift: its output is what the program prints, its code runs."""

from __future__ import annotations

import os
import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from tracker.cli.app import run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    """The fenced block that follows a mark."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, mark
    return found[1]


def test_the_output_is_what_the_main_job_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = shlex.split(block("run").split("&&")[-1])
    assert command[0] == ".venv/bin/tracker"
    monkeypatch.chdir(ROOT)
    arguments = [str(tmp_path / a) if a == "refreshed.xlsx" else a for a in command[1:]]
    assert run([*arguments, "--lang", "zh"]) == 0
    said = capsys.readouterr().out.replace(f"{tmp_path}{os.sep}", "")
    assert said == block("output: run")


def test_every_command_named_in_the_readme_exists() -> None:
    from tracker.cli.commands import COMMANDS

    named = set(re.findall(r"`tracker ([a-z]+)", README))
    named |= set(re.findall(r"^tracker ([a-z]+)", README, re.MULTILINE))
    assert named == set(COMMANDS)


def test_the_library_example_runs(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.parent)
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(examples) == 2
    exec(compile(examples[0], "README", "exec"), {})
    any_book = book.with_name("any.xlsx")
    import xlsxwriter

    with xlsxwriter.Workbook(any_book) as made:
        made.add_worksheet("Sheet1")
    exec(compile(examples[1], "README", "exec"), {"date": date})
    from tracker.xlsx import Workbook

    assert Workbook.open(any_book).sheet("Sheet1").get("B2") == 3.5
