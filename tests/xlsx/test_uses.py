from __future__ import annotations

import pytest

from tests.xlsx.books import MAIN, made, sheet
from tracker.opc.package import Package
from tracker.xlsx.uses import count_uses, free_slots, uses


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>7</v></c>',
        "<c t='s' r='A1'><v>7</v></c>",
        '<c r="A1" t = "s" s="1"><v>7</v></c>',
        '<c r="A1" t="s"><f>A2</f><v>7</v></c>',
        '<c r="A1" t="s">\n<v xml:space="preserve"> 7 </v></c>',
        '<c r="A1" t="s"><!-- x --><v>7</v></c>',
    ],
)
def test_every_way_to_refer_to_a_string_counts(cell: str) -> None:
    rows = f'<row r="1">{cell}<c r="B1" t="str"><v>8</v></c><c r="C1"><v>9</v></c></row>'
    assert uses(sheet(rows).encode()) == [b"7"]
    assert uses(sheet(rows).encode("utf-16")) == [b"7"]


def test_macro_sheets_count_as_users() -> None:
    def row(i: int) -> str:
        return f'<row r="1"><c r="A1" t="s"><v>{i}</v></c></row>'

    macro = f'<xm:macrosheet xmlns:xm="x" xmlns="{MAIN}"><sheetData>{row(1)}</sheetData></xm:macrosheet>'
    both = row(0) + row(1).replace('r="1"', 'r="2"', 1)
    data = made(
        {"G": sheet(both), "S": sheet()},
        parts={"xl/macrosheets/m.xml": macro},
        rels={"xlMacrosheet": "macrosheets/m.xml"},
    )
    package = Package(data)
    assert free_slots(package, "xl/workbook.xml", {"xl/worksheets/sheet1.xml"}, ()) == {0}
    assert free_slots(package, "xl/workbook.xml", {"xl/worksheets/sheet2.xml"}, [1, 5]) == {5}
    assert count_uses(package, "xl/workbook.xml") == 3
