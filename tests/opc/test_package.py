from __future__ import annotations

import pytest

from tests.xlsx.books import OFFICE, content_types, packed, relations
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES

PARTS: dict[str, str | bytes] = {
    CONTENT_TYPES: content_types([("xl/styles.xml", "styles")]),
    "_rels/.rels": relations(("rId1", "officeDocument", "xl/Workbook.xml")),
    "xl/workbook.xml": "<workbook/>",
    "xl/_rels/workbook.xml.rels": relations(("rId1", "styles", "/xl/styles.xml")),
    "xl/styles.xml": "<styleSheet/>",
    "xl/media/a%20b.png": b"png",
    "xl/media/": b"",
}


@pytest.fixture
def package() -> Package:
    return Package(packed(PARTS))


def test_without_a_plan_the_bytes_are_the_same(package: Package) -> None:
    package.write("xl/styles.xml", package.read("xl/styles.xml"))
    assert not package.changed
    assert package.to_bytes() is package.zip.data


def test_parts_are_found_without_regard_to_case_and_escapes(package: Package) -> None:
    assert package.related("", "officeDocument") == "xl/workbook.xml"
    assert package.find("xl/media/a b.png") == "xl/media/a%20b.png"
    assert package.find("xl/media/") is None
    assert "XL/STYLES.XML" in package
    with pytest.raises(KeyError):
        package.read("xl/none.xml")


def test_a_plan_is_carried_out(package: Package) -> None:
    package.write("XL/styles.xml", b"<styleSheet a='1'/>")
    package.write("xl/new.xml", b"<n/>")
    package.drop("xl/media/a%20b.png")
    after = Package(package.to_bytes())
    assert list(after)[-1] == "xl/new.xml"
    assert after.read("xl/styles.xml") == b"<styleSheet a='1'/>"
    assert "xl/media/a%20b.png" not in after
    assert set(package.new) == {"xl/styles.xml", "xl/new.xml"}
    assert package.dropped == {"xl/media/a%20b.png"}
    assert after.raw("xl/workbook.xml") == package.raw("xl/workbook.xml")


def test_a_dropped_part_leaves_the_content_types_and_may_come_back(package: Package) -> None:
    package.drop("xl/styles.xml")
    assert package.related("xl/workbook.xml", "styles") is None
    assert "styles" not in package.read(CONTENT_TYPES).decode()
    package.write("xl/styles.xml", b"<again/>")
    package.write("xl/new.xml", b"<n/>")
    package.drop("xl/new.xml")
    assert package.read("xl/styles.xml") == b"<again/>"
    assert "xl/new.xml" not in package


def test_a_fork_has_a_plan_of_its_own(package: Package) -> None:
    package.write("xl/new.xml", b"<n/>")
    twin = package.fork()
    twin.drop("xl/styles.xml")
    assert "xl/new.xml" not in twin
    assert "xl/styles.xml" in package


def test_a_part_that_was_let_go_of_is_inflated_again(package: Package) -> None:
    part = next(iter(package))
    before = package.read(part)
    package.let_go(part)
    package.let_go("no/such.part")
    assert package.read(part) == before
    package.write(part, before)
    assert not package.changed


def test_relationships_come_and_go(package: Package) -> None:
    first = package.relate("xl/workbook.xml", f"{OFFICE}/theme", "theme/t.xml")
    assert first == "rId2"
    link = package.relate("xl/new.xml", f"{OFFICE}/hyperlink", 'http://x/?a&"b', external=True)
    found = package.relationships("xl/new.xml")
    assert [(r.id, r.target, r.external) for r in found] == [(link, 'http://x/?a&"b', True)]
    package.unrelate("xl/workbook.xml", first)
    assert [r.id for r in package.relationships("xl/workbook.xml")] == ["rId1"]
    package.unrelate("xl/nowhere.xml", first)
    assert package.relationships("xl/nowhere.xml") == []


def test_the_extension_of_relationships_is_declared_where_it_was_not() -> None:
    bare = '<Types xmlns="u"><Override PartName="/a.xml" ContentType="a"/></Types>'
    package = Package(packed({CONTENT_TYPES: bare, "a.xml": "<a/>"}))
    package.relate("a.xml", "t/x", "b.xml")
    types = package.read(CONTENT_TYPES)
    assert types.index(b'Extension="rels"') < types.index(b"Override")


def test_an_extension_that_stands_for_something_else_is_told() -> None:
    odd = '<Types xmlns="u"><Default Extension="rels" ContentType="a/b"/></Types>'
    package = Package(packed({CONTENT_TYPES: odd, "a.xml": "<a/>"}))
    with pytest.raises(ValueError, match=r"\.rels is a/b"):
        package.relate("a.xml", "t/x", "b.xml")


def test_content_types(package: Package) -> None:
    assert package.content_type("xl/styles.xml").endswith("styles+xml")
    assert package.content_type("xl/other.xml") == "application/xml"
    assert package.content_type("xl/other.png") == ""
    package.declare("xl/other.xml", "application/xml")
    assert not package.changed
    package.declare("xl/styles.xml", "a/b")
    assert package.read(CONTENT_TYPES).count(b'"/xl/styles.xml"') == 1
    assert package.content_type("XL/styles.xml") == "a/b"


def test_free_names_count_what_is_planned(package: Package) -> None:
    assert package.free_name("xl/chart{}.xml") == "xl/chart1.xml"
    package.write("xl/chart1.xml", b"<c/>")
    assert package.free_name("xl/chart{}.xml") == "xl/chart2.xml"


def test_entries_take_the_prefix_of_the_root() -> None:
    types = '<x:Types xmlns:x="u"/>'
    package = Package(packed({CONTENT_TYPES: types, "a.xml": "<a/>"}))
    package.declare("a.xml", "a")
    package.declare("b.xml", "b")
    entries = package.read(CONTENT_TYPES)
    assert entries.endswith(b'Type="a"/><x:Override PartName="/b.xml" ContentType="b"/></x:Types>')
