"""Excel tables (ListObjects) of a sheet: where they lie, and how they grow."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.opc.package import Package
from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area


class Table(NamedTuple):
    """A table: its part, its name, the area it covers, and how many totals rows that includes."""

    part: str
    name: str
    area: Range
    totals: int

    @property
    def last_record(self) -> int:
        """Row of the last record, totals rows apart."""
        return self.area.bottom - self.totals


def tables_of(package: Package, sheet_part: str) -> list[Table]:
    """Tables of a sheet, in the order of its relationships."""
    found = []
    for r in package.relationships(sheet_part):
        if r.kind == "table" and r.target in package:
            data = package.read(r.target)
            m = markup.find_tag(data, markup.prefix_of(data, b"table") + b"table")
            assert m is not None
            text = markup.get(m[0], b"ref") or b"A1"
            name = markup.get(m[0], b"displayName") or markup.get(m[0], b"name") or b""
            totals = int(markup.get(m[0], b"totalsRowCount") or 0)
            found.append(Table(r.target, name.decode(), area(text.decode()), totals))
    return found


def grown(data: bytes, old: Range, bottom: int) -> bytes:
    """A table part whose area, and that of its filter, reach down to a row."""
    before, after = str(old).encode(), str(old._replace(bottom=bottom)).encode()
    pattern = rb"(<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)[^>]*\sref=[\"'])%b(?=[\"'])" % before
    return re.sub(pattern, lambda m: m[1] + after, data)


def rules_grown(tail: bytes, old: Range, bottom: int) -> bytes:
    """The part of a sheet behind its rows, with validations and conditional formats that ended at
    the table's last row reaching down to the new one."""

    def longer(text: bytes) -> bytes:
        return b" ".join(_longer(one, old, bottom) for one in text.split())

    tail = re.sub(
        rb"(<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation)(?=\s)[^>]*\ssqref=\")([^\"]*)",
        lambda m: m[1] + longer(m[2]),
        tail,
    )
    return re.sub(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)", lambda m: m[1] + longer(m[2]), tail)


def _longer(text: bytes, old: Range, bottom: int) -> bytes:
    try:
        one = area(text.decode())
    except ValueError:
        return text
    inside = one.left >= old.left and one.right <= old.right and one.top >= old.top
    if inside and one.bottom == old.bottom and one.top < one.bottom:
        return str(one._replace(bottom=bottom)).encode()
    return text
