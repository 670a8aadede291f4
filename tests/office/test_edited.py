"""A real office program edits a refreshed workbook; the next refresh takes it in."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF, Hand, new_sample, opened, refreshed
from tracker.xlsx import Workbook
from tracker.xlsx.refs import letters

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
    return refreshed(new_sample(size=0.2))


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


def test_three_round_trips_lose_nothing(small: bytes, tmp_path: Path) -> None:
    data, first = small, opened(small)
    for n in range(3):
        data, _ = edit(data, tmp_path, ["set", "产品", "G40", float(n)])
        report, data = opened(data).prepare(AS_OF)
        assert not {f.code for f in report.findings} & {"GEN014", "GEN005", "GEN016"}
        assert refreshed(data) == data
    again = opened(data)
    for name, frame in first.modules.items():
        assert again.modules[name].shape == frame.shape
        assert list(again.modules[name].index) == list(frame.index)
    assert again.session.workbook_id == first.session.workbook_id


def test_a_renamed_sheet_is_found_by_its_anchors(small: bytes, tmp_path: Path) -> None:
    data, _ = edit(small, tmp_path, ["rename_sheet", "拜访记录与计划", "我的流水账"])
    report, after = opened(data).prepare(AS_OF)
    assert report.rows == opened(small).report(AS_OF).rows
    assert opened(after).session.places["visits"].sheet.name == "我的流水账"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_cell_shows_an_error(tmp_path: Path, lang: str) -> None:
    data = refreshed(new_sample(lang, 0.2), date(2026, 6, 30))
    _, printed = edit(data, tmp_path, ["errors"])
    assert json.loads(printed) == []
