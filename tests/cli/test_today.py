"""tracker today as people and scripts call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import vobject

from tests.books import Hand
from tests.summary.agenda.rfc5545 import read
from tracker.api.book import Book
from tracker.cli.app import run
from tracker.cli.columns import width

DAY = ["--as-of", "2026-07-01"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_lines_fit_a_terminal(
    whole_book: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    before = whole_book.read_bytes()
    assert run(["today", str(whole_book), *DAY, "--lang", lang, "-v"]) == 0
    out = capsys.readouterr().out
    assert max(map(width, out.splitlines())) <= 80
    assert "08:45-09:05" in out
    assert "2026-07-03" in out
    assert whole_book.read_bytes() == before


def test_quiet_leaves_the_briefs_out(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["today", str(book), *DAY])
    loud = capsys.readouterr().out
    run(["today", str(book), *DAY, "-q"])
    quiet = capsys.readouterr().out
    assert "上次" in loud
    assert "上次:" not in quiet


def test_json_has_the_days_and_what_to_know(
    whole_book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["today", str(whole_book), *DAY, "--days", "2", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [d["day"] for d in said["days"]] == ["2026-07-01", "2026-07-02"]
    items = [i for d in said["days"] for s in d["stops"] for i in s["items"]]
    assert sum(said["counts"].values()) == len(items) > 20
    visit = next(i for i in items if i["kind"] == "visit")
    assert visit["start"] == "08:45"
    assert said["customers"][visit["customers"][0]]["last"]["day"] == "2026-06-24"
    assert said["calendar"] is None


def test_the_calendar_is_written_and_left_alone_where_nothing_changed(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = book.with_suffix(".ics")
    assert run(["today", str(book), *DAY, "--ics", str(made)]) == 0
    first, when = made.read_bytes(), made.stat().st_mtime_ns
    assert len(read(first)) > 50
    assert run(["today", str(book), *DAY, "--ics", str(made)]) == 0
    assert (made.read_bytes(), made.stat().st_mtime_ns) == (first, when)
    assert run(["today", str(book), "--as-of", "2026-07-02", "--ics", str(made)]) == 0
    assert made.read_bytes() != first
    said = capsys.readouterr().out
    assert "已写入日历" in said
    assert "没有变化" in said


def test_another_library_reads_the_same_events_at_the_local_times(book: Path) -> None:
    made = book.with_suffix(".ics")
    assert run(["today", str(book), *DAY, "--ics", str(made)]) == 0
    text = made.read_text("utf-8")
    theirs = {e.uid.value: e for e in vobject.readOne(text).vevent_list}
    frame = Book(book).modules["visits"]
    planned = frame[frame["visit_status"].eq("planned") & frame["start_time"].notna()]
    expected = {
        datetime.combine(day.date(), time(*divmod(int(minutes), 60)))
        for day, minutes in zip(planned["visit_date"], planned["start_time"], strict=True)
        if day.date() >= date(2026, 6, 30)
    }
    timed = [e.dtstart.value for e in theirs.values() if isinstance(e.dtstart.value, datetime)]
    assert {t.utcoffset() for t in timed} == {timedelta(hours=8)}
    assert {t.replace(tzinfo=None) for t in timed} >= expected != set()
    assert len(theirs) == text.count("BEGIN:VEVENT")


def test_it_does_not_write_over_the_workbook_or_anything_else(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, other = book.read_bytes(), book.with_name("notes.txt")
    other.write_text("mine", "utf-8")
    link = book.with_name("link.ics")
    link.symlink_to(book)
    for target in (book, link, other, book.parent):
        assert run(["today", str(book), *DAY, "--ics", str(target)]) == 3, target
    missing = book.parent / "missing" / "a.ics"
    assert run(["today", str(book), *DAY, "--ics", str(missing)]) == 2
    assert book.read_bytes() == before
    assert other.read_text("utf-8") == "mine"
    assert "--ics" in capsys.readouterr().err


def test_errors_in_the_workbook_show_in_the_exit_code(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand(book.read_bytes())
    frame = hand.frame("visits")
    (row, *_) = frame.index[frame["visit_date"].eq("2026-07-01")]
    hand.type("visits", "visit_method", int(row), "视频会")
    book.write_bytes(hand.done())
    assert run(["today", str(book), *DAY]) == 1
    assert "有 1 行因错误未列入" in capsys.readouterr().out
    assert run(["today", str(book), *DAY, "--ignore", "GEN003"]) == 0


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_it_works_piped(book: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", "today", str(book), *DAY],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2026-07-01" in done.stdout.decode(encoding)
    assert done.stderr == b""


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "x"], ["--as-of", "2026-02-30"]])
def test_wrong_usage_is_said(book: Path, wrong: list[str]) -> None:
    assert run(["today", str(book), *wrong]) == 2
    assert run(["today", str(book.with_name("none.xlsx"))]) == 2
