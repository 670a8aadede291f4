"""Faulty cells are tinted by one rule a table, which a configuration takes away again."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.books import AS_OF, Hand, new_sample, opened, refreshed
from tests.xlsx.books import unpacked
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.run import new
from tracker.book.tint import FILL, MARK
from tracker.xlsx import Workbook, markup
from tracker.xlsx.refs import area
from tracker.xlsx.rules import find, last_priority

OFF = Config(tint=False)


@pytest.fixture(scope="module")
def small() -> bytes:
    return new_sample(size=0.05)


def rules(data: bytes) -> list[str]:
    """The program's own conditional formats, sheet by sheet."""
    element = r"<conditionalFormatting[^>]*>(?:(?!</cond).)*" + re.escape(MARK)
    parts = (p.decode() for n, p in unpacked(data).items() if "worksheets/sheet" in n)
    return [m for part in parts for m in re.findall(element, part)]


def prepared(data: bytes, config: Config) -> bytes:
    return Book(Path("book.xlsx"), data, config=config).prepare(AS_OF)[1]


def listed(data: bytes) -> list[object]:
    """What the hidden list of faults holds."""
    book = Workbook(data)
    name, where = book.names[MARK].split("!")
    cells = area(where.replace("$", ""))
    sheet = book.sheet(name.strip("'"))
    found = (sheet.value(c) if (c := sheet.raw(r, cells.left)) else None
             for r in range(cells.top, cells.bottom + 1))  # fmt: skip
    return [f for f in found if f is not None]


def test_the_faulty_cells_are_listed_by_row_id_and_header(small: bytes) -> None:
    hand = Hand(refreshed(small))
    row = int(hand.frame("visits").index[3])
    ident = hand.frame("visits")["visit_id"][row]
    before = listed(refreshed(small))
    hand.type("visits", "visit_method", row, "视频会")
    after = listed(refreshed(hand.done()))
    assert set(after) - set(before) == {f"{ident}|拜访方式"}
    assert before
    assert listed(small) == []


def test_a_new_workbook_has_its_rules_and_a_refresh_leaves_them_alone(small: bytes) -> None:
    assert len(rules(small)) == 6
    assert rules(refreshed(small)) == rules(small)


def test_a_workbook_without_gets_them_and_loses_them_again(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    new(path, sample=True, size=0.02, config=OFF)
    bare = path.read_bytes()
    assert rules(bare) == []
    off = prepared(bare, OFF)
    assert rules(off) == []
    on = refreshed(off)
    assert len(rules(on)) == 6
    assert refreshed(on) == on
    again = prepared(on, OFF)
    assert rules(again) == []
    assert listed(again) == []
    assert prepared(again, OFF) == again
    assert refreshed(again) == on or len(rules(refreshed(again))) == 6


def test_the_fill_is_the_houses_and_the_persons_rules_come_first(small: bytes) -> None:
    data = refreshed(prepared(refreshed(small), OFF))
    formats = Workbook(data).styles.items(b"dxfs")
    for name in ("拜访记录与计划", "客户基础信息"):
        tail = Workbook(data).sheet(name).scan.tail
        (own,) = (tail[f.rule_start : f.rule_end] for f in find(tail, b"", MARK))
        tag = own[: own.index(b">") + 1]
        assert f'"FF{FILL}"'.encode() in formats[int(markup.get(tag, b"dxfId") or -1)]
        assert int(markup.get(tag, b"priority") or 0) == last_priority(tail)


def test_a_table_without_ids_is_not_tinted() -> None:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = "拜访记录与计划"
    page.append(["客户姓名", "拜访日期", "状态", "拜访方式", "拜访目的"])
    page.append(["王芳", date(2026, 6, 1), "已完成", "视频会", "学术交流"])
    buffer = io.BytesIO()
    made.save(buffer)
    data = refreshed(buffer.getvalue())
    assert opened(data).session.places["visits"].headers
    assert rules(data) == []
