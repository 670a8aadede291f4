from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.xlsx.books import STYLES, made, packed, sheet, unpacked, with_signature
from tracker.errors import BookChangedError, SignedError, UnsuitableFileError
from tracker.xlsx import Workbook


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_STATE_DIR", str(tmp_path / "state"))


def test_saving(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(made({"S": sheet()}))
    book = Workbook.open(path)
    before = path.stat().st_mtime_ns
    book.save(path)
    assert path.stat().st_mtime_ns == before
    for value in (1, 2):
        book.sheet("S").set("A1", value)
        book.save(path)
        assert Workbook.open(path).sheet("S").get("A1") == value
    book.save(tmp_path / "c.xlsx")
    assert (tmp_path / "c.xlsx").read_bytes() == path.read_bytes()
    path.write_bytes(made({"S": sheet()}, styles=STYLES + " "))
    book.sheet("S").set("A1", 3)
    with pytest.raises(BookChangedError):
        book.save(path)


def test_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"text")
    with pytest.raises(UnsuitableFileError):
        Workbook.open(tmp_path / "x.xlsx")
    with pytest.raises(UnsuitableFileError):
        Workbook(packed({"[Content_Types].xml": "<Types/>", "xl/other.xml": "<a/>"}))


def test_the_package_offers_its_two_classes() -> None:
    import tracker.xlsx

    assert tracker.xlsx.Sheet.__name__ == "Sheet"
    with pytest.raises(AttributeError):
        tracker.xlsx.Cell  # noqa: B018 - asking is the test


def signed() -> bytes:
    return with_signature(made({"S": sheet()}))


def test_a_signature_is_broken_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "signed.xlsx"
    path.write_bytes(signed())
    book = Workbook.open(path)
    assert book.to_bytes() == signed()
    book.sheet("S").set("A1", 1)
    with pytest.raises(SignedError, match="--break-signature"):
        book.save(path)
    assert path.read_bytes() == signed()
    book.save(path, break_signature=True)
    assert Workbook.open(path).sheet("S").get("A1") == 1
    assert unpacked(path.read_bytes())["_xmlsignatures/origin.sigs"] == b"signed"


def test_a_part_that_came_broken_is_the_files_fault() -> None:
    data = made({"S": sheet()}, styles=STYLES.replace("</styleSheet>", "<x></styleSheet>"))
    book = Workbook(data)
    book.sheet("S").set("A1", dt.date(2026, 6, 30))
    with pytest.raises(UnsuitableFileError, match="damaged"):
        book.to_bytes()
