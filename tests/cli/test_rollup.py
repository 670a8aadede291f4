"""The command `rollup`: what it prints and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tracker.cli import app

TEAM = Path(__file__).parents[2] / "sample_workbooks" / "team"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A folder with two workbooks of the sample team."""
    (tmp_path / "team").mkdir()
    for name in ("R101.xlsx", "R102.xlsx"):
        shutil.copy(TEAM / name, tmp_path / "team" / name)
    return tmp_path / "team"


def run(*arguments: object) -> int:
    return app.run([str(a) for a in arguments])


def test_a_whole_team_ends_with_0_and_says_what_was_written(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rollup.xlsx"
    assert run("rollup", pair, "-o", out, "--as-of", "2026-06-30", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "2 workbooks (0 unchanged)" in said
    assert "ROL703" in said
    assert str(out) in said
    assert out.is_file()


def test_a_book_that_cannot_be_read_ends_with_1_and_is_named(
    pair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pair / "broken.xlsx").write_bytes(b"PK\x03\x04 no")
    (pair / "list.txt").write_text("R101\nR102\nR103\n", "utf-8")
    code = run("rollup", pair, "--as-of", "2026-06-30", "--format", "json",
               "--expected", pair / "list.txt", "--lang", "en")  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    states = {b["path"]: b["state"] for b in document["books"]}
    assert states == {
        "R101.xlsx": "read",
        "R102.xlsx": "read",
        "R103": "missing",
        "broken.xlsx": "skipped",
    }
    assert all(b["remarks"] for b in document["books"] if b["state"] != "read")
    assert document["written"] == []
    assert document["rows"]["visits"] == sum(
        b["rows"]["visits"] for b in document["books"] if b["rows"]
    )


def test_no_book_at_all_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("rollup", tmp_path / "empty") == 2
    assert run("rollup", tmp_path / "none") == 2
    assert run("rollup", TEAM, "--unmask", "remarks") == 2
    assert "remarks" in capsys.readouterr().err


def test_a_key_that_is_too_short_is_refused(pair: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    assert run("rollup", pair, "--key-file", tmp_path / "key") == 2
