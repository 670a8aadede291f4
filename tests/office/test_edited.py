"""A real office program edits a refreshed workbook; the next refresh takes it in."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.books import AS_OF, Hand, opened, refreshed, refreshed_sample
from tests.xlsx.books import written
from tracker.book.tint import MARK
from tracker.xlsx import Workbook, markup
from tracker.xlsx.refs import letters
from tracker.xlsx.rules import find

PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("edit.py")


def _has_office() -> bool:
    if shutil.which("soffice") is None or not Path(PYTHON).exists():
        return False
    return (
        subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode
        == 0
    )


pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not _has_office(), reason="LibreOffice with python3-uno is not installed"),
]


def edit(data: bytes, folder: Path, *actions: list[Any]) -> tuple[bytes, str]:
    """The workbook as LibreOffice saves it after the actions, and what the script printed."""
    source, target = folder / "before.xlsx", folder / "after.xlsx"
    source.write_bytes(data)
    done = subprocess.run(
        [PYTHON, str(SCRIPT), str(source), str(target), *map(json.dumps, actions)],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target.read_bytes(), done.stdout


@pytest.fixture(scope="module")
def small() -> bytes:
    """A small sample workbook, refreshed."""
    return refreshed_sample(size=0.2)


def test_rows_columns_and_copies_made_in_an_office_program(small: bytes, tmp_path: Path) -> None:
    hand = Hand(small)
    sheet, frame = hand.sheet("visits"), hand.frame("visits")
    columns = hand.book.session.places["visits"].columns
    last, width = int(frame.index[-1]), max(columns.values())
    like = int(frame.index[0])
    new = last + 1
    typed = [
        ["set", sheet, hand.cell("visits", "visit_date", new), 46190.0],
        *(
            ["set", sheet, hand.cell("visits", f, new), hand.read("visits", f, like)]
            for f in (
                "customer",
                "visit_status",
                "visit_method",
                "purpose",
                "summary",
                "institution",
            )
        ),
    ]
    where = f"A1:{letters(width)}{new}"
    by_customer = columns["customer"] - 1
    data, _ = edit(
        small, tmp_path, *typed,
        ["sort", sheet, where, by_customer, False],
        ["insert_column", sheet, 3, 0, "我的备注"],
        ["copy_sheet", sheet, "拜访备份"],
        ["set", sheet, "D5", "自己写的"],
    )  # fmt: skip
    report, after = opened(data).prepare(AS_OF)
    codes = {f.code for f in report.findings}
    assert "GEN016" in codes
    assert not codes & {"GEN014", "GEN004", "GEN017", "GEN005"}
    book = opened(after)
    assert len(book.modules["visits"]) == len(frame) + 1
    place = book.session.places["visits"]
    assert "我的备注" in place.match.extras.values()
    assert place.columns["visit_method"] == columns["visit_method"] + 1
    read = Workbook(after).sheet(place.sheet.name)
    assert read.get("D1") == "我的备注"
    assert read.get("D5") == "自己写的"
    visits = book.session.frames["visits"]
    added = visits.index[visits["visit_date"] == "2026-06-17"]
    ids = visits.loc[added, "visit_id"]
    assert ids.str.fullmatch("V[A-Z]{6}").all()
    assert set(frame["visit_id"]) < set(visits["visit_id"])
    column = letters(place.columns["customer_id_resolved"])
    assert all(read.get(f"{column}{r}") for r in visits.index)
    assert refreshed(after) == after


def own_sheet(book: Any) -> None:
    """What a rep keeps for himself: notes, a drop-down, a rule, a chart, formulas."""
    page = book.add_worksheet()
    page.write_column("A1", [3, 1, 2])
    page.write_formula("A4", "=SUM(A1:A3)", book.add_format({"bold": True}), 6)
    page.write_string("B1", "=1+1")
    page.write_comment("A1", "我的批注")
    page.data_validation("C1:C9", {"validate": "list", "source": ["甲", "乙"]})
    red = book.add_format({"font_color": "#FF0000"})
    page.conditional_format("A1:A3", {"type": "cell", "criteria": ">", "value": 2, "format": red})
    page.merge_range("E1:F2", "合并")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"={page.get_name()}!$A$1:$A$3"})
    page.insert_chart("H3", chart)


def possessions(data: bytes) -> dict[str, object]:
    """What a rep's own sheet and the whole workbook have of his, as openpyxl sees it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what it cannot read
        book = openpyxl.load_workbook(io.BytesIO(data))
    page: Any = book["我的"]
    cells = [c for row in page.iter_rows() for c in row if c.value is not None]
    refs = [s.val.numRef.f for chart in page._charts for s in chart.series]
    return {
        "cells": {c.coordinate: (c.value, c.data_type, bool(c.font.b)) for c in cells},
        "notes": {c.coordinate: c.comment.text for c in cells if c.comment},
        "lists": {(str(v.sqref), v.formula1) for v in page.data_validations.dataValidation},
        "rules": {str(rules.sqref) for rules in page.conditional_formatting},
        "merged": {str(m) for m in page.merged_cells.ranges},
        "charts": sorted(refs),
        "drop-downs": {
            name: sorted(v.formula1 for v in book[name].data_validations.dataValidation)
            for name in book.sheetnames
            if book[name].sheet_state == "visible"
        },
    }


def told(value: Any) -> object:
    """A value with the twelve digits that every program keeps."""
    return f"{value:.12g}" if isinstance(value, float) else value


def test_three_round_trips_lose_nothing(small: bytes, tmp_path: Path) -> None:
    edited = Workbook(small)
    edited.put_sheet("我的", written(own_sheet))
    before = data = edited.to_bytes()
    first = opened(small)
    for n in range(3):
        data, _ = edit(data, tmp_path, ["set", "产品", "G40", float(n)])
        report, data = opened(data).prepare(AS_OF)
        assert not {f.code for f in report.findings} & {"GEN014", "GEN005", "GEN016"}
        assert refreshed(data) == data
    again = opened(data)
    for name, table in first.session.tables.items():
        raw = again.session.tables[name].raw
        assert raw.keys() == table.raw.keys()
        for field, values in table.raw.items():
            assert list(map(told, raw[field])) == list(map(told, values)), (name, field)
    for name, frame in first.modules.items():
        assert again.modules[name].shape == frame.shape
        assert list(again.modules[name].index) == list(frame.index)
    assert again.session.workbook_id == first.session.workbook_id
    without_us, _ = edit(before, tmp_path, ["set", "产品", "G40", 2.0])
    assert possessions(data) == possessions(without_us)


def test_a_renamed_sheet_is_found_by_its_anchors(small: bytes, tmp_path: Path) -> None:
    data, _ = edit(small, tmp_path, ["rename_sheet", "拜访记录与计划", "我的流水账"])
    report, after = opened(data).prepare(AS_OF)
    assert report.rows == opened(small).report(AS_OF).rows
    assert opened(after).session.places["visits"].sheet.name == "我的流水账"


def test_links_and_tint_follow_a_row_that_is_sorted_elsewhere(small: bytes, tmp_path: Path) -> None:
    hand = Hand(small)
    sheet, frame = hand.sheet("visits"), hand.frame("visits")
    row, last = int(frame.index[3]), int(frame.index[-1])
    columns = hand.book.session.places["visits"].columns
    hand.type("visits", "visit_method", row, "视频会")
    data = refreshed(hand.done())
    found = Workbook(data).sheet("校验结果")
    ident = frame["visit_id"][row]
    native = (
        formula_of(data, "校验结果", ident)
        .replace(",", ";")
        .replace(f"'{sheet}'!$", f"$'{sheet}'.$")
    )
    assert found.get("B6") == f"D{row}"
    assert columns["visit_method"] == 4
    where = f"A1:{letters(max(columns.values()))}{last}"
    seek = f"MATCH(\"{ident}\";$'{sheet}'.$X$1:$X${last};0)"
    row_id, check = (letters(columns[c]) for c in ("visit_id", "row_check"))
    tinted = (
        f'IF(INDEX(${check}$1:${check}${last};{seek})="";0;'
        f'ISNUMBER(MATCH(INDEX(${row_id}$1:${row_id}${last};{seek})&"|"&D$1;_trk.list.faults;0)))'
    )
    data, printed = edit(
        data, tmp_path,
        ["sort", sheet, where, columns["institution"] - 1, False],
        ["says", sheet, "=" + seek], ["says", sheet, "=" + native],
        ["says", sheet, "=" + tinted], ["says", sheet, "=" + tinted.replace("D$1", "E$1")],
    )  # fmt: skip
    now, target, faulty, clean = map(json.loads, printed.splitlines())
    assert int(now) != row
    assert target == f"#'{sheet}'!D{now}"
    assert (faulty, clean) == ("1", "FALSE")  # IF gives a number, or what ISNUMBER says
    report, after = opened(data).prepare(AS_OF)
    assert "GEN020" not in {f.code for f in report.findings}
    assert rules_of(after) == rules_of(data)
    assert refreshed(after) == after


def formula_of(data: bytes, sheet: str, ident: object) -> str:
    """The place that the first link about a row leads to, as a formula."""
    formulas = re.findall(
        rb"<f>HYPERLINK\((.*?),[^,]*\)</f>", Workbook(data).sheet(sheet).scan.data
    )
    return next(f for f in map(markup.unescape_text, formulas) if str(ident) in f)


def rules_of(data: bytes) -> list[bytes]:
    """The rules of the program's own in all sheets."""
    parts = (Workbook(data).sheet(n).scan for n in Workbook(data).worksheet_names)
    return [s.tail[f.start : f.end] for s in parts for f in find(s.tail, s.prefix, MARK)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_cell_shows_an_error(tmp_path: Path, lang: str) -> None:
    data = refreshed_sample(lang, 0.2)
    _, printed = edit(data, tmp_path, ["errors"])
    assert json.loads(printed) == []
