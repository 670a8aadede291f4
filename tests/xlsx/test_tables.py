from __future__ import annotations

from tracker.xlsx.refs import Range
from tracker.xlsx.tables import grown, rules_grown

PART = (
    b"<x:table xmlns:x='u' displayName=\"a>b\" ref='A1:C5'><x:autoFilter ref=\"A1:C5\"/></x:table>"
)


def test_a_table_and_its_filter_reach_down() -> None:
    new = grown(PART, 9)
    assert new.count(b'ref="A1:C9"') == 2
    assert grown(b'<table ref="A1:B2"><autoFilter ref="A1:B3"/></table>', 9) == (
        b'<table ref="A1:B9"><autoFilter ref="A1:B3"/></table>'
    )


def test_rules_that_ended_with_the_table_reach_down() -> None:
    tail = (
        b'</sheetData><conditionalFormatting sqref="A2:A5 C1:C5 E2:E5"/>'
        b"<dataValidation prompt='a > b' sqref='B2:B5'/><dataValidation sqref=\"B5\"/>"
        b'<dataValidation sqref="A2:A4"/><xm:sqref>B2:C5</xm:sqref><xm:sqref>B:B</xm:sqref>'
    )
    new = rules_grown(tail, Range(1, 1, 5, 3), 8)
    assert new == (
        b'</sheetData><conditionalFormatting sqref="A2:A8 C1:C8 E2:E5"/>'
        b'<dataValidation prompt=\'a > b\' sqref="B2:B8"/><dataValidation sqref="B5"/>'
        b'<dataValidation sqref="A2:A4"/><xm:sqref>B2:C8</xm:sqref><xm:sqref>B:B</xm:sqref>'
    )


def test_the_rule_of_a_single_record_reaches_down() -> None:
    new = rules_grown(b'<dataValidation sqref="B2"/>', Range(1, 1, 2, 3), 4)
    assert new == b'<dataValidation sqref="B2:B4"/>'
