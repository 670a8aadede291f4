"""Notes at faulty cells: on request, never over a person's, gone with their findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF, Hand, refreshed, refreshed_sample
from tests.xlsx.books import altered, unpacked
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.notes import AUTHOR, MOST
from tracker.api.report import Changes
from tracker.cli.app import run
from tracker.xlsx import Workbook
from tracker.xlsx.refs import cell, ref

ON = Config(notes=True)
VISITS = "拜访记录与计划"


def prepared(data: bytes, config: Config = ON) -> tuple[Changes, bytes]:
    report, new = Book(Path("book.xlsx"), data, config=config).prepare(AS_OF)
    assert report.changes is not None
    return report.changes, new


def ours(data: bytes, sheet: str = VISITS) -> dict[str, str]:
    notes = Workbook(data).sheet(sheet).notes
    return {ref(*p): n.text for p, n in notes.items() if n.author == AUTHOR}


def typed(data: bytes, module: str, field: str, value: Any, n: int = 1) -> tuple[bytes, list[str]]:
    hand = Hand(data)
    rows = hand.frame(module).index[3 : 3 + n]
    cells = [hand.type(module, field, int(r), value) for r in rows]
    return hand.done(), cells


@pytest.fixture(scope="module")
def small() -> bytes:
    return refreshed_sample(size=0.05)


@pytest.fixture(scope="module")
def faulty(small: bytes) -> tuple[bytes, str]:
    data, (where,) = typed(small, "visits", "visit_method", "视频会")
    return refreshed(data), where


def test_a_faulty_cell_gets_a_note_and_nothing_but_notes_differs(faulty: tuple[bytes, str]) -> None:
    data, where = faulty
    _, on = prepared(data)
    first, _, hint = ours(on)[where].partition("\n")
    assert first == "GEN003 “拜访方式”不在列表中: “视频会”"
    assert hint
    assert ours(data) == {}
    old, new = unpacked(data), unpacked(on)
    assert list(old) == list(new)
    changed = {n for n in old if old[n] != new[n]}
    state = Workbook(on).sheet("_tracker").part
    assert changed - {state} == {
        n for n in changed if "comments" in n or "vmlDrawing" in n
    }  # a new book has notes at its headers
    assert prepared(on)[1] == on


def test_they_go_with_the_finding_and_with_the_key(faulty: tuple[bytes, str]) -> None:
    data, where = faulty
    _, on = prepared(data)
    mended = Workbook(on)
    mended.sheet(VISITS).set(where, "电话拜访")
    _, after = prepared(mended.to_bytes())
    assert where not in ours(after)
    _, off = prepared(on, Config())
    assert ours(off) == {}
    parts, was = unpacked(off), unpacked(data)
    state = Workbook(off).sheet("_tracker").part
    assert {n for n in was if was[n] != parts[n]} == {state}  # its revision
    assert prepared(off, Config())[1] == off


def test_a_persons_note_stays_and_so_does_one_written_on(faulty: tuple[bytes, str]) -> None:
    data, where = faulty
    book = Workbook(data)
    book.sheet(VISITS).put_notes("王芳", {cell(where): "问过了"})
    mine = book.to_bytes()
    _, on = prepared(mine)
    assert Workbook(on).sheet(VISITS).notes[cell(where)] == ("王芳", "问过了")
    _, on = prepared(data)
    text = ours(on)[where]
    part = next(n for n, p in unpacked(on).items() if "视频会".encode() in p and "comments" in n)
    written = altered(on, part, "不在列表中: “视频会”", "不在列表中: “视频会” 已问")
    for config in (ON, Config()):
        _, later = prepared(written, config)
        assert ours(later)[where] == text.replace("“视频会”", "“视频会” 已问", 1)


def test_what_it_says_leaves_personal_values_out(small: bytes) -> None:
    data, (where,) = typed(small, "customers", "email", "liming at example")
    _, on = prepared(data)
    found = ours(on, Hand(data).sheet("customers"))
    assert where in found
    assert not any("liming" in text for text in found.values())


def test_too_many_are_told_of(small: bytes, tmp_path: Path, capsys: Any) -> None:
    hand = Hand(small)
    rows = hand.frame("visits").index
    fields = ("visit_method", "purpose", "visit_status", "customer", "start_time")
    for field in fields:
        for row in rows:
            hand.type("visits", field, int(row), "?")
    data = hand.done()
    changes, on = prepared(data)
    (left,) = (u for u in changes.unnoted if u.sheet == VISITS)
    assert len(ours(on)) == MOST
    assert left.cells > 0
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    (tmp_path / "tracker.toml").write_text("[marks]\nnotes = true\n", "utf-8")
    run(["refresh", str(path), "--as-of", AS_OF.isoformat(), "--lang", "en"])
    assert f'"{VISITS}": {left.cells} more faulty cells got no note' in capsys.readouterr().out
    assert path.read_bytes() == on


def test_a_sheet_whose_notes_are_odd_gets_none(faulty: tuple[bytes, str]) -> None:
    data, where = faulty
    part = next(
        n for n, p in unpacked(data).items() if "comments" in n and "多人同访".encode() in p
    )
    odd = altered(data, part, "<commentList>", "<!-- x --><commentList>")
    changes, new = prepared(odd)
    (left,) = (u for u in changes.unnoted if u.sheet == VISITS)
    assert left.odd
    assert unpacked(new)[part] == unpacked(odd)[part]
    assert where not in ours(altered(new, part, "<!-- x -->", ""))
