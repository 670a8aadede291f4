"""What fuzzing found: parts whose tags never close are a fault of the file, not of the program."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from tests.opc.crafted import book
from tracker.cli.app import run
from tracker.errors import UnsuitableFileError
from tracker.opc.package import Package
from tracker.xlsx import Workbook
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles


def test_strings_whose_root_tag_never_ends() -> None:
    for data in (b"<sst x'></si></sst>", b'<sst xmlns="http://x></si><si/></sst>'):
        with pytest.raises(ValueError, match="sst"):
            _ = SharedStrings(data).root


def test_formats_whose_root_tag_never_ends() -> None:
    styles = Styles(b'<styleSheet xmlns="http://x><colors/>')
    styles.with_number_format(0, "0.000")
    with pytest.raises(ValueError, match="styleSheet"):
        styles.to_bytes()


def _changed(data: bytes) -> None:
    book = Workbook(data)
    sheet = book.sheet(book.sheet_names[1])
    sheet.set("ZZ3", "a text that is new")
    sheet.set("ZZ4", dt.time(1, 2))
    book.to_bytes()


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_workbook_with_such_a_part_is_refused(sample_bytes: bytes, part: str) -> None:
    package = Package(sample_bytes)
    data = package.read(part)
    package.write(part, data.replace(b'main"', b"main", 1))
    with pytest.raises(UnsuitableFileError):
        _changed(package.to_bytes())


def test_a_member_that_the_archiver_locked_gets_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(book())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.start_dir
    data[at + 8] |= 1
    path = tmp_path / "b.xlsx"
    path.write_bytes(data)
    assert run(["check", str(path), "--lang", "en"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "a member of the zip is encrypted" in line
