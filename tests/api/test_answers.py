"""What an earlier run said is said again only where a whole run would say the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.books import Hand, new_sample
from tracker.api import answers
from tracker.cli import front
from tracker.cli.app import run
from tracker.opc.locks import held
from tracker.opc.trylock import book_lock_name

DAY = ("--as-of", "2026-06-30")


@pytest.fixture(scope="module")
def small() -> bytes:
    return new_sample(size=0.05)


@pytest.fixture
def path(tmp_path: Path, small: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(answers.FULL_RUN)
    found = tmp_path / "b.xlsx"
    found.write_bytes(small)
    return found


def ask(*words: str) -> answers.Question:
    question = front.question(words)
    assert question is not None
    return question


def answer(*words: str) -> tuple[int, str] | None:
    return ask(*words).answer()


def do(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """A whole run that keeps what it may keep."""
    capsys.readouterr()
    code = run(words, front.question(words))
    return code, capsys.readouterr().out


def messy(data: bytes) -> bytes:
    """Faults of several kinds, a row typed below, blank ids."""
    hand = Hand(data)
    rows = [int(r) for r in hand.frame("visits").index]
    hand.type("visits", "visit_method", rows[3], "视频会")
    hand.type("visits", "visit_date", rows[4], "下周三")
    hand.type("visits", "customer", rows[5], "无此人")
    hand.type("visits", "visit_date", rows[-1] + 1, "2026-06-29")
    hand.type("visits", "customer", rows[-1] + 1, hand.read("visits", "customer", rows[0]))
    hand.type("customers", "potential_level", int(hand.frame("customers").index[1]), "很高")
    return hand.done()


@pytest.mark.parametrize("more", [("-v",), ("--format", "json")])
@pytest.mark.parametrize("faulty", [False, True])
def test_a_refresh_answers_for_the_one_after_it(
    path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], *, faulty: bool
) -> None:
    if faulty:
        path.write_bytes(messy(path.read_bytes()))
    words = ("refresh", str(path), *DAY, *more)
    assert answer(*words) is None
    do(capsys, *words)
    known, before = answer(*words), path.stat()
    assert known is not None
    assert do(capsys, *words) == known
    assert path.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_check_answers_for_the_next(
    path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    path.write_bytes(messy(path.read_bytes()))
    words = ("check", str(path), *DAY, "--format", form)
    first = do(capsys, *words)
    assert first[0] == 1
    assert answer(*words) == first
    assert answer("check", str(path), *DAY, "--format", form, "-q") is None


def test_a_dry_run_answers_for_the_next(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("refresh", "--check", str(path), *DAY)
    first = do(capsys, *words)
    assert first[0] == 1
    assert answer(*words) == first
    assert answer("refresh", str(path), *DAY) is None


def test_what_happened_once_is_not_told_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    hand = Hand(path.read_bytes())
    hand.type("visits", "visit_no", int(hand.frame("visits").index[1]), 99)
    path.write_bytes(hand.done())
    _, said = do(capsys, *words)
    assert "GEN014" in said
    assert answer(*words) is None
    code, said = do(capsys, *words)
    assert "GEN014" not in said
    assert answer(*words) == (code, said)


def test_anything_else_needs_a_whole_run(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    assert answer(*words)
    assert answer("refresh", str(path), "--as-of", "2026-07-01") is None
    assert answer("refresh", str(path), *DAY, "-q") is None
    with monkeypatch.context() as m:
        m.setenv("TRACKER_LANG", "en")
        assert answer(*words) is None
    with monkeypatch.context() as m:
        m.setenv(answers.FULL_RUN, "1")
        assert front.question(words) is None
    for mark in ("~$b.xlsx", ".~lock.b.xlsx#", ".tracker-1-2-3.swap"):
        (path.parent / mark).write_bytes(b"")
        assert answer(*words) is None
        (path.parent / mark).unlink()
    with held(book_lock_name(os.path.realpath(path)), path):
        assert answer(*words) is None
    assert answer(*words)
    path.write_bytes(path.read_bytes() + b"\0")
    assert answer(*words) is None


def test_configuration_and_templates_count(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    own = path.parent / "own"
    own.mkdir()
    (path.parent / "tracker.toml").write_text('templates = "own"\n', "utf-8")
    assert answer(*words) is None
    do(capsys, *words)
    assert answer(*words)
    (own / "summary.css").write_text("h1 { color: red }", "utf-8")
    assert answer(*words) is None
    (path.parent / "tracker.toml").write_text('schema = "nowhere"\n', "utf-8")
    assert front.question(words) is None


@pytest.mark.parametrize("more", ["--show-values", "--password-file=x", "-o=x", "--help", "-qv"])
def test_what_is_not_kept(path: Path, more: str) -> None:
    assert front.question(("refresh", str(path), more)) is None


def test_answers_are_private_few_and_whole(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    folder = Path(os.environ["TRACKER_STATE_DIR"]) / "answers"
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    torn = file.read_bytes()
    file.write_bytes(torn[:-3])
    assert answer(*words) is None
    file.write_bytes(torn)
    assert answer(*words)
    monkeypatch.setattr(answers, "_MOST", 2)
    for day in ("2026-07-01", "2026-07-02", "2026-07-03"):
        do(capsys, "check", str(path), "--as-of", day)
    assert len(list(folder.iterdir())) == 2


def test_a_purge_forgets_them(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    assert answer(*words)
    assert run(["history", str(path), "--purge", "--yes"]) == 0
    assert answer(*words) is None


def test_several_workbooks_are_one_question(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = path.with_name("c.xlsx")
    other.write_bytes(path.read_bytes())
    words = ("refresh", str(path), str(other), *DAY, "--format=json")
    do(capsys, *words)
    known = answer(*words)
    assert known == do(capsys, *words)
    other.write_bytes(messy(other.read_bytes()))
    assert answer(*words) is None


def test_bundles_that_wait_or_were_taken_in_ask_for_a_whole_run(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("refresh", str(path), *DAY)
    do(capsys, *words)
    assert answer(*words)
    inbox = path.parent / "tracker-inbox"
    (inbox / "taken").mkdir(parents=True)
    assert answer(*words)
    bundle = inbox / "0123456789ab-0001.json"
    bundle.write_text("{}")
    assert answer(*words) is None
    bundle.rename(inbox / "taken" / bundle.name)  # after an undo it is to be taken in again
    assert answer(*words) is None
