from __future__ import annotations

import pytest
from lxml import etree

from tracker.opc.parts import parse_relationships, parse_xml, part_name, rels_name, resolve


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("", "xl/workbook.xml", "xl/workbook.xml"),
        ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "/xl/styles.xml", "xl/styles.xml"),
        ("xl/worksheets/sheet1.xml", "../drawings/d%201.xml#x", "xl/drawings/d 1.xml"),
        ("xl/a.xml", "..\\media\\p.png", "media/p.png"),
        ("a.xml", "../../b.xml", "b.xml"),
    ],
)
def test_targets_lead_to_parts(source: str, target: str, part: str) -> None:
    assert resolve(source, target) == part


def test_names_of_members_and_relationship_parts() -> None:
    assert part_name("/xl\\workbook.xml") == "xl/workbook.xml"
    assert rels_name("xl/workbook.xml") == "xl/_rels/workbook.xml.rels"
    assert rels_name("") == "_rels/.rels"


def test_relationships_keep_external_targets_as_written() -> None:
    data = (
        b'<Relationships xmlns="u"><!-- note --><Relationship Id="a" Type="t/hyperlink" '
        b'Target="http://x/?a=b#c" TargetMode="External"/>'
        b'<Relationship Id="b" Type="t/image" Target="../media/i.png"/></Relationships>'
    )
    link, image = parse_relationships("xl/drawings/d.xml", data)
    assert (link.kind, link.target, link.external) == ("hyperlink", "http://x/?a=b#c", True)
    assert (image.kind, image.target, image.external) == ("image", "xl/media/i.png", False)


def test_entities_are_not_resolved() -> None:
    data = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    assert parse_xml(data).text is None
    with pytest.raises(etree.XMLSyntaxError):
        parse_xml(b"<a>")
