"""LibreOffice shows the notes at faulty cells, and they are known again after it has saved."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand, refreshed_sample
from tests.office.test_edited import edit, pytestmark  # noqa: F401 - marks this module too
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.xlsx import Workbook
from tracker.xlsx.refs import cell, ref

CODE = re.compile(r"[A-Z]{3}\d{3} ")  # LibreOffice forgets authors
ON = Config(notes=True)


def prepared(data: bytes, config: Config = ON) -> bytes:
    return Book(Path("book.xlsx"), data, config=config).prepare(AS_OF)[1]


def ours(data: bytes, sheet: str) -> dict[str, str]:
    found = Workbook(data).sheet(sheet).notes
    return {ref(*p): n.text for p, n in found.items() if CODE.match(n.text)}


@pytest.fixture(scope="module")
def noted() -> tuple[bytes, str]:
    hand = Hand(refreshed_sample(size=0.1))
    rows = [int(r) for r in hand.frame("visits").index[:3]]
    for row in rows:
        hand.type("visits", "visit_method", row, "视频会")
    return prepared(hand.done()), hand.sheet("visits")


def test_an_office_program_shows_them_and_leaves_them_ours(
    noted: tuple[bytes, str], tmp_path: Path
) -> None:
    data, sheet = noted
    mine = ours(data, sheet)
    assert len(mine) >= 3
    free = ref(cell(min(mine))[0] + 40, 1)
    saved, printed = edit(data, tmp_path, ["notes", sheet], ["note", sheet, free, "my own"])
    shown = {c: text for c, text in json.loads(printed) if CODE.match(text)}
    assert {c: t.split() for c, t in shown.items()} == {c: t.split() for c, t in mine.items()}
    again = prepared(saved)
    assert ours(again, sheet) == ours(saved, sheet)
    assert set(ours(again, sheet)) == set(mine)
    assert prepared(again) == again
    off = prepared(again, Config())
    assert ours(off, sheet) == {}
    left = Workbook(off).sheet(sheet).notes
    assert left[cell(free)].text == "my own"
    assert left.keys() == Workbook(saved).sheet(sheet).notes.keys() - set(map(cell, mine))
    _, printed = edit(off, tmp_path, ["notes", sheet])
    assert len(json.loads(printed)) == len(left)
