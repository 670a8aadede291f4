"""The page of commands is click's own, and what is answered at once imports next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.test_answers import DAY
from tracker.api import answers
from tracker.cli import front
from tracker.cli.app import run

HEAVY = {
    "click", "pathlib", "typing", "dataclasses", "re", "json", "pandas", "numpy", "pandera", "openpyxl",
    "jinja2", "yaml", "platformdirs",
}  # fmt: skip


def loaded_by(*arguments: str) -> set[str]:
    """The heavy modules that a command line imports, in a process of its own."""
    code = (
        "import os, sys; left = set(sys.modules)\n"
        "os._exit = lambda code: print(*(set(sys.modules) - left), file=sys.stderr)\n"
        "from tracker.cli import main\nmain()"
    )
    bare = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"]
    done = subprocess.run([*bare, *arguments], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stderr.split())


def test_the_page_is_that_of_click(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert front.at_once(["--help"]) == 0
    said = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["--help"]) == 0
    assert said == capsys.readouterr().out


def test_a_narrow_terminal_gets_it_from_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert front.at_once(["--help"]) is None


def test_a_wide_terminal_gets_the_same_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    assert front.at_once(["--help"]) == 0
    said = capsys.readouterr().out
    assert run(["--help"]) == 0
    assert said == capsys.readouterr().out


def test_help_imports_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # a process of many tests names one of its own
    assert loaded_by("--help") == set()


def test_an_unchanged_workbook_imports_next_to_nothing(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(answers.FULL_RUN)
    words = ["refresh", str(book), *DAY]
    assert "pandas" in loaded_by(*words)
    assert loaded_by(*words) == set()
    assert run(words) == 0
