"""A workbook looked at without the engine: its zip records, and what its parts mean."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def records(data: bytes) -> dict[str, bytes]:
    """Whole local records (header, packed bytes, descriptor) by member name, in archive order."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        infos = sorted(z.infolist(), key=lambda i: i.header_offset)
        ends = [*(i.header_offset for i in infos), z.start_dir]
    spans = pairwise(ends)
    return {i.filename: data[a:b] for i, (a, b) in zip(infos, spans, strict=True)}


def read(data: bytes, member: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return z.read(member)


def differing(before: bytes, after: bytes) -> set[str]:
    """Members that are not there any more or whose record is another."""
    was, now = records(before), records(after)
    return {n for n in was if was[n] != now.get(n)}


def canonical(element: etree._Element) -> bytes:
    """Equal for pieces of XML that mean the same."""
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_tail=False))


def xml(data: bytes, member: str) -> etree._Element:
    return etree.fromstring(read(data, member), PARSER)


def local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def cells(root: etree._Element) -> dict[str, bytes]:
    """Rows and cells of a worksheet by reference, blank ones without a format left out."""
    found, row = dict[str, bytes](), 0
    for r in root.iter("{*}row"):
        row, column = int(r.get("r") or row + 1), 0
        look = {k: v for k, v in r.attrib.items() if k not in ("r", "spans")}
        if look:
            found[str(row)] = repr(sorted(look.items())).encode()
        for c in r.iterchildren("{*}c"):
            column = _number(c.get("r")) or column + 1
            if len(c) or c.get("s") not in (None, "0"):
                c.attrib.pop("r", "")
                found[f"R{row}C{column}"] = canonical(c)
    return found


def is_blank(cell: bytes) -> bool:
    return not cell or not len(etree.fromstring(cell))


def _number(reference: str | None) -> int:
    n = 0
    for ch in (reference or "").upper():
        if ch.isalpha():
            n = n * 26 + ord(ch) - 64
    return n


def around(root: etree._Element) -> bytes:
    """A worksheet without its rows and its dimension."""
    for name in ("{*}dimension", "{*}sheetData"):
        for e in root.findall(name):
            root.remove(e)
    for e in root:
        e.tail = None
    return canonical(root).replace(b"\n", b"")


def items(root: etree._Element, name: str) -> list[bytes]:
    """Children of a collection ("cellXfs"; "" for the root itself), in order."""
    group = root.find("{*}" + name) if name else root
    return [canonical(e) for e in group if isinstance(e.tag, str)] if group is not None else []


def settings(root: etree._Element) -> list[bytes]:
    """What a workbook part says, but for its calculation settings."""
    said = (e for e in root if local(e) not in ("calcPr", ""))
    return [canonical(e) for e in said if len(e) or local(e) != "definedNames"]


def indices(root: etree._Element) -> Iterator[int]:
    """Shared strings that the cells of a worksheet use."""
    for c in root.iter("{*}c"):
        if c.get("t") == "s":
            v = c.find("{*}v")
            if v is not None and (v.text or "").strip().isdigit():
                yield int(v.text or "")
