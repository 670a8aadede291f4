"""tracker history, undo and restore as people and scripts call them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.books import Hand, new_sample
from tracker.cli.app import run
from tracker.history.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sample() -> bytes:
    return new_sample("zh", 0.02)


@pytest.fixture
def tracker(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(a) for a in arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture(scope="module")
def made(sample: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook refreshed twice, its history, and a copy of both to start from.

    Before the second time a person typed over a computed cell and lost an id.
    """
    folder = tmp_path_factory.mktemp("made")
    path = folder / "now" / "账本.xlsx"
    path.parent.mkdir()
    path.write_bytes(sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_STATE_DIR", str(folder / "now" / "state"))
        assert run(["refresh", str(path), "--as-of", "2026-06-30", "-q"]) == 0
        hand = Hand(path.read_bytes())
        row = int(hand.frame("customers").index[1])
        hand.type("customers", "tier", row, "王主任13800138000")
        hand.type("visits", "visit_id", int(hand.frame("visits").index[2]), None)
        path.write_bytes(hand.done())
        assert run(["refresh", str(path), "--as-of", "2026-07-02", "-q"]) == 0
    (folder / "now").rename(folder / "start")
    return folder


@pytest.fixture
def path(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That workbook, where it was made, as it was made."""
    now = made / "now"
    shutil.rmtree(now, ignore_errors=True)
    shutil.copytree(made / "start", now)
    monkeypatch.setenv("TRACKER_STATE_DIR", str(now / "state"))
    return now / "账本.xlsx"


@pytest.fixture(autouse=True)
def _drained(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()


def width(line: str, upto: str) -> int:
    """Cells of a terminal before a text, a Chinese character taking two."""
    return sum(1 + (ord(c) > 0x2E80) for c in line[: line.index(upto)])


def test_the_table(path: Path, tracker: Run) -> None:
    code, out, err = tracker("history", path, "--lang", "zh")
    head, second, first, hint = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in (second, first)] == ["2", "1"]
    assert second.endswith("1 行得到编号，1 行找回编号，1 个手填值被重算")
    assert "2026-07-02" in second
    assert width(head, "截至日") == width(second, "2026-07-02") == width(first, "2026-06-30")
    assert hint.endswith("--to 编号")
    _, english, _ = tracker("history", path, "--lang", "en", "-n", "1", "-q")
    assert len(english.splitlines()) == 2
    assert "1 typed-over values" in english


def test_the_json(path: Path, tracker: Run) -> None:
    code, out, _ = tracker("history", path, "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert (document["format"], document["command"], document["book"]) == (1, "history", str(path))
    second, first = document["entries"]
    assert (second["number"], second["as_of"], second["state"]) == (2, "2026-07-02", "kept")
    assert second["saved_at"].endswith("+08:00")
    assert Store().size(first["before"]) == first["bytes"]
    assert second["counts"] == {"ids_given": 1, "GEN018": 1, "GEN014": 1}
    (typed,) = [n for n in second["notes"] if n.get("code") == "GEN014"]
    assert (typed["field"], typed["old"], typed["new"]) == ("tier", None, None)


def test_the_json_of_the_way_back(path: Path, tracker: Run) -> None:
    _, first = json.loads(tracker("history", path, "--format", "json")[1])["entries"]
    for command in (["undo", path], ["restore", path, "--to", "1"]):
        code, out, _ = tracker(*command, "--format", "json")
        document = json.loads(out)
        assert (code, document["command"], document["book"]) == (0, command[0], str(path))
        assert (document["written"], document["rescued"]) == (True, [])
    assert document["before"] == {"number": 1, "command": "refresh", "digest": first["before"]}


def test_values_that_were_typed_are_shown_only_if_asked(path: Path, tracker: Run) -> None:
    for extra in ([], ["-v"], ["--format", "json"]):
        assert "13800138000" not in tracker("history", path, *extra)[1]
        assert "13800138000" in tracker("history", path, *extra, "--show-values")[1]


def test_restore_and_undo(path: Path, tracker: Run, sample: bytes) -> None:
    now = path.read_bytes()
    code, out, _ = tracker("restore", path, "--to", "1", "--lang", "en")
    assert (code, path.read_bytes()) == (0, sample)
    assert "as it was before change 1 (refresh)" in out
    assert "已经是这一版本" in tracker("restore", path, "--to", "1")[1]
    code, out, _ = tracker("undo", path)
    assert (code, path.read_bytes()) == (0, now)
    assert "第 3 次改动（restore）之前" in out
    digest = json.loads(tracker("history", path, "--format", "json")[1])["entries"][-1]["before"]
    other = path.with_name("other.xlsx")
    assert tracker("restore", path, "--to", digest[:7], "-o", other)[0] == 0
    assert (other.read_bytes(), path.read_bytes()) == (sample, now)
    assert tracker("restore", path, "--to", "1", "-o", other)[0] == 3
    assert tracker("restore", path, "--to", "2001-01-01")[0] == 0
    assert path.read_bytes() == sample


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["restore", "BOOK"], 2, "--to"),
        (["restore", "BOOK", "--to", "77"], 2, "1 到 2"),
        (["restore", "BOOK", "--to", "yesterday"], 2, "YYYY-MM-DD"),
        (["restore", "BOOK", "--to", "2099-01-01"], 2, "2099-01-01"),
        (["restore", "NONE", "--to", "1"], 2, "找不到"),
        (["history", "NONE"], 2, "找不到"),
        (["history"], 2, "BOOK"),
        (["history", "BOOK", "-n", "0"], 2, "-n"),
        (["history", "BOOK", "--keep", "1"], 2, "--purge"),
        (["history", "BOOK", "--yes"], 2, "--purge"),
        (["history", "BOOK", "--purge", "--all", "--yes"], 2, "--all"),
        (["history", "--purge", "--yes"], 2, "BOOK"),
        (["history", "BOOK", "--purge"], 2, "--yes"),
        (["history", "--purge", "--all"], 2, "--yes"),
    ],
)
def test_misuse(path: Path, tracker: Run, arguments: list[str], code: int, said: str) -> None:
    before, usage = path.read_bytes(), Store().usage()
    names = {"BOOK": str(path), "NONE": str(path.with_name("none.xlsx"))}
    found, out, err = tracker(*(names.get(a, a) for a in arguments), "--lang", "zh")
    assert (found, out) == (code, "")
    assert said in err
    assert (path.read_bytes(), Store().usage()) == (before, usage)


def test_purge(path: Path, tracker: Run) -> None:
    size = json.loads(tracker("history", path, "--format", "json")[1])["entries"][-1]["bytes"]
    code, out, err = tracker("history", path, "--purge", "--keep", "1", "--yes", "--lang", "en")
    assert (code, out) == (0, f"removed 1 versions, {size / 1000:.1f} kB\n")
    assert "for good" in err
    assert "已清除" in tracker("history", path)[1].splitlines()[2]
    assert tracker("restore", path, "--to", "1", "--lang", "zh")[0] == 3
    code, out, _ = tracker("history", path, "--purge", "--yes", "--format", "json")
    assert json.loads(out)["purged"]["versions"] == 1
    code, _, err = tracker("undo", path)
    assert code == 3
    assert "--purge" in err
    assert tracker("history", "--purge", "--all", "--yes")[0] == 0
    assert "没有历史记录" in tracker("history", path, "--lang", "zh")[1]
    assert json.loads(tracker("history", path, "--format", "json")[1])["entries"] == []


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
@pytest.mark.parametrize("extra", [[], ["--format", "json"], ["--show-values"]])
def test_every_encoding_of_a_pipe_will_do(path: Path, encoding: str, extra: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", "history", str(path), *extra],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2026-07-02" in done.stdout.decode(encoding)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_doctor_tells_of_the_history(path: Path, tracker: Run) -> None:
    found = json.loads(tracker("doctor", "--format", "json")[1])
    assert found["history"] == Store().usage()._asdict()
    assert (found["history"]["snapshots"], found["history"]["workbooks"]) == (2, 1)
    assert found["warnings"] == []
    state = Path(os.environ["TRACKER_STATE_DIR"])
    state.chmod(0o755)
    assert "0755" in tracker("doctor", "--lang", "zh")[1]
    (warning,) = json.loads(tracker("doctor", "--format", "json")[1])["warnings"]
    assert str(state) in warning
