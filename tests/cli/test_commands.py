"""The commands as people and scripts call them: output, exit codes, JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.books import Hand, refreshed_sample
from tests.xlsx.books import with_signature
from tracker.cli.app import run
from tracker.errors import ProofError
from tracker.resources import schema_dir

DAY = ["--as-of", "2026-06-30"]


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one JSON document on standard output."""
    return json.loads(capsys.readouterr().out)


def with_fault(book: Path) -> str:
    """Plant a value outside its list; returns the cell."""
    hand = Hand(book.read_bytes())
    cell = hand.type("visits", "visit_method", int(hand.frame("visits").index[15]), "视频会")
    book.write_bytes(hand.done())
    return cell


def test_new_refresh_and_undo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "b.xlsx"
    assert run(["new", str(path), "--sample", "--format", "json"]) == 0
    assert document(capsys) == {"format": 1, "command": "new", "path": str(path), "written": True}
    before = path.read_bytes()
    assert run(["refresh", str(path), *DAY]) == 0
    out = capsys.readouterr().out
    assert "VIS208" in out
    assert "tracker undo" in out
    assert run(["undo", str(path)]) == 0
    assert path.read_bytes() == before
    assert run(["undo", str(path)]) == 3
    assert run(["new", str(path)]) == 3
    assert path.read_bytes() == before


@pytest.mark.parametrize(("lang", "said"), [("zh", "文件已存在"), ("en", "exists already")])
@pytest.mark.parametrize("of_process", ["zh", "en", ""])
def test_what_ends_a_command_is_said_in_the_language_asked_for(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    lang: str, said: str, of_process: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("TRACKER_LANG", of_process)
    assert run(["new", str(book), "--lang", lang]) == 3
    assert said in capsys.readouterr().err


def test_a_mistyped_threshold_is_one_line_with_the_nearest_name(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book.with_name("tracker.toml").write_text("[thresholds.trend]\nwindows = 4\n", "utf-8")
    assert run(["check", str(book), "--lang", "en", *DAY]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert "thresholds.trend.windows (window" in line


def test_another_file_is_named_when_it_is_written_though_nothing_changes(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["refresh", str(book), *DAY]) == 0
    out, again = book.with_name("out.xlsx"), ["refresh", str(book), *DAY, "--lang", "en", "-o"]
    capsys.readouterr()
    assert run([*again, str(out)]) == 0
    said = capsys.readouterr().out
    assert f"written to {out}" in said
    assert "nothing to do" not in said
    assert out.read_bytes() == book.read_bytes()
    assert run([*again, str(out)]) == 0
    assert "nothing to do" in capsys.readouterr().out
    out.write_bytes(refreshed_sample("en", 0.02))
    assert run([*again, str(out)]) == 0
    assert f"tracker undo {out}" in capsys.readouterr().out


def test_an_empty_new_workbook_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("zh", "en"):
        path = tmp_path / f"{lang}.xlsx"
        packs = ["--with", "kam", "--with", "precall"]
        assert (
            run(["new", str(path), "--lang", lang, "--rep", "R7", "--rep-name", "Wang Li", *packs])
            == 0
        )
        assert run(["refresh", str(path), *DAY]) == 0
        capsys.readouterr()
        assert run(["refresh", str(path), *DAY, "--check", "--format", "json"]) == 0
        assert document(capsys)["books"][0]["counts"] == {"error": 0, "warning": 0, "info": 0}


def test_new_knows_its_packs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", str(tmp_path / "b.xlsx"), "--with", "nonsense"]) == 2
    assert "precall" in capsys.readouterr().err


def test_the_json_of_a_check(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell = with_fault(book)
    assert run(["check", str(book), *DAY, "--format", "json"]) == 1
    found = document(capsys)
    assert (found["format"], found["command"], found["as_of"]) == (1, "check", "2026-06-30")
    (read,) = found["books"]
    assert read["path"] == str(book)
    assert read["rows"]["customers"] == 30
    assert read["excluded_rows"] == {"visits": 1}
    assert read["changes"] == {"cells": 0, "ids": 0, "written": False, "backup": None}
    (error,) = [f for f in read["findings"] if f["severity"] == "error"]
    assert {k: error[k] for k in ("code", "module", "field", "sheet", "cell", "header", "value", "fix")} == {
        "code": "GEN003", "module": "visits", "field": "visit_method", "sheet": "拜访记录与计划",
        "cell": cell, "header": "拜访方式", "value": "视频会", "fix": None,
    }  # fmt: skip
    assert error["message"]
    assert error["hint"]


def test_the_text_of_a_finding(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell = with_fault(book)
    assert run(["check", str(book), *DAY, "--lang", "zh"]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if "GEN003" in line)
    assert lines[at].startswith(f"{book}:拜访记录与计划!{cell}: GEN003 “拜访方式”不在列表中")
    assert lines[at + 1].startswith("    ")
    assert run(["check", str(book), *DAY, "--lang", "en", "-q"]) == 1
    text = capsys.readouterr().out
    assert "is not in its list" in text
    assert "nearest" not in text  # no hints


def test_check_and_diff_write_nothing(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.read_bytes()
    assert run(["refresh", str(book), *DAY, "--check"]) == 0
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--check"]) == 1
    capsys.readouterr()
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--diff", "--format", "json"]) == 0
    changes = document(capsys)["books"][0]["changes"]
    assert changes["written"] is False
    assert set(changes["cells"][0]) == {"sheet", "cell", "old", "new", "field", "row_id"}
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--diff"]) == 0
    hidden = capsys.readouterr().out.splitlines()
    assert any(line.endswith(": … → …") for line in hidden)
    assert sum("--show-values" in line for line in hidden) == 1
    run(["refresh", str(book), "--as-of", "2026-07-01", "--diff", "--show-values"])
    shown = capsys.readouterr().out
    assert "→" in shown
    assert "--show-values" not in shown
    assert book.read_bytes() == before


def test_a_signed_workbook_is_written_only_where_that_is_asked_for(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = with_signature(book.read_bytes())
    book.write_bytes(signed)
    assert run(["refresh", str(book), "--as-of", "2026-07-01"]) == 3
    assert "--break-signature" in capsys.readouterr().err
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--diff"]) == 0
    assert book.read_bytes() == signed
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--break-signature"]) == 0
    assert book.read_bytes() != signed
    assert run(["undo", str(book)]) == 0
    assert book.read_bytes() == signed


def test_select_ignore_and_strict(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(book), *DAY]) == 0
    assert run(["check", str(book), *DAY, "--strict"]) == 1
    assert run(["check", str(book), *DAY, "--strict", "--ignore", "VIS208,ISS,CUS"]) == 0
    capsys.readouterr()
    assert run(["check", str(book), *DAY, "--select", "iss504", "--format", "json"]) == 0
    assert {f["code"] for f in document(capsys)["books"][0]["findings"]} == {"ISS504"}


def test_what_is_selected_for_print_changes_nothing_that_is_written(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_fault(book)
    assert run(["refresh", str(book), *DAY, "--select", "ISS", "--format", "json"]) == 0
    assert document(capsys)["books"][0]["excluded_rows"] == {"visits": 1}
    assert run(["refresh", str(book), *DAY, "--check", "--ignore", "GEN"]) == 0
    assert run(["refresh", str(book), *DAY, "--check"]) == 1


@pytest.mark.parametrize("made", ["text", "folder", "missing", "empty", "xls"])
def test_an_unsuitable_file_gets_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], made: str
) -> None:
    path = tmp_path / "bad.xlsx"
    if made == "folder":
        path.mkdir()
    elif made != "missing":
        content = {
            "text": b"a,b\n",
            "empty": b"",
            "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        }
        path.write_bytes(content[made])
    before = sorted(p.name for p in tmp_path.iterdir())
    for command in ("check", "refresh"):
        assert run([command, str(path), *DAY]) == 2
        out = capsys.readouterr()
        assert out.out == ""
        assert len(out.err.strip().splitlines()) == 1
        assert "bad.xlsx" in out.err
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "state") == before


def test_personal_values_are_left_out_unless_asked_for(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand(book.read_bytes())
    hand.type("customers", "private_phone", int(hand.frame("customers").index[0]), "19876543210x")
    book.write_bytes(hand.done())
    for extra in ([], ["--format", "json"], ["-v"]):
        run(["check", str(book), *DAY, *extra])
        assert "19876543210" not in capsys.readouterr().out
        run(["refresh", str(book), *DAY, "--diff", *extra])
        assert "19876543210" not in capsys.readouterr().out
    run(["check", str(book), *DAY, "--show-values", "--format", "json"])
    assert "19876543210x" in capsys.readouterr().out


def test_a_configuration_changes_severities(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book.parent / "tracker.toml").write_text('[severity]\nVIS208 = "error"\n', encoding="utf-8")
    assert run(["check", str(book), *DAY]) == 1
    (book.parent / "tracker.toml").write_text("nonsense = 1\n", encoding="utf-8")
    assert run(["check", str(book), *DAY]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_several_books_and_one_that_is_none(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = book.parent / "bad.xlsx"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run(["check", str(book), str(bad), *DAY, "--format", "json"]) == 2
    out = capsys.readouterr()
    found = json.loads(out.out)
    assert [b["path"] for b in found["books"]] == [str(book)]
    assert [f["path"] for f in found["failed"]] == [str(bad)]
    assert "bad.xlsx" in out.err


def test_usage_errors_end_with_two(book: Path) -> None:
    assert run([]) == 2
    assert run(["nonsense"]) == 2
    assert run(["check"]) == 2
    assert run(["check", str(book), "--as-of", "yesterday"]) == 2
    assert run(["check", str(book), "--as-of", "9999-12-31"]) == 2
    assert run(["check", str(book), "--as-of", "0001-01-01"]) == 2
    assert run(["refresh", str(book), str(book), "-o", "x.xlsx"]) == 2
    assert run(["explain", "GEN999"]) == 2
    assert run(["schema", "nonsense"]) == 2


def test_explain_schema_and_doctor(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["explain", "gen003", "--lang", "zh"]) == 0
    assert "GEN003" in capsys.readouterr().out
    assert run(["schema"]) == 0
    assert run(["schema", "visits", "--lang", "en"]) == 0
    assert "Visit method" in capsys.readouterr().out
    assert run(["schema", "visits", "--format", "json"]) == 0
    (module,) = document(capsys)["modules"]
    assert module["id"] == "visit_id"
    assert run(["schema", "--check", str(tmp_path)]) == 2
    assert run(["doctor"]) == 0
    capsys.readouterr()
    assert run(["doctor", "--format", "json"]) == 0
    facts = document(capsys)
    assert facts["packages"]["pandera"]
    assert facts["packages"]["rapidfuzz"]
    assert {"duckdb", "keyring", "pyarrow"} <= set(facts["optional"])
    assert "pytest" not in facts["optional"]


def test_schema_and_explain_follow_the_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own"
    shutil.copytree(schema_dir(), own)
    (own / "preferences.yaml").unlink()
    codes = (own / "findings.yaml").read_text("utf-8").replace("PRF601:", "XYZ601:")
    (own / "findings.yaml").write_text(codes, "utf-8")
    assert run(["schema", "preferences"]) == 0
    Path("tracker.toml").write_text('schema = "own"\n', "utf-8")
    assert run(["schema", "preferences"]) == 2
    assert run(["explain", "XYZ601"]) == 0
    capsys.readouterr()
    assert run(["new", "--help"]) == 0
    assert "care" not in capsys.readouterr().out.split("Optional columns")[1]


def test_a_schema_is_checked_in_json_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ["schema", "--check", str(tmp_path), "--format", "json"]
    (tmp_path / "findings.yaml").write_text("- 1\n", "utf-8")
    assert run(asked) == 2
    (fault,) = document(capsys)["check"]["faults"]
    assert (fault["path"], fault["line"]) == (str(tmp_path), 1)
    shutil.copytree(schema_dir(), tmp_path, dirs_exist_ok=True)
    assert run(asked) == 0
    assert "visits" in document(capsys)["check"]["modules"]


def test_a_fault_in_the_program_leaves_a_report(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("13800138000")

    monkeypatch.setattr("tracker.api.run.check", broken)
    assert run(["check", str(book), *DAY]) == 70
    err = capsys.readouterr().err
    assert "Traceback" not in err
    report = next(Path(os.environ["TRACKER_STATE_DIR"]).glob("reports/*"))
    assert str(report) in err
    assert "13800138000" not in report.read_text(encoding="utf-8")


def test_a_failed_proof_writes_nothing_and_leaves_a_report(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise ProofError(why="S!B2 changed")

    before = book.read_bytes()
    monkeypatch.setattr("tracker.xlsx.workbook.prove", lost)
    assert run(["refresh", str(book), "--as-of", "2026-07-01", "--lang", "en"]) == 70
    assert book.read_bytes() == before
    err = capsys.readouterr().err
    report = next(Path(os.environ["TRACKER_STATE_DIR"]).glob("reports/*"))
    assert str(report) in err
    assert "nothing was written: S!B2 changed" in err
    assert "S!B2 changed" in report.read_text(encoding="utf-8")
    assert report.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_loads_no_heavy_package(argument: str) -> None:
    code = (
        "import sys\nfrom tracker.cli.app import run\n"
        f"assert run([{argument!r}]) == 0\n"
        "heavy = {'pandas', 'numpy', 'pandera', 'openpyxl', 'jinja2', 'xlsxwriter', 'lxml', 'yaml'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
@pytest.mark.parametrize(
    "arguments", [["check", *DAY], ["check", *DAY, "--format", "json"], ["refresh", *DAY]]
)
def test_every_encoding_of_a_pipe_will_do(book: Path, encoding: str, arguments: list[str]) -> None:
    code = "from tracker.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, arguments[0], str(book), *arguments[1:]],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    out = done.stdout.decode(encoding)
    if "json" in arguments:
        assert json.loads(out)["books"][0]["counts"]["error"] == 0
    else:
        assert "VIS208" in out


def test_the_default_day_is_today_somewhere() -> None:
    from tracker.api.config import Config
    from tracker.api.run import today

    assert abs((today(Config()) - datetime.now(UTC).date()).days) <= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["refresh", "BOOK", *DAY], ["check", "BOOK", *DAY, "--format", "json"]],
)
def test_results_that_cannot_be_printed_are_said_and_no_fault(
    book: Path, arguments: list[str]
) -> None:
    command = [str(book) if a == "BOOK" else a for a in arguments]
    code = "from tracker.cli import main; main()"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code, *command], stdout=full, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "could not be printed" in ended.stderr
