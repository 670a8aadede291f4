"""Excel tables (ListObjects) of a sheet: where they lie, and how they grow."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import count
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
            tag = _root(data)
            text = markup.get(tag, b"ref") or b"A1"
            name = markup.get(tag, b"displayName") or markup.get(tag, b"name") or b""
            totals = int(markup.get(tag, b"totalsRowCount") or 0)
            found.append(Table(r.target, markup.unescape_text(name), area(text.decode()), totals))
    return found


def adopted(data: bytes, package: Package, own: Collection[str], dxf: Sequence[int]) -> bytes:
    """The table part of a grafted sheet with a free id and the host's indices of formats.

    Args:
        data: the part as the donor has it.
        package: the host.
        own: parts that the graft replaces; their tables do not count.
        dxf: host index of each differential format of the donor.

    ValueError where the host has another table of that name.
    """
    ids, names = set[int](), set[bytes]()
    for part in package:
        if part not in own and package.content_type(part).endswith("table+xml"):
            tag = _root(package.read(part))
            ids.add(int(markup.get(tag, b"id") or 0))
            names.add((markup.get(tag, b"displayName") or b"").lower())
    tag = _root(data)
    name = markup.get(tag, b"displayName") or b""
    if name.lower() in names:
        raise ValueError(f"there is another table {name.decode()}")
    free = next(i for i in count(1) if i not in ids)
    data = data.replace(tag, markup.put(tag, b"id", b"%d" % free), 1)
    return re.sub(rb'(DxfId=")(\d+)"', lambda m: m[1] + b'%d"' % dxf[int(m[2])], data)


def _root(data: bytes) -> bytes:
    m = markup.find_tag(data, markup.prefix_of(data, b"table") + b"table")
    assert m is not None
    return m[0]


def grown(data: bytes, bottom: int) -> bytes:
    """A table part whose area, and that of its filter, reach down to a row."""
    area_was = markup.get(_root(data), b"ref")

    def longer(m: re.Match[bytes]) -> bytes:
        if markup.get(m[0], b"ref") != area_was or area_was is None:
            return m[0]
        reaching = area(area_was.decode())._replace(bottom=bottom)
        return markup.put(m[0], b"ref", str(reaching).encode())

    return re.sub(rb"<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)%b>" % markup.ATTRIBUTES, longer, data)


def rules_grown(tail: bytes, old: Range, bottom: int) -> bytes:
    """The part of a sheet behind its rows, its rules reaching down with a table.

    That is so for validations and conditional formats that ended at the table's last row.
    """

    def longer(m: re.Match[bytes]) -> bytes:
        sqref = markup.get(m[0], b"sqref") or b""
        reaching = every(sqref)
        return m[0] if reaching == sqref else markup.put(m[0], b"sqref", reaching)

    def every(text: bytes) -> bytes:
        return b" ".join(_longer(one, old, bottom) for one in text.split())

    tag = rb"<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation)(?=\s)%b>" % markup.ATTRIBUTES
    tail = re.sub(tag, longer, tail)
    return re.sub(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)", lambda m: m[1] + every(m[2]), tail)


def _longer(text: bytes, old: Range, bottom: int) -> bytes:
    try:
        one = area(text.decode())
    except ValueError:
        return text
    inside = one.left >= old.left and one.right <= old.right and one.top >= old.top
    several = one.top < one.bottom or old.bottom == old.top + 1
    if inside and several and one.bottom == old.bottom:
        return str(one._replace(bottom=bottom)).encode()
    return text
