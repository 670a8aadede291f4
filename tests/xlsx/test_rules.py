"""The program's own conditional format in a person's sheet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.xlsx.books import altered, made, sheet, unpacked, written
from tracker.errors import ProofError
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.refs import area
from tracker.xlsx.rules import Rule
from tracker.xlsx.verify import prove

PART = "xl/worksheets/sheet1.xml"
MARK = "_x.faults"
FORMULA = 'IF($B2="",0,ISNUMBER(MATCH($A2&"|"&A$1,_x.faults,0)))'
RULE = Rule(area("A2:C99"), FORMULA, "FFE2B8", 9)
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
THEIRS = (
    '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="7"><formula>A1&gt;1</formula>'
    "</cfRule></conditionalFormatting>"
)
MERGED = '<mergeCells count="1"><mergeCell ref="A5:B5"/></mergeCells>'
FILTER = '<autoFilter ref="A1:B3"><sortState ref="A2:B3"><sortCondition ref="A2:A3"/></sortState></autoFilter>'
VIEWS = (
    '<customSheetViews><customSheetView guid="{00000000-0000-0000-0000-000000000000}">'
    '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><autoFilter ref="A1:B3"/>'
    "</customSheetView></customSheetViews>"
)
BEHIND = (
    '<dataValidations count="1"><dataValidation sqref="A1"/></dataValidations>'
    '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>'
)
X14 = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:cfRule type="expression" priority="11" id="{00000000-0000-0000-0000-000000000001}">'
    "<xm:f>TRUE</xm:f></x14:cfRule><xm:sqref>A1</xm:sqref></x14:conditionalFormatting>"
    "</x14:conditionalFormattings></ext></extLst>"
)


def book_of(tail: str = "") -> bytes:
    return made({"S": sheet(ROW, tail=tail)})


def ruled(data: bytes, rule: Rule = RULE) -> bytes:
    book = Workbook(data)
    book.sheet("S").put_rule(MARK, rule)
    return book.to_bytes()


def with_part(data: bytes, new: bytes) -> bytes:
    return altered(data, PART, unpacked(data)[PART], new)


def tail_of(data: bytes) -> str:
    return unpacked(data)[PART].decode().split("</sheetData>")[1]


def unruled(data: bytes) -> bytes:
    book = Workbook(data)
    book.sheet("S").drop_rule(MARK)
    return book.to_bytes()


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""), ("", BEHIND), (MERGED, BEHIND), (FILTER, BEHIND), (FILTER + MERGED, ""), (VIEWS, BEHIND),
        ("<sheetProtection/>", BEHIND), (MERGED + '<phoneticPr fontId="0"/>', BEHIND), (THEIRS, BEHIND),
        (FILTER + MERGED + THEIRS, BEHIND), (THEIRS, X14),
    ],
)  # fmt: skip
def test_a_rule_stands_where_it_belongs_and_goes_without_a_trace(before: str, behind: str) -> None:
    data = book_of(before + behind)
    tail = tail_of(ruled(data))
    assert tail.startswith(before + "<conditionalFormatting")
    assert tail.endswith(behind + "</worksheet>")
    assert unpacked(unruled(ruled(data)))[PART] == unpacked(data)[PART]


def test_twice_is_once() -> None:
    once = ruled(book_of(THEIRS))
    assert ruled(once) == once
    assert unruled(book_of(THEIRS)) == book_of(THEIRS)
    assert ruled(unruled(once)) == once  # its format is found again


@pytest.mark.parametrize("theirs", [(THEIRS, 7), (THEIRS + BEHIND + X14, 11), ("", 0)])
def test_it_yields_to_every_rule_of_the_person(theirs: tuple[str, int]) -> None:
    found = re.search(
        r'<cfRule [^>]*priority="(\d+)"><formula>IF', tail_of(ruled(book_of(theirs[0])))
    )
    assert found
    assert int(found[1]) == theirs[1] + 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sqref="A2:C99"', 'sqref="A2:C8"'), ('sqref="A2:C99"', 'sqref="A2:B99"'),
        ('sqref="A2:C99"', 'sqref="A2:C5 A7:C99"'), ('sqref="A2:C99"', 'sqref="A3:C99"'),
        ("$B2", "$C2"), ('dxfId="0"', 'dxfId="9"'), ('priority="8"', 'priority="1"'),
        ('dxfId="0" ', ""), ('sqref="A2:C99"', 'sqref=""'),
    ],
)  # fmt: skip
def test_what_became_of_it_is_put_right(old: str, new: str) -> None:
    once = ruled(book_of(THEIRS))
    assert old in tail_of(once)
    changed = altered(once, PART, old, new)
    assert tail_of(ruled(changed)) == tail_of(once)


@pytest.mark.parametrize(
    ("old", "new"), [('sqref="A2:C99"', 'sqref="A2:D120"'), ('sqref="A2:C99"', 'sqref="A2:C50"')]
)
def test_one_that_reaches_as_far_as_needed_may_stay(old: str, new: str) -> None:
    once = ruled(book_of())
    changed = altered(once, PART, old, new)
    assert ruled(changed) == changed


def test_another_colour_is_the_persons_wish() -> None:
    def build(book: Any) -> None:
        page, green = book.add_worksheet("S"), book.add_format({"bg_color": "#00FF00"})
        how = {"type": "formula", "criteria": "=" + FORMULA, "format": green}
        page.conditional_format("A2:C99", how)

    data = written(build)
    assert ruled(data) == data


def test_a_rule_that_moved_in_with_one_of_theirs_leaves_it_alone() -> None:
    once = ruled(book_of(THEIRS))
    joined = THEIRS.replace(
        "</conditionalFormatting>",
        f'<cfRule type="expression" dxfId="0" priority="8"><formula>{MARK}</formula></cfRule>'
        "</conditionalFormatting>",
    )
    data = with_part(once, sheet(ROW, tail=joined).encode())
    assert tail_of(unruled(data)) == THEIRS + "</worksheet>"
    assert tail_of(ruled(data)) == tail_of(once)


def test_several_become_one() -> None:
    once = ruled(book_of(THEIRS))
    mine = tail_of(once)[len(THEIRS) : -len("</worksheet>")]
    data = with_part(once, sheet(ROW, tail=THEIRS + mine + mine).encode())
    assert tail_of(ruled(data)) == tail_of(once)


def test_a_word_that_holds_the_mark_is_another() -> None:
    theirs = THEIRS.replace("A1&gt;1", f"my{MARK}2")
    assert unruled(book_of(theirs)) == book_of(theirs)


def test_a_prefix_and_cells_in_one_go() -> None:
    plain = sheet(ROW, tail=MERGED)
    spelt = re.sub(r"<(/?)(?=\w)", r"<\1x:", plain).replace("xmlns=", "xmlns:x=")
    book = Workbook(made({"S": spelt}))
    book.sheet("S").put_rule(MARK, RULE)
    book.sheet("S").set("A1", 5)
    data = book.to_bytes()
    assert b"</x:mergeCells><x:conditionalFormatting" in unpacked(data)[PART]
    assert Workbook(data).sheet("S").get("A1") == 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'priority="8"', b'priority="7"'), (b"$B2", b"$C2"), (b"A2:C99", b"A2:C98"), (b'dxfId="0"', b'dxfId="3"'),
        (b"A1&gt;1", b"A1&gt;2"), (b'type="expression" dxfId', b'type="cellIs" dxfId'),
    ],
)  # fmt: skip
def test_the_proof_sees_any_other_rule(old: bytes, new: bytes) -> None:
    book = Workbook(book_of(THEIRS))
    book.sheet("S").put_rule(MARK, RULE)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    with pytest.raises(ProofError):
        prove(book, compiler, altered(data, PART, old, new))


def test_the_proof_sees_a_rule_at_the_wrong_place_or_left_over() -> None:
    book = Workbook(book_of(BEHIND))
    book.sheet("S").put_rule(MARK, RULE)
    compiler = Compiler(book)
    data = compiler.run()
    mine = tail_of(data).split("<dataValidations")[0]
    late = sheet(ROW, tail=BEHIND + mine).encode()
    with pytest.raises(ProofError):
        prove(book, compiler, with_part(data, late))
    book = Workbook(data)
    book.sheet("S").drop_rule(MARK)
    compiler = Compiler(book)
    gone = compiler.run()
    prove(book, compiler, gone)
    with pytest.raises(ProofError):
        prove(book, compiler, with_part(gone, unpacked(data)[PART]))
