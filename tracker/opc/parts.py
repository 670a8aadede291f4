"""Part names and relationships of an Office package (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


class Relationship(NamedTuple):
    """One relationship; `target` is a part name, or the address as written where `external`."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """Last segment of the type: "worksheet", "drawing", ..., alike in both dialects."""
        return self.type.rsplit("/", 1)[-1]


def part_name(member: str) -> str:
    """Part name of a zip member: forward slashes, no leading slash."""
    return member.replace("\\", "/").lstrip("/")


def rels_name(part: str) -> str:
    """Name of the part that holds the relationships of `part` ("" for the package)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def resolve(source: str, target: str) -> str:
    """Part name of a relationship target, which may be absolute, relative or percent-encoded."""
    target = unquote(target.partition("#")[0].replace("\\", "/"))
    if not target.startswith("/"):
        target = posixpath.join(posixpath.dirname(source), target)
    name = posixpath.normpath(target).lstrip("/")
    while name.startswith("../"):
        name = name[3:]
    return name


def parse_xml(data: bytes) -> etree._Element:
    """Root element of a part; entities are never resolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def parse_relationships(source: str, data: bytes) -> list[Relationship]:
    """Relationships of `source` from the bytes of its .rels part, in document order."""
    found = []
    for e in parse_xml(data).iter("{*}Relationship"):
        external = e.get("TargetMode") == "External"
        target = e.get("Target") or ""
        target = target if external else resolve(source, target)
        found.append(Relationship(e.get("Id") or "", e.get("Type") or "", target, external))
    return found
