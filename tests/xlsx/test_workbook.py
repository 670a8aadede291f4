from __future__ import annotations

import datetime as dt
import struct
import zlib
from pathlib import Path

import pytest

from tests.xlsx.books import STYLES, altered, made, moment, packed, sheet, unpacked, with_signature
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


def carried_out(data: bytes, value: object) -> bytes:
    book = Workbook(data)
    book.sheet("S").set("A1", value)  # type: ignore[arg-type]  # any value of a cell
    return book.to_bytes()


def test_a_date_gets_its_format_whatever_white_space_stands_in_a_tag() -> None:
    styles = STYLES.replace(' xfId="0"/>', ' xfId="0" />')
    for rows in ("", '<row r="1"><c r="A1" s="0"><v>1</v></c></row>'):
        new = carried_out(made({"S": sheet(rows)}, styles=styles), dt.date(2026, 6, 30))
        assert Workbook(new).sheet("S").get("A1") == moment(2026, 6, 30)


def test_a_sheet_without_a_relationship_does_no_harm() -> None:
    module = '<sheet name="Module" sheetId="2" r:id=""/></sheets>'
    data = altered(made({"S": sheet()}), "xl/workbook.xml", "</sheets>", module)
    assert Workbook(carried_out(data, 1)).sheet("S").get("A1") == 1


def test_white_space_between_cells_stays() -> None:
    row = '<row r="1">\n  <c r="A1" ><v>1</v></c>\n  <c r="B1"><v>2</v></c>\n</row>'
    first = carried_out(made({"S": sheet(row)}), 1.5)
    assert (
        row.replace('<c r="A1" ><v>1<', '<c r="A1"><v>1.5<').encode()
        in (unpacked(first)["xl/worksheets/sheet1.xml"])
    )
    assert carried_out(first, 1.5) == first


def test_clearing_twice_is_clearing_once_in_a_styled_column() -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    row = row.replace('r="1">', 'r="1" spans="1:2">', 1)
    head = '<dimension ref="A1:B1"/><cols><col min="1" max="2" width="9" style="1"/></cols>'
    data = made({"S": sheet(row, head=head)})
    first = carried_out(data, None)
    assert b'<c r="A1"/><c r="B1">' in unpacked(first)["xl/worksheets/sheet1.xml"]
    assert carried_out(first, None) == first
    book = Workbook(data)
    for cell in ("C1", "A5"):
        book.sheet("S").set(cell, None)
    assert book.to_bytes() == data


def test_a_damaged_part_that_only_the_proof_reads_is_the_files_fault() -> None:
    data = made({"S": sheet(), "T": sheet("<row/>" * 50)})
    whole = unpacked(data)["xl/worksheets/sheet2.xml"]
    crc = struct.pack("<I", zlib.crc32(whole))
    assert data.count(crc) == 2
    with pytest.raises(UnsuitableFileError, match="damaged"):
        carried_out(data.replace(crc, b"\x01\x02\x03\x04"), 1)
