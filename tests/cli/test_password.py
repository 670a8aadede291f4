"""Where a password comes from, and that it is never shown."""

from __future__ import annotations

import io
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from tests.books import new_sample
from tests.opc.encrypted import PASSWORD, agile, decrypted
from tracker.cli.app import run

DAY = ["--as-of", "2026-06-30"]
VARIABLE = "TRACKER_PASSWORD_COMMAND"


class Ring(KeyringBackend):
    """A keyring in memory; with `locked` one that fails as a real one does."""

    priority = 1

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.kept, self.locked = dict[tuple[str, str], str](), locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked(PASSWORD)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    """A keyring of the test's own, no command, nothing to read from."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    before, own = keyring.get_keyring(), Ring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return new_sample(size=0.05)


@pytest.fixture
def book(tmp_path: Path, plain: bytes) -> Path:
    """An encrypted workbook."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(agile(plain))
    return path


def words(folder: Path, content: str | bytes = PASSWORD) -> str:
    """A file with a password; returns its name."""
    file = folder / "word.txt"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def command(code: str) -> str:
    """A command line that runs some Python."""
    return shlex.join([sys.executable, "-c", code])


def saying(word: str) -> str:
    return command(f"import sys; sys.stdout.buffer.write({word!r}.encode())")


@pytest.mark.parametrize(
    "content",
    [PASSWORD, PASSWORD + "\n", PASSWORD + "\r\nsecond\n", b"\xef\xbb\xbf" + PASSWORD.encode()],
)
def test_the_first_line_of_a_file(book: Path, content: str | bytes) -> None:
    assert run(["check", str(book), *DAY, "--password-file", words(book.parent, content)]) == 0


def test_a_refresh_keeps_the_password(book: Path) -> None:
    word = ["--password-file", words(book.parent)]
    assert run(["refresh", str(book), *DAY, "--check", *word]) == 1
    assert run(["refresh", str(book), *DAY, *word]) == 0
    assert decrypted(book.read_bytes())[:2] == b"PK"
    settled = book.stat().st_mtime_ns
    assert run(["refresh", str(book), *DAY, "--check", *word]) == 0
    assert run(["refresh", str(book), *DAY, "--diff", *word]) == 0
    assert run(["refresh", str(book), *DAY, *word]) == 0
    assert book.stat().st_mtime_ns == settled
    out = book.with_name("out.xlsx")
    assert run(["refresh", str(book), *DAY, "-o", str(out), *word]) == 0
    assert out.read_bytes() == book.read_bytes()
    assert run(["undo", str(book)]) == 0


def test_standard_input_serves_all_books(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = book.with_name("other.xlsx")
    other.write_bytes(book.read_bytes())
    given = io.TextIOWrapper(io.BytesIO(PASSWORD.encode() + b"\nand more\n"))
    monkeypatch.setattr(sys, "stdin", given)
    assert run(["check", str(book), str(other), *DAY, "--password-file", "-"]) == 0


def test_a_command(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, saying(f"{PASSWORD}\nsecond line\n"))
    assert run(["check", str(book), *DAY]) == 0


def test_a_command_runs_once_and_without_a_shell(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book.parent / "ran").write_bytes(b"")
    code = f"print(end='x', file=open({str(book.parent / 'ran')!r}, 'a')); print({PASSWORD!r})"
    monkeypatch.setenv(VARIABLE, f"{command(code)} ; touch {book.parent / 'shell'}")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    other = book.with_name("other.xlsx")
    other.write_bytes(book.read_bytes())
    assert run(["check", str(book), str(other), *DAY]) == 0
    assert (book.parent / "ran").read_bytes() == b"x"
    assert not (book.parent / "shell").exists()


FAILING = {
    "fails": command(
        f"import sys; sys.stderr.write({PASSWORD!r}); print({PASSWORD!r}); sys.exit(3)"
    ),
    "says nothing": command("pass"),
    "says no text": command("import sys; sys.stdout.buffer.write(bytes([255, 254, 0]))"),
    "is not there": "/nowhere/at-all secret",
    "has no end": "'secret",
}


@pytest.mark.parametrize("name", FAILING)
def test_a_command_that_fails_is_one_line(
    book: Path, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, FAILING[name])
    assert run(["check", str(book), *DAY]) == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert VARIABLE in shown.err
    assert len(shown.err.splitlines()) == 1
    for secret in (PASSWORD, "secret", "-c"):
        assert secret not in shown.err


@pytest.mark.parametrize("content", ["", "\nsecond line", b"\xff\xfe\x00"])
def test_a_file_without_a_password_is_one_line(
    book: Path, content: str | bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(book), *DAY, "--password-file", words(book.parent, content)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--password-file" in line


def test_a_file_that_is_not_there_is_a_usage_error(book: Path) -> None:
    assert run(["check", str(book), *DAY, "--password-file", str(book.parent / "none")]) == 2
    assert run(["check", str(book), *DAY, "--password-file", str(book.parent)]) == 2


def test_the_keyring_by_where_the_workbook_really_lies(book: Path, ring: Ring) -> None:
    ring.set_password("tracker", str(book.resolve()), PASSWORD)
    link = book.with_name("link.xlsx")
    link.symlink_to(book)
    assert run(["check", str(book), *DAY]) == 0
    assert run(["check", str(link), *DAY]) == 0


def test_a_keyring_that_fails_is_none(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keyring.set_keyring(Ring(locked=True))
    assert run(["check", str(book), *DAY]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--password-file" in line
    assert PASSWORD not in line


def test_the_order_of_the_sources(book: Path, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.set_password("tracker", str(book.resolve()), "wrong")
    assert run(["check", str(book), *DAY]) == 2
    monkeypatch.setenv(VARIABLE, saying(PASSWORD))
    assert run(["check", str(book), *DAY]) == 0
    assert run(["check", str(book), *DAY, "--password-file", words(book.parent, "wrong")]) == 2
    monkeypatch.setenv(VARIABLE, saying("wrong"))
    assert run(["check", str(book), *DAY, "--password-file", words(book.parent)]) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_none_or_a_wrong_one_is_one_line_that_says_what_to_do(
    book: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    for words_, told in (
        ([], "TRACKER_PASSWORD_COMMAND"),
        (
            ["--password-file", words(book.parent, "wrong one")],
            {"zh": "密码不对", "en": "wrong"}[lang],
        ),
    ):
        for name in ("check", "refresh"):
            assert run([name, str(book), *DAY, "--lang", lang, *words_]) == 2
            shown = capsys.readouterr()
            assert shown.out == ""
            (line,) = shown.err.splitlines()
            assert told in line
            assert "book.xlsx" in line
            assert "wrong one" not in line
    assert book.read_bytes() == before


def test_no_source_is_asked_for_a_workbook_without_a_password(
    book: Path, plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.write_bytes(plain)
    monkeypatch.setenv(VARIABLE, "/nowhere/at-all")
    keyring.set_keyring(Ring(locked=True))
    assert run(["check", str(book), *DAY]) == 0


def test_the_password_is_shown_nowhere(
    book: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    word = words(book.parent)
    run(["check", str(book), "-v", *DAY, "--password-file", word, "--show-values"])
    run(["refresh", str(book), *DAY, "--password-file", word, "--format", "json"])
    first = capsys.readouterr()
    assert "tracker undo" in first.out or '"written": true' in first.out

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(PASSWORD)

    monkeypatch.setattr("tracker.api.book.Book.report", broken)
    assert run(["check", str(book), *DAY, "--password-file", word]) == 70
    shown = capsys.readouterr()
    state = Path(os.environ["TRACKER_STATE_DIR"])
    kept = [f.read_bytes() for f in state.rglob("*") if f.is_file()]
    assert len(kept) >= 3
    for text in (first.out, first.err, shown.out, shown.err, caplog.text):
        assert PASSWORD not in text
    assert not any(PASSWORD.encode() in k for k in kept)


_TERMINAL = """
import os, sys
os.dup2(os.open(sys.argv[1], os.O_RDWR), 0)  # the session's terminal from here on
from tracker.cli.app import run
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="opens a terminal in the way of Linux")
@pytest.mark.parametrize(("typed", "code"), [(PASSWORD, 0), ("Wr0ng-one", 2), ("", 2)])
def test_a_prompt_on_a_terminal_never_echoes(book: Path, typed: str, code: int) -> None:
    main, side = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", _TERMINAL, os.ttyname(side), "check", str(book), *DAY,
         "--lang", "en", "-q"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
    )  # fmt: skip
    shown = b""
    while b"Password of" not in shown:
        shown += os.read(main, 1000)
    os.write(main, typed.encode() + b"\n")
    out, err = child.communicate(timeout=120)
    os.close(side)
    try:
        while chunk := os.read(main, 1000):
            shown += chunk
    except OSError:
        pass  # the terminal's end
    os.close(main)
    assert child.returncode == code, err
    if typed:
        assert typed.encode() not in shown + out + err
