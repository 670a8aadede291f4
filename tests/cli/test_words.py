"""What commands say about codes, paths, configurations and outputs that are not as they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.api.conffile import NAME
from tracker.cli.app import run
from tracker.cli.output import quoted

DAY = ["--as-of", "2026-06-30"]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("command", ["check", "refresh", "fix"])
def test_a_code_that_there_is_not_is_a_usage_error(
    book: Path, capsys: pytest.CaptureFixture[str], command: str, option: str
) -> None:
    before = book.read_bytes()
    assert run([command, str(book), *DAY, option, "GEN003,GEN03", "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert f"{option}: there is no such code: GEN03 (GEN003" in said.err
    assert book.read_bytes() == before


def test_what_is_not_listed_is_not_called_clean(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", str(book), *DAY, "--select", "TGT403", "--lang", "en"])
    out = capsys.readouterr().out
    assert "nothing found of the codes selected" in out
    run(["check", str(book), *DAY, "--select", "VIS", "--lang", "zh"])
    assert "只列出所选的代码" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "word"),
    [("b.xlsx", "b.xlsx"), ("my book.xlsx", '"my book.xlsx"'), (r"C:\a\b.xlsx", r"C:\a\b.xlsx"),
     ("a&b.xlsx", '"a&b.xlsx"'), ("$a b.xlsx", "'$a b.xlsx'"), ("客户　表.xlsx", '"客户　表.xlsx"')],
)  # fmt: skip
def test_a_path_is_one_word_of_a_suggested_command(path: str, word: str) -> None:
    assert quoted(path) == word


def test_suggested_commands_quote_paths_with_blanks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my book.xlsx"
    assert run(["new", str(path), "--lang", "en"]) == 0
    assert f'tracker refresh "{path}"' in capsys.readouterr().out
    assert run(["refresh", str(path), *DAY, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert f'tracker undo "{path}"' in out
    assert "updated the generated sheets" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [("nonsense", "not TOML"), ('timezone = "Mars"', "Mars"), ("[summary]\nblocks = ['nope']", "nope"),
     ("ignore = ['GEN03']", "GEN003"), ("schema = 'nowhere'", "nowhere")],
)  # fmt: skip
def test_doctor_shows_what_it_can_beside_a_broken_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    text: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).write_text(text, "utf-8")
    assert run(["doctor", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "python: " in out
    assert said in out


@pytest.mark.parametrize(
    "command",
    [("new", "foo.csv"), ("new", "foo.xlsm"), ("refresh", "BOOK", "-o", "out.xlsm"),
     ("refresh", "BOOK", "-o", "out.csv"), ("fix", "BOOK", "--yes", "-o", "o.pdf"),
     ("report", "BOOK", "-o", "rep.pdf"), ("report", "BOOK", "-o", "rep.xlsx")],
)  # fmt: skip
def test_an_output_whose_name_promises_another_kind_is_refused(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    there = set(tmp_path.iterdir())
    assert run([str(book) if a == "BOOK" else a for a in command]) == 2
    assert "扩展名" in capsys.readouterr().err
    assert set(tmp_path.iterdir()) == there


@pytest.mark.parametrize(
    "command", [("new", "nodir/x.xlsx"), ("refresh", "BOOK", "-o", "nodir/out.xlsx")]
)
def test_a_folder_that_does_not_exist_is_named(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run([str(book) if a == "BOOK" else a for a in command]) == 2
    assert "文件夹 nodir 不存在" in capsys.readouterr().err
