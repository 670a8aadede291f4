from __future__ import annotations

import pytest

from tests.xlsx.books import content_types, packed
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES
from tracker.xlsx.refs import Range
from tracker.xlsx.tables import Growth, Table, grown, headed, rules_grown, tables_of
from tracker.xlsx.verify_tables import without_columns

PART = (
    b"<x:table xmlns:x='u' displayName=\"a>b\" ref='A1:C5'><x:autoFilter ref=\"A1:C5\"/>"
    b'<x:tableColumns count="3"><x:tableColumn id="1" name="a"/><x:tableColumn id="7" name="b">'
    b'<x:calculatedColumnFormula>1</x:calculatedColumnFormula></x:tableColumn><x:tableColumn id="3"'
    b' name="c"/></x:tableColumns></x:table>'
)


def table(area: Range, totals: int = 0) -> Table:
    return Table("t.xml", "t", area, totals)


def test_the_table_over_some_columns_is_the_one_that_covers_most_of_them() -> None:
    mine, other = table(Range(1, 1, 5, 3)), table(Range(1, 5, 9, 6))
    below = table(Range(2, 1, 5, 3))
    assert headed([other, below, mine], 1, [1, 2, 3, 5]) == mine
    assert headed([other, mine], 1, [5, 6, 1]) == other
    assert headed([below, mine], 1, [4, 7]) is None
    assert headed([mine], 2, [1]) is None


def test_a_table_and_its_filter_reach_down() -> None:
    new = grown(PART, table(Range(1, 1, 5, 3)), Growth(9))
    assert new.count(b'ref="A1:C9"') == 2
    other = b'<table ref="A1:B2"><autoFilter ref="A1:B3"/></table>'
    assert grown(other, table(Range(1, 1, 2, 2)), Growth(9)) == (
        b'<table ref="A1:B9"><autoFilter ref="A1:B3"/></table>'
    )


def test_a_filter_ends_above_the_totals() -> None:
    part = b'<table ref="A1:B5" totalsRowCount="1"><autoFilter ref="A1:B4"/></table>'
    assert grown(part, table(Range(1, 1, 5, 2), totals=1), Growth(8)) == (
        b'<table ref="A1:B9" totalsRowCount="1"><autoFilter ref="A1:B8"/></table>'
    )


def test_columns_get_free_ids_and_leave_no_trace_when_taken_out() -> None:
    new = grown(PART, table(Range(1, 1, 5, 3)), Growth(5, ("d<", "e\nf")))
    assert b'count="5"' in new
    assert (
        b'<x:tableColumn id="8" name="d&lt;"/><x:tableColumn id="9" name="e_x000a_f"/>'
        b"</x:tableColumns>"
    ) in new
    assert new.count(b'ref="A1:E5"') == 2
    assert without_columns(new, ("d<", "e\nf")).replace(b"A1:E5", b"A1:C5") == PART.replace(
        b"ref='A1:C5'", b'ref="A1:C5"'
    )
    assert without_columns(new, ("other",)) == new
    assert without_columns(new, ()) == new


def test_rules_that_ended_with_the_table_reach_down() -> None:
    tail = (
        b'</sheetData><conditionalFormatting sqref="A2:A5 C1:C5 E2:E5"/>'
        b"<dataValidation prompt='a > b' sqref='B2:B5'/><dataValidation sqref=\"B5\"/>"
        b'<dataValidation sqref="A2:A4"/><xm:sqref>B2:C5</xm:sqref><xm:sqref>B:B</xm:sqref>'
    )
    new = rules_grown(tail, table(Range(1, 1, 5, 3)), Growth(8))
    assert new == (
        b'</sheetData><conditionalFormatting sqref="A2:A8 C1:C8 E2:E5"/>'
        b'<dataValidation prompt=\'a > b\' sqref="B2:B8"/><dataValidation sqref="B5"/>'
        b'<dataValidation sqref="A2:A4"/><xm:sqref>B2:C8</xm:sqref><xm:sqref>B:B</xm:sqref>'
    )


def test_rules_over_the_records_or_over_all_follow_a_table_with_totals() -> None:
    tail = b'<dataValidation sqref="B2:B4"/><dataValidation sqref="A2:A5"/><dataValidation sqref="C3:C3"/>'
    new = rules_grown(tail, table(Range(1, 1, 5, 3), totals=1), Growth(8))
    assert new == (
        b'<dataValidation sqref="B2:B8"/><dataValidation sqref="A2:A9"/><dataValidation sqref="C3:C3"/>'
    )


def test_the_rule_of_a_single_record_reaches_down() -> None:
    new = rules_grown(b'<dataValidation sqref="B2"/>', table(Range(1, 1, 2, 3)), Growth(4))
    assert new == b'<dataValidation sqref="B2:B4"/>'


def test_a_table_without_its_area_is_told() -> None:
    package = Package(
        packed({CONTENT_TYPES: content_types([]), "s.xml": "<a/>", "t.xml": '<table name="t"/>'})
    )
    package.relate("s.xml", "u/table", "t.xml")
    with pytest.raises(ValueError, match=r"t\.xml: a table without its area"):
        tables_of(package, "s.xml")
