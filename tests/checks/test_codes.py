"""The page of codes, the shipped examples and `tracker explain` tell what the case table does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.checks import codes
from tests.checks.casebook import schema
from tracker.cli.app import run
from tracker.schema.examples import examples


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    return codes.examples()


def test_the_page_and_the_shipped_examples_are_current(made: dict[str, dict[str, Any]]) -> None:
    assert codes.EXAMPLES.read_text("utf-8") == codes.as_json(made), "run make codes"
    assert codes.PAGE.read_text("utf-8") == codes.page(made), "run make codes"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_code_is_explained_with_its_example(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = examples(lang)
    assert set(shipped) == {case["code"] for case in codes.CASES}
    for code in shipped:
        text = schema().codes[code]
        assert run(["explain", code.lower(), "--lang", lang]) == 0
        said = capsys.readouterr().out
        assert text.said("why", lang) in said
        assert f"    {shipped[code].message}\n" in said
        assert all(f"    {line}\n" in said for line in shipped[code].fires)


def test_explain_says_how_a_code_is_graded_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    toml = 'ignore = ["ISS"]\n[severity]\nVIS208 = "error"\n'
    Path("tracker.toml").write_text(toml, "utf-8")
    assert run(["explain", "VIS208", "--lang", "en"]) == 0
    assert "VIS208 (error, " in (said := capsys.readouterr().out)
    assert "shipped as warning" in said
    assert run(["explain", "ISS504", "--lang", "zh"]) == 0
    assert "不出现" in capsys.readouterr().out


def test_explain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "GEN003", "--format", "json", "--lang", "en"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["command"], told["code"], told["scope"]) == ("explain", "GEN003", "r")
    assert told["example"]["fires"] == ["Visits row 2: Visit method = 视频会"]
