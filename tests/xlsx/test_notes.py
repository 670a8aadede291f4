"""Notes put into somebody's sheet, proven, and taken out of it without a trace."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.xlsx.books import MAIN, OFFICE, TYPE, altered, made, sheet, unpacked, written
from tests.xlsx.dialects import Plan, by_hand, by_xlsxwriter, places, plans
from tests.xlsx.test_properties import carried_out
from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.opc.parts import rels_name
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.verify import prove

PART = "xl/worksheets/sheet1.xml"
RELS = rels_name(PART)
COMMENTS, VML = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"
US = "tracker"
WANTED = {(3, 2): "GEN003 <坏> & so\n改 _x0041_", (2, 1): " first "}
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def _bare(book: Any) -> None:
    page = book.add_worksheet("S")
    page.write("A1", 1)
    page.add_table("A1:B4")


def _theirs(book: Any) -> None:
    _bare(book)
    page = book.worksheets()[0]
    page.write_comment("A1", "mine", {"author": "me"})
    page.write_comment("B2", "hers", {"author": "her"})
    page.insert_button("D4", {"caption": "go"})


BARE, THEIRS = written(_bare), written(_theirs)


def noted(data: bytes, wanted: dict[tuple[int, int], str], mine: Any = ()) -> bytes:
    book = Workbook(data)
    book.sheet("S").put_notes(US, wanted, mine)
    return book.to_bytes()


def told(data: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    return {p: (n.author, n.text) for p, n in Workbook(data).sheet("S").notes.items()}


def by_openpyxl(data: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    with warnings.catch_warnings(action="ignore"):
        page = openpyxl.load_workbook(io.BytesIO(data))["S"]
    notes = ((c.row, c.column, c.comment) for row in page for c in row)
    return {(int(r or 0), int(c or 0)): (n.author, n.text) for r, c, n in notes if n}


@pytest.mark.parametrize("data", [BARE, THEIRS], ids=["bare", "theirs"])
def test_notes_come_and_go_and_no_byte_is_left_of_them(data: bytes) -> None:
    once = noted(data, WANTED)
    assert told(once) == told(data) | {p: (US, t) for p, t in WANTED.items()}
    read = by_openpyxl(once)
    assert read.keys() == told(once).keys()
    assert read[2, 1] == (US, " first ")
    assert noted(once, WANTED, WANTED) == once
    gone = noted(once, {}, WANTED)
    assert unpacked(gone) == unpacked(data)
    assert list(unpacked(gone)) == list(unpacked(data))


def test_one_that_changed_is_written_anew_and_the_others_stay() -> None:
    once = noted(THEIRS, WANTED)
    other = {(3, 2): "another", (9, 9): "new"}
    twice = noted(once, other, WANTED)
    assert told(twice) == told(THEIRS) | {p: (US, t) for p, t in other.items()}
    ids = re.findall(rb'id="(_x0000_s\d+)"', unpacked(twice)[VML])
    assert len(ids) == len(set(ids)) == 5  # two of theirs, their button, two of ours


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    by_hand() | by_xlsxwriter(), st.dictionaries(places, st.text(max_size=30), max_size=5), plans()
)
def test_whatever_it_says_a_note_comes_and_goes(
    data: bytes, wanted: dict[tuple[int, int], str], plan: Plan
) -> None:
    data = carried_out(data, plan)
    sheet_ = Workbook(data).sheet("S")
    wanted = {
        p: text for p, text in wanted.items() if not (p in sheet_.notes or sheet_.blocked.at(*p))
    }
    once = noted(data, wanted)
    assert told(once) == told(data) | {p: (US, text) for p, text in wanted.items()}
    assert by_openpyxl(once).keys() == told(once).keys()
    assert noted(once, wanted, wanted) == once
    numbered = {PART: sheet_.scan.data} if wanted else {}  # rows that came without references
    asked = {"xl/workbook.xml": unpacked(once)["xl/workbook.xml"]}  # to calculate afresh
    assert unpacked(noted(once, {}, wanted)) == unpacked(data) | numbered | asked


def test_a_note_of_anothers_is_in_the_way() -> None:
    book = Workbook(THEIRS)
    with pytest.raises(ValueError, match="B2"):
        book.sheet("S").put_notes(US, {(2, 2): "ours"})
    assert book.to_bytes() == THEIRS


def test_white_space_alone_is_no_other_note() -> None:
    once = noted(BARE, WANTED)
    assert noted(once, {p: t.replace("\n", "\r\n ") for p, t in WANTED.items()}, WANTED) == once


def test_cells_notes_and_growth_in_one_go() -> None:
    book = Workbook(THEIRS)
    page = book.sheet("S")
    page.put_notes(US, WANTED)
    page.set("A2", "x")
    page.grow_table(page.tables[0].name, 6)
    again = Workbook(book.to_bytes()).sheet("S")
    assert again.get("A2") == "x"
    assert again.notes.keys() == told(THEIRS).keys() | WANTED.keys()


TAILS = {
    "nothing": "",
    "margins": '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>',
    "an extension": '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>1</formula>'
    '<extLst><ext uri="x"/></extLst></cfRule></conditionalFormatting><extLst><ext uri="y"/></extLst>',
}


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("tail", list(TAILS))
def test_what_leads_to_the_boxes_stands_at_its_place(tail: str, prefix: str) -> None:
    xml = sheet(ROW, tail=TAILS[tail])
    if prefix:
        xml = xml.replace(f' xmlns:r="{OFFICE}"', "")
        xml = re.sub(r"<(/?)(?=\w)", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")
    data = made({"S": xml})
    once = noted(data, WANTED)
    new = unpacked(once)[PART].decode()
    at = new.index(f"<{prefix}legacyDrawing")
    assert new[at:].count(f"<{prefix}extLst") == (tail == "an extension")
    assert told(once).keys() == by_openpyxl(once).keys() == WANTED.keys()
    assert unpacked(noted(once, {}, WANTED))[PART] == unpacked(data)[PART]


def test_a_prefix_for_relationships_is_used_where_there_is_one() -> None:
    xml = sheet(ROW).replace("xmlns:r=", "xmlns:rel=")
    new = unpacked(noted(made({"S": xml}), WANTED))[PART]
    assert b'<legacyDrawing rel:id="rId2"/>' in new


def test_a_part_with_a_prefix_of_its_own() -> None:
    theirs = unpacked(THEIRS)[COMMENTS].decode()
    spelt = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", theirs).replace("xmlns=", "xmlns:x=")
    data = altered(THEIRS, COMMENTS, theirs, spelt)
    once = noted(data, WANTED)
    assert told(once) == told(data) | {p: (US, t) for p, t in WANTED.items()}
    assert unpacked(noted(once, {}, WANTED)) == unpacked(data)


def _threaded() -> bytes:
    package = Package(THEIRS)
    thread = '<ThreadedComments xmlns="u"><threadedComment ref="C3"/></ThreadedComments>'
    package.write("xl/threadedComments/threadedComment1.xml", thread.encode())
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    package.relate(PART, kind, "../threadedComments/threadedComment1.xml")
    return package.to_bytes()


def test_a_thread_of_comments_counts_as_a_note() -> None:
    page = Workbook(_threaded()).sheet("S")
    assert page.notes.keys() == {(1, 1), (2, 2), (3, 3)}
    with pytest.raises(ValueError, match="C3"):
        page.put_notes(US, {(3, 3): "ours"})
    once = noted(_threaded(), WANTED)
    assert unpacked(noted(once, {}, WANTED)) == unpacked(_threaded())


ODD = {
    "another encoding": (COMMENTS, b'encoding="UTF-8"', b'encoding="GBK"'),
    "comments of XML": (COMMENTS, b"<commentList>", b"<!-- x --><commentList>"),
    "boxes that are no XML": (VML, b"</xml>", b"<br></xml>"),
    "boxes with another prefix": (VML, b"xmlns:x=", b"xmlns:y="),
    "no kind of box": (VML, b"_x0000_t202", b"_x0000_t203"),
    "no boxes": (PART, b"<legacyDrawing", b"<x"),
    "no ids": (VML, b"_x0000_s1025", b"_x0000_s2047"),
    "two at a cell": (COMMENTS, b'ref="B2"', b'ref="A1"'),
    "no author": (COMMENTS, b'authorId="1"', b'authorId="9"'),
}


@pytest.mark.parametrize("odd", list(ODD))
def test_what_cannot_be_followed_is_left_alone(odd: str) -> None:
    data = altered(THEIRS, *ODD[odd])
    book = Workbook(data)
    with pytest.raises(ValueError):  # noqa: PT011 - each says why in words of its own
        book.sheet("S").put_notes(US, WANTED)
    assert book.to_bytes() == data


def test_more_notes_than_a_drawing_has_ids_for_are_refused() -> None:
    many = {(row, 1): "x" for row in range(2, 1030)}
    with pytest.raises(ValueError, match="room"):
        Workbook(BARE).sheet("S").put_notes(US, many)
    fewer = dict(list(many.items())[:1023])
    assert len(told(noted(BARE, fewer))) == 1023


def test_a_strict_workbook_gets_none() -> None:
    strict = sheet(ROW).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    data = altered(
        made({"S": strict}),
        "xl/workbook.xml",
        MAIN,
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    with pytest.raises(ValueError, match="strict"):
        Workbook(data).sheet("S").put_notes(US, WANTED)


def planned(data: bytes, mine: Any = ()) -> tuple[Workbook, Compiler, bytes]:
    book = Workbook(data)
    book.sheet("S").put_notes(US, {} if mine else WANTED, mine)
    compiler = Compiler(book)
    done = compiler.run()
    prove(book, compiler, done)
    return book, compiler, done


FAULTS = [
    (COMMENTS, r">mine<", ">mime<"),
    (COMMENTS, r"GEN003", "GEN004"),
    (COMMENTS, r'ref="B3"', 'ref="B4"'),
    (COMMENTS, r'(ref="B3" authorId=")\d', r"\g<1>0"),
    (COMMENTS, r'(ref="B2" authorId=")1', r"\g<1>0"),
    (COMMENTS, r"<author>her<", "<author>him<"),
    (COMMENTS, r"<author>tracker<", "<author>stalker<"),
    (COMMENTS, r'<comment ref="A2".*?</comment>', ""),
    (COMMENTS, r'<comment ref="A1".*?</comment>', ""),
    (COMMENTS, r'(<comment ref="A2".*?</comment>)', r"\1\1"),
    (COMMENTS, r'(<comment ref="A1".*?</comment>)(<comment ref="B2".*?</comment>)', r"\2\1"),
    (COMMENTS, r'<sz val="8"/>', '<sz val="9"/>'),
    (COMMENTS, r"</commentList>", "</commentList><x/>"),
    (COMMENTS, r"</comments>", ""),
    (VML, r"<x:Row>2</x:Row><x:Column>1<", "<x:Row>2</x:Row><x:Column>3<"),
    (VML, r"<x:Row>1</x:Row><x:Column>1<", "<x:Row>1</x:Row><x:Column>3<"),
    (VML, r"(?s)(.*)<v:shape .*?</v:shape>", r"\1"),
    (VML, r"<v:shape .*?</v:shape>", ""),
    (VML, r'(?s)(.*)id="_x0000_s\d+"', r'\1id="_x0000_s1025"'),
    (VML, r"(?s)(.*)visibility:hidden", r"\1visibility:visible"),
    (VML, r"(?s)(.*<x:Anchor>)\d", r"\1x"),
    (VML, r"Button", "Butto"),
    (VML, r"</xml>", ""),
    (PART, r"<legacyDrawing[^>]*/>", ""),
    (RELS, r"<Relationship [^>]*comments[^>]*/>", ""),
    (RELS, r"<Relationship [^>]*table[^>]*/>", ""),
    (RELS, r"vmlDrawing1\.vml", "vmlDrawing9.vml"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "old", "new"), FAULTS)
def test_a_fault_planted_among_anothers_notes_is_found(part: str, old: str, new: str) -> None:
    _plant(planned(THEIRS), part, old, new)


BARE_FAULTS = [
    *(f for f in FAULTS if f[1] not in {r">mine<", r'(ref="B3" authorId=")\d', r'(ref="B2" authorId=")1',
      r"<author>her<", r'<comment ref="A1".*?</comment>', r"Button", r'<sz val="8"/>',
      r'(<comment ref="A1".*?</comment>)(<comment ref="B2".*?</comment>)',
      r'(?s)(.*)id="_x0000_s\d+"', r"<x:Row>1</x:Row><x:Column>1<"}),
    (PART, r"(<tableParts.*)?(<legacyDrawing[^>]*/>)(<tableParts.*</tableParts>)", r"\3\2"),
    (PART, r'(<legacyDrawing r:id=")rId\d', r"\1rId1"),
    (PART, r"<legacyDrawing", "<legacyDrawingHF"),
    (VML, r'o:spt="202"', 'o:spt="201"'),
    (VML, r"fillcolor", "strokecolor"),
    (COMMENTS, r"<commentList>", '<commentList a="b">'),
    (RELS, r"relationships/comments", "relationships/comment"),
    ("[Content_Types].xml", r"vmlDrawing\"", 'vml"'),
    ("[Content_Types].xml", r"<Override [^>]*comments1[^>]*/>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("part", "old", "new"), BARE_FAULTS)
def test_a_fault_planted_in_new_parts_of_notes_is_found(part: str, old: str, new: str) -> None:
    _plant(planned(BARE), part, old, new)


@pytest.mark.parametrize("data", [BARE, THEIRS], ids=["bare", "theirs"])
def test_notes_left_over_or_lost_with_ours_are_found(data: bytes) -> None:
    full = noted(data, WANTED)
    book, compiler, done = planned(full, WANTED)
    for part in (COMMENTS, VML, RELS, PART):
        package = Package(done)
        package.write(part, unpacked(full)[part])
        if part == COMMENTS and data is BARE:
            package.declare(part, TYPE + "comments+xml")
        if package.to_bytes() != done:
            with pytest.raises(ProofError):
                prove(book, compiler, package.to_bytes())
    for part in (COMMENTS, VML):
        if part in unpacked(done):
            package = Package(done)
            package.drop(part)
            with pytest.raises(ProofError):
                prove(book, compiler, package.to_bytes())


def _plant(made_: tuple[Workbook, Compiler, bytes], part: str, old: str, new: str) -> None:
    book, compiler, data = made_
    content = unpacked(data)[part]
    spoilt = re.sub(old.encode(), new.encode(), content, count=1, flags=re.S)
    assert spoilt != content, "nothing was planted"
    with pytest.raises(ProofError):
        prove(book, compiler, altered(data, part, content, spoilt))
