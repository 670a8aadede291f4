from __future__ import annotations

import datetime as dt
import re

import pytest

from tests.xlsx.books import altered, made, sheet, unpacked
from tracker.errors import ProofError
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.verify import prove
from tracker.xlsx.verify_sheet import only_grown

CELLS = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("old", "new", "grown"),
    [
        (b'<dimension ref="A1"/>', b'<dimension ref="A1:B2"/>', True),
        (b'<dimension ref="A1:B2"/>', b'<dimension ref="A1"/>', False),
        (b'<dimension ref="A1"/>', b'<dimension ref="A"/>', False),
        (b'<x/><dimension ref="A1"/>', b'<y/><dimension ref="A1"/>', False),
        (b'<dimension ref="A1"/>', b"", False),
        (
            b'<dataValidation a="1" sqref="A1 B1"/>',
            b'<dataValidation a="1" sqref="A1 B1:B3"/>',
            True,
        ),
        (b'<dataValidation a="1" sqref="A1"/>', b'<dataValidation a="2" sqref="A1"/>', False),
        (b'<dataValidation sqref="A1 B1"/>', b'<dataValidation sqref="A1"/>', False),
        (b"<xm:sqref>A1</xm:sqref>", b"<xm:sqref>A1:A2</xm:sqref>", True),
        (b"<table/>", b"<table/>", True),
        (b"<table /><a/>", b"<table /><b/>", False),
    ],
)
def test_only_areas_may_differ_and_only_by_reaching_further(
    old: bytes, new: bytes, grown: bool
) -> None:
    assert only_grown(old, new) is grown


def compiled(rows: str) -> tuple[Workbook, Compiler, bytes]:
    book = Workbook(made({"S": sheet(rows)}))
    cells = book.sheet("S")
    cells.set("A1", dt.date(2026, 6, 30))
    cells.set("B1", None)
    cells.set("C1", True)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    return book, compiler, data


USUAL = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="2"><v>2</v></c><c r="C1"><v>2</v></c></row>'
BARE = "<row r=\"1\"><c><v>1</v></c><c s='2'><v>2</v></c><c><v>2</v></c><c><v>4</v></c></row>"


@pytest.mark.parametrize("rows", [USUAL, BARE])
def test_a_new_number_format_is_all_that_may_change_in_a_style(rows: str) -> None:
    book, compiler, data = compiled(rows)
    assert b'<c r="A1" s="3">' in unpacked(data)[CELLS]
    look = re.compile(rb'numFmtId="(?:14|164)" fontId="0"').findall(unpacked(data)["xl/styles.xml"])
    for part, old, new, cell in (
        (CELLS, 'r="A1" s="3"', 'r="A1" s="2"', "S!A1"),
        ("xl/styles.xml", look[-1].decode(), look[-1].decode().replace('"0"', '"1"'), "S!A1"),
        (CELLS, '<c r="B1" s="2"/>', "", "S!B1"),
        (CELLS, '<c r="B1" s="2"/>', '<c r="B1"/>', "S!B1"),
        (CELLS, 't="b"><v>1', "><v>1", "S!C1"),
        (CELLS, 't="b"><v>1', 't="b"><v>0', "S!C1"),
        (CELLS, "<v>46203</v>", "<v>46204</v>", "S!A1"),
        (CELLS, "<v>46203</v>", "", "S!A1"),
    ):
        with pytest.raises(ProofError, match=f"{cell} does not read back|styles"):
            prove(book, compiler, altered(data, part, old, new))


def test_followers_of_a_shared_formula_may_have_their_own_and_nothing_else() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2" s="2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    book = Workbook(made({"S": sheet(rows)}))
    book.sheet("S").set("A1", 5)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    follower = '<c r="A2" s="2"><f>B2</f><v>2</v></c>'
    for new in (
        follower.replace("<v>2", "<v>3"),
        follower.replace(' s="2"', ""),
        follower.replace("<f>B2</f>", ""),
        "",
        follower + follower,
    ):
        with pytest.raises(ProofError, match=r"S!A2 changed|twice"):
            prove(book, compiler, altered(data, CELLS, follower, new))
