from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter

from tests.xlsx.books import MAIN, altered, made, sheet, unpacked, written
from tracker.errors import UnsuitableFileError
from tracker.xlsx import Workbook


def test_what_is_refused() -> None:
    tail = '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    book = Workbook(made({"S": sheet(tail=tail)}))
    cells = book.sheet("S")
    cells.set("A1", 1)
    for where, value in (("B2", 1), ("XFE1", 1), ("C1", float("nan")), ("C1", "x" * 40_000)):
        with pytest.raises(ValueError, match=r"area|outside|stored|longer"):
            cells.set(where, value)
    with pytest.raises(TypeError):
        cells.set("C1", object())  # type: ignore[arg-type]  # that is the point
    with pytest.raises(KeyError):
        book.sheet("none")
    assert cells.get("Z9") is None


@pytest.mark.parametrize(
    "xml",
    [
        "<worksheet/>",
        sheet('<row r="1"/><row r="1"/>'),
        sheet('<row r="2"/><row r="1"/>'),
        sheet('<row r="1"><c r="B1"/><c r="A1"/></row>'),
        sheet('<row r="x"/>'),
    ],
)
def test_a_sheet_that_cannot_be_followed_raises_the_one_exception(xml: str) -> None:
    book = Workbook(made({"S": xml}), "b.xlsx")

    def write() -> None:
        book.sheet("S").set("C1", 1)
        book.to_bytes()

    with pytest.raises(UnsuitableFileError, match=r"b\.xlsx: the workbook is damaged or unusual"):
        write()


def test_a_sheet_is_let_go_of_unless_something_is_planned_for_it() -> None:
    book = Workbook(made({"S": sheet(), "T": sheet()}))
    planned, read = book.sheet("S"), book.sheet("T")
    planned.set("A1", 1)
    book.let_go(planned)
    book.let_go(read)
    assert book.sheet("S") is planned
    assert book.sheet("T") is not read
    assert book.sheet("T").scan.data == read.scan.data


def test_dropping_sheets() -> None:
    book = Workbook(made({"A": sheet(), "B": sheet(), "C": sheet()}))
    book.drop_sheet("A")
    book.drop_sheet("B")
    with pytest.raises(ValueError, match="last visible"):
        book.drop_sheet("C")
    with pytest.raises(KeyError):
        book.drop_sheet("A")
    assert book.sheet_names == ["C"]
    new = book.to_bytes()
    assert book.to_bytes() == new
    assert Workbook(new).sheet_names == ["C"]
    assert "xl/worksheets/sheet1.xml" not in unpacked(new)
    assert openpyxl.load_workbook(io.BytesIO(new)).sheetnames == ["C"]


def test_a_sheet_that_was_only_planned_can_be_dropped_again() -> None:
    data = made({"A": sheet()})
    book = Workbook(data)
    book.put_plain("P", sheet().encode())
    book.drop_sheet("P")
    assert book.to_bytes() is data


def test_names_of_sheets() -> None:
    book = Workbook(made({"Sum": sheet(), "B": sheet()}))
    donor = written(lambda b: b.add_worksheet())
    for bad in ("", "a/b", "x" * 32, "'a", "a]"):
        with pytest.raises(ValueError, match="no name"):
            book.put_sheet(bad, donor)
    book.put_sheet("SUM", donor)
    assert book.sheet_names == ["Sum", "B"]
    with pytest.raises(UnsuitableFileError):
        book.put_sheet("X", b"no workbook")
    with pytest.raises(UnsuitableFileError, match="one sheet"):
        book.put_sheet("X", made({"A": sheet(), "B": sheet()}))


def test_a_chart_sheet_is_no_worksheet_but_can_be_dropped() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("A").write(0, 0, 1)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=A!$A$1"})
        book.add_chartsheet("Ch").set_chart(chart)

    book = Workbook(written(build))
    assert book.worksheet_names == ["A"]
    with pytest.raises(KeyError):
        book.sheet("Ch")
    with pytest.raises(ValueError, match="no worksheet"):
        book.put_plain("Ch", sheet().encode())
    book.drop_sheet("Ch")
    assert not any("chart" in n for n in unpacked(book.to_bytes()))


def test_names_last_sheet_and_macros() -> None:
    book = Workbook(made({"A": sheet()}, parts={"xl/vbaProject.bin": b"x"}))
    told: list[bool] = []

    def make(differs: bool) -> bytes:
        told.append(differs)
        return sheet(f'<row r="1"><c r="A1"><v>{int(differs)}</v></c></row>').encode()

    book.put_last("_s", make)
    book.set_name("n", "A!$A$1", hidden=True)
    new = Workbook(book.to_bytes())
    assert new.has_macros
    assert new.names == {"n": "A!$A$1"}
    assert new.sheet("_s").get("A1") == 1
    assert told == [True]
    told.clear()
    new.put_last("_s", lambda differs: make(differs) if differs else new.package.read(part))
    part = new.sheet("_s").part
    assert new.to_bytes() is new.package.zip.data
    new.sheet("A").set("A1", 5)
    new.to_bytes()
    assert told == [True]


def test_a_workbook_in_another_language_is_refused() -> None:
    data = made({"S": sheet()})
    beta = altered(
        data, "xl/workbook.xml", MAIN, "http://schemas.microsoft.com/office/excel/2006/2"
    )
    with pytest.raises(UnsuitableFileError, match="test version of Office 2007"):
        Workbook(beta)
    bare = altered(data, "xl/workbook.xml", f'xmlns="{MAIN}" ', "")
    with pytest.raises(UnsuitableFileError):
        Workbook(bare)
