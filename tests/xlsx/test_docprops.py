from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from tests.xlsx.books import altered, made, moment, sheet, unpacked, written
from tracker.errors import ProofError
from tracker.xlsx import Workbook
from tracker.xlsx.compile import Compiler
from tracker.xlsx.docprops import Property
from tracker.xlsx.verify import prove

VALUES: dict[str, Property] = {
    "note": "a < b & 甲", "many": 3, "large": 2**40, "share": 0.1, "done": True,
    "when": moment(2026, 6, 30, 12, 5),
}  # fmt: skip


def with_properties(data: bytes, values: dict[str, Property]) -> bytes:
    book = Workbook(data)
    for name, value in values.items():
        book.set_property(name, value)
    return book.to_bytes()


def hand_made() -> bytes:
    def build(book: Any) -> None:
        book.add_worksheet("S")
        book.set_custom_property("Owner", "甲 & 乙")
        book.set_custom_property("Count", 7)

    return written(build)


@pytest.mark.parametrize("data", [made({"S": sheet()}), hand_made()])
def test_properties_read_back_and_a_second_time_changes_nothing(data: bytes) -> None:
    before = Workbook(data).properties
    new = with_properties(data, VALUES)
    assert Workbook(new).properties == {**before, **VALUES}
    theirs: Any = openpyxl.load_workbook(io.BytesIO(new)).custom_doc_props  # type: ignore[attr-defined]  # younger than its stubs
    assert {p.name: p.value for p in theirs.props} == {**before, **VALUES}
    assert with_properties(new, VALUES) == new
    changed = {"docProps/custom.xml", "_rels/.rels", "[Content_Types].xml"}
    a, b = unpacked(data), unpacked(new)
    assert {n for n in b if a.get(n) != b[n]} <= changed


def test_a_property_is_replaced_in_its_place_or_removed() -> None:
    new = with_properties(hand_made(), {"Owner": 5, "Count": None, "none": None})
    assert Workbook(new).properties == {"Owner": 5}
    assert with_properties(new, {"Owner": None, "a": "b"}) != new
    emptied = with_properties(new, {"Owner": None})
    assert Workbook(emptied).properties == {}
    assert Workbook(with_properties(emptied, {"x": "y"})).properties == {"x": "y"}


def test_a_strict_workbook_gets_the_names_of_its_dialect() -> None:
    data = made({"S": sheet()})
    for part in ("xl/workbook.xml", "_rels/.rels"):
        data = altered(
            data, part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )  # fmt: skip
    new = with_properties(data, {"n": True})
    assert (
        b"purl.oclc.org/ooxml/officeDocument/customProperties"
        in unpacked(new)["docProps/custom.xml"]
    )
    assert b"relationships/customProperties" in unpacked(new)["_rels/.rels"]
    assert Workbook(new).properties == {"n": True}
    assert with_properties(new, {"n": True}) == new


def test_values_of_other_kinds_come_as_their_text() -> None:
    data = hand_made()
    odd = altered(data, "docProps/custom.xml", "<vt:i4>7</vt:i4>", "<vt:clsid>{7}</vt:clsid>")
    assert Workbook(odd).properties["Count"] == "{7}"
    wrong = altered(data, "docProps/custom.xml", "<vt:i4>7<", "<vt:i4>seven<")
    assert Workbook(wrong).properties["Count"] == "seven"


def test_a_nameless_property_is_refused() -> None:
    with pytest.raises(ValueError, match="a property has a name"):
        Workbook(hand_made()).set_property(" ", 1)


def test_the_proof_looks_at_the_other_properties() -> None:
    book = Workbook(hand_made())
    book.set_property("new", 1)
    compiler = Compiler(book)
    data = compiler.run()
    prove(book, compiler, data)
    with pytest.raises(ProofError, match="document properties"):
        prove(book, compiler, altered(data, "docProps/custom.xml", ">7<", ">8<"))
