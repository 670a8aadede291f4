"""tracker fix as people and scripts call it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_fix import soiled
from tests.books import refreshed_sample
from tracker.cli.app import run

DAY = ["--as-of", "2026-06-30"]
TRACKER = [sys.executable, "-c", "from tracker.cli import main; main()"]
SHEET = "拜访记录与计划"


@pytest.fixture(scope="module")
def dirty() -> bytes:
    return soiled(refreshed_sample(size=0.05))[0]


@pytest.fixture
def path(tmp_path: Path, dirty: bytes) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(dirty)
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = run([str(a) for a in arguments])
    return code, capsys.readouterr().out


def document(out: str) -> Any:
    (book,) = json.loads(out)["books"]
    return book


def test_the_cells_are_shown_and_nothing_is_written(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    code, out = said(capsys, "fix", path, *DAY, "--lang", "zh")
    lines = out.splitlines()
    assert code == 1  # as check: there are errors in the file as it stands
    assert f"{SHEET}!A2: GEN007 拜访日期 “2026年3月5日” → 2026-03-05" in lines
    assert f"{SHEET}!D5: GEN003 拜访方式 “电话-拜访” → “电话拜访”" in lines
    assert f"{SHEET}!I6: GEN006 主题 “\\n指南 更新·” → “指南 更新”" in lines
    assert "客户基础信息!N3: CUS109 办公电话 … → …" in lines
    assert any("--show-values" in line for line in lines)
    assert any(line.startswith(f"{path}: 可修正 13 处") and "--yes" in line for line in lines)
    assert path.read_bytes() == before
    assert run(["history", str(path)]) == 0
    assert "没有历史记录" in capsys.readouterr().out


def test_yes_writes_and_undo_brings_back(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.read_bytes()
    _, out = said(capsys, "fix", path, *DAY, "--yes", "--lang", "en")
    assert "put right: 13 (CUS109 2, " in out
    assert "tracker undo" in out
    assert path.read_bytes() != before
    code, out = said(capsys, "fix", path, *DAY, "--yes", "-q", "--lang", "en")
    assert out == f"{path}: nothing that could be put right\n"
    _, out = said(capsys, "history", path, "--lang", "en")
    assert "13 cells put right" in out
    assert code == 1  # 视频会 is in no list, and nobody can tell what it should be
    assert run(["undo", str(path)]) == 0
    assert path.read_bytes() == before


def test_the_json_of_a_fix(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = said(capsys, "fix", path, *DAY, "--format", "json")
    shown = document(out)
    assert shown["changes"]["written"] is False
    (slip,) = [c for c in shown["changes"]["cells"] if c["code"] == "GEN003"]
    assert {k: slip[k] for k in ("sheet", "cell", "header", "field", "old", "new")} == {
        "sheet": SHEET, "cell": "D5", "header": "拜访方式", "field": "visit_method", "old": "电话-拜访",
        "new": "电话拜访",
    }  # fmt: skip
    (phone, _) = [c for c in shown["changes"]["cells"] if c["code"] == "CUS109"]
    assert (phone["old"], phone["new"]) == (None, None)
    proposed = [f["fix"] for f in shown["findings"] if f["code"] == "GEN003"]
    assert proposed == ["电话拜访", None]
    _, out = said(capsys, "fix", path, *DAY, "--format", "json", "--yes", "--show-values")
    done = document(out)
    assert done["changes"]["written"] is True
    assert done["changes"]["backup"]
    assert [f["fix"] for f in done["findings"] if f["code"] == "GEN003"] == [None]
    phones = [(c["old"], c["new"]) for c in done["changes"]["cells"] if c["code"] == "CUS109"]
    assert phones == [(13800138000, "13800138000"), (1065551234, "01065551234")]


def test_codes_are_singled_out(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(
        capsys, "fix", path, *DAY, "--select", "GEN006,TGT403", "--yes", "--lang", "en"
    )
    assert "put right: 3 (GEN006 2, TGT403 1)" in out
    assert code == 0
    code, out = said(capsys, "fix", path, *DAY, "--select", "GEN007", "--strict", "-q")
    assert code == 1
    assert len(out.splitlines()) == 1


def test_another_file_takes_the_corrections(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, out = path.read_bytes(), tmp_path / "other.xlsx"
    assert run(["fix", str(path), *DAY, "-o", str(out)]) == 2
    assert not out.exists()
    _, text = said(capsys, "fix", path, *DAY, "--yes", "-o", out, "--lang", "en")
    assert f"written into {out}" in text
    assert path.read_bytes() == before
    _, text = said(capsys, "fix", out, *DAY, "-q", "--lang", "en")
    assert "nothing that could be put right" in text


def test_what_is_no_workbook_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(b"hello")
    assert run(["fix", str(path), "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_piped_in_any_encoding(path: Path, encoding: str) -> None:
    done = subprocess.run(
        [*TRACKER, "fix", str(path), *DAY],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b""
    assert b"GEN003" in done.stdout
    if encoding == "gbk":
        assert "“电话-拜访” → “电话拜访”" in done.stdout.decode("gbk")


def on_terminal(answer: bytes, *arguments: str) -> str:
    """What a terminal shows of a run that is given an answer to its question."""
    import pty  # not on Windows

    here, there = pty.openpty()
    child = subprocess.Popen([*TRACKER, *arguments], stdin=there, stdout=there, stderr=there)
    os.close(there)
    shown = b""
    try:
        while select.select([here], [], [], 60)[0]:
            try:
                shown += os.read(here, 4096)
            except OSError:  # the child is gone
                break
            if answer and "吗？".encode() in shown:
                os.write(here, answer)
                answer = b""
    finally:
        os.close(here)
        child.wait(60)
    return shown.decode("utf-8", "replace")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_asks_after_showing(path: Path) -> None:
    before = path.read_bytes()
    arguments = ["fix", str(path), *DAY, "--lang", "zh"]
    text = on_terminal(b"n\n", *arguments)
    assert text.index("GEN003") < text.index("写入这 13 处修正吗？")
    assert "未写入" in text
    assert path.read_bytes() == before
    text = on_terminal(b"y\n", *arguments)
    assert "已修正 13 处" in text
    assert text.count("电话-拜访") == 1
    assert path.read_bytes() != before
