"""tracker report and tracker template as people and scripts call them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests.books import AS_OF, Hand, refreshed_sample
from tracker.cli.app import run

DAY = ["--as-of", AS_OF.isoformat()]
OUTSIDE = re.compile(r"(?:src|href|url)\s*[=(]|@import|<script|<link|<iframe|http", re.I)


@pytest.fixture(scope="module")
def small() -> bytes:
    return refreshed_sample(size=0.05)


@pytest.fixture
def book(small: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(small)
    return path


def words(path: Path) -> str:
    (body,) = lxml.html.document_fromstring(path.read_text("utf-8")).iter("body")
    return " ".join("".join(map(str, body.itertext())).split())


@pytest.mark.parametrize("more", [[], ["--period", "month"], ["--period", "week", "--lang", "en"]])
def test_a_page_that_stands_alone(book: Path, more: list[str]) -> None:
    before, out = book.read_bytes(), book.with_suffix(".html")
    assert run(["report", str(book), "-o", str(out), *DAY, *more]) == 0
    html = out.read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert not OUTSIDE.search(html)
    assert "<svg" in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert ("周回顾" in html, "月回顾" in html) == (False, "month" in more)
    assert (html.count("<h1>"), html.count('class="lead"')) == (1 + bool(more), 1)
    assert book.read_bytes() == before


def test_the_same_page_is_left_alone(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = book.with_suffix(".html")
    command = ["report", str(book), "-o", str(out), *DAY, "--format", "json"]
    assert run(command) == 0
    first, when = json.loads(capsys.readouterr().out), out.stat().st_mtime_ns
    assert run(command) == 0
    again = json.loads(capsys.readouterr().out)
    assert (first["written"], again["written"]) == (True, False)
    assert out.stat().st_mtime_ns == when
    assert first["out"] == str(out)
    assert first["changes"] == {}
    assert set(first["counts"]) == {"error", "warning", "info"}
    assert first["due"]
    assert run([*command, "--as-of", "2026-06-29"]) in (0, 1)


def test_what_changed_since_the_refresh_is_told(book: Path) -> None:
    hand = Hand(book.read_bytes())
    hand.type("customers", "remarks", int(hand.frame("customers").index[1]), "刚改的")
    book.write_bytes(hand.done())
    out = book.with_suffix(".html")
    assert run(["report", str(book), "-o", str(out), *DAY]) == 0
    assert "刚改的" in words(out)


def test_it_writes_over_nothing_but_a_page(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, other = book.read_bytes(), book.with_name("other.html")
    other.write_text("mine", "utf-8")
    link = book.with_name("link.html")
    link.symlink_to(book)
    for target in (book, link, other, book.parent):
        assert run(["report", str(book), "-o", str(target), *DAY]) == 3, target
    missing = book.parent / "no" / "such.html"
    assert run(["report", str(book), "-o", str(missing), *DAY]) == 2
    assert (book.read_bytes(), other.read_text("utf-8")) == (before, "mine")
    assert run(["report", str(book), *DAY]) == 2
    assert run(["report", str(book), "-o", "x.html", "--customer", "x", "--period", "week"]) == 2
    assert (
        run(["report", str(book.with_name("none.xlsx")), "-o", str(book.with_name("n.html"))]) == 2
    )
    assert not book.with_name("n.html").exists()
    capsys.readouterr()


def test_one_customer_by_id_name_or_place(book: Path) -> None:
    frame = Hand(book.read_bytes()).frame("customers")
    row = frame.iloc[2]
    out = book.with_suffix(".html")
    pages = set()
    for name in (
        row["customer_id"],
        row["customer_name"],
        f"{row['customer_name']}@{row['institution']}",
    ):
        assert run(["report", str(book), "-o", str(out), *DAY, "--customer", name]) == 0
        pages.add(out.read_bytes())
    assert len(pages) == 1
    assert words(out).startswith(row["customer_name"])
    assert not OUTSIDE.search(out.read_text("utf-8"))


def test_candidates_are_named(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand = Hand(book.read_bytes())
    frame = hand.frame("customers")
    name = frame["customer_name"].iloc[0]
    hand.type("customers", "customer_name", int(frame.index[4]), name)
    book.write_bytes(hand.done())
    out = ["-o", str(book.with_suffix(".html")), *DAY, "--lang", "zh"]
    assert run(["report", str(book), *out, "--customer", name]) == 2
    said = capsys.readouterr().err
    for row in (0, 4):
        assert frame["customer_id"].iloc[row] in said
        assert frame["institution"].iloc[row] in said
    assert run(["report", str(book), *out, "--customer", name + "某"]) == 2
    assert name in capsys.readouterr().err
    assert run(["report", str(book), *out, "--customer", ""]) == 2


def test_errors_in_the_workbook_show_in_the_exit_code(book: Path) -> None:
    hand = Hand(book.read_bytes())
    hand.type("visits", "visit_method", int(hand.frame("visits").index[3]), "视频会")
    book.write_bytes(hand.done())
    out = book.with_suffix(".html")
    assert run(["report", str(book), "-o", str(out), *DAY]) == 1
    assert out.exists()


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_it_works_piped(book: Path, encoding: str) -> None:
    out = book.with_suffix(".html")
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", "report", str(book), "-o", str(out), *DAY],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert str(out) in done.stdout.decode(encoding)
    assert "销售跟踪报告" in out.read_text("utf-8")  # the page follows the workbook, not the pipe


def export(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    assert run(["template", "export", str(folder), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)["files"]


def test_templates_are_exported_and_found(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = book.with_name("mine")
    files = export(folder, capsys)
    assert {"summary.html.j2", "report.html.j2", "customer.html.j2", "report.css"} <= set(files)
    assert not [f for f in files if "sample" in f]
    book.with_name("tracker.toml").write_text('templates = "mine"\n', "utf-8")
    out = book.with_suffix(".html")
    assert run(["report", str(book), "-o", str(out), *DAY]) == 0
    before = out.read_bytes()
    page = folder / "report.html.j2"
    page.write_text(page.read_text("utf-8").replace("<body>", "<body>我的"), "utf-8")
    assert run(["report", str(book), "-o", str(out), *DAY]) == 0
    assert out.read_bytes() != before
    assert words(out).startswith("我的")
    assert run(["template", "export", str(folder)]) == 3


def test_a_mistake_names_template_and_line(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = book.with_name("mine")
    export(folder, capsys)
    book.with_name("tracker.toml").write_text('templates = "mine"\n', "utf-8")
    out = ["-o", str(book.with_suffix(".html")), *DAY, "--lang", "en"]
    for name, text, said, more in (
        ("report.html.j2", "\n{{ nothing }}", "report.html.j2:2", []),
        ("customer.html.j2", "\n\n{% if %}", "customer.html.j2:3", ["--customer", "{id}"]),
        ("report/changes.html.j2", "{{ ''.__class__ }}", "report/changes.html.j2:1", []),
        ("report.css", "</style><script>", "report.css", ["--customer", "{id}"]),
        ("agenda.texts.yaml", "visit: {zh: a", "agenda.texts.yaml:2", []),
    ):
        mine = folder / name
        kept = mine.read_text("utf-8")
        mine.write_text(text, "utf-8")
        who = str(Hand(book.read_bytes()).frame("customers")["customer_id"].iloc[0])
        assert run(["report", str(book), *out, *(m.format(id=who) for m in more)]) == 2, name
        assert said in capsys.readouterr().err, name
        mine.write_text(kept, "utf-8")
    assert not book.with_suffix(".html").exists()


def test_the_page_of_a_rollup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rollup, out = tmp_path / "rollup.xlsx", tmp_path / "team.html"
    book = Path(__file__).parents[2] / "sample_workbooks" / "team" / "R101.xlsx"
    assert run(["rollup", str(book), "-o", str(rollup), *DAY]) == 0
    before = rollup.read_bytes()
    assert run(["report", str(rollup), "-o", str(out), "--lang", "en", *DAY]) == 0
    html = out.read_text("utf-8")
    assert "Reps by pace" in html
    assert not OUTSIDE.search(html)
    capsys.readouterr()
    assert run(["report", str(rollup), "-o", str(out), "--lang", "en", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rollup"], told["written"], told["as_of"]) == (True, False, "2026-06-30")
    assert run(["report", str(rollup), "-o", str(out), "--as-of", "2026-07-01"]) == 2
    assert "tracker rollup --as-of" in capsys.readouterr().err
    assert run(["report", str(rollup), "-o", str(rollup)]) == 3
    assert rollup.read_bytes() == before
