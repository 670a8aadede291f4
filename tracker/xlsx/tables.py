"""Excel tables (ListObjects) of a sheet: where they lie, and how they grow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import count
from typing import NamedTuple

from tracker.opc.package import Package
from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area

TAGS = rb"<(?:[\w.-]+:)?%b(?=[\s/>])" + markup.ATTRIBUTES + rb">"


class Table(NamedTuple):
    """A table: its part, its name, the area it covers, the totals rows in that, its headers.

    `plain` tells a table of cells alone, which no query or mapping to XML fills.
    """

    part: str
    name: str
    area: Range
    totals: int
    headers: tuple[str, ...] = ()
    plain: bool = True

    @property
    def last_record(self) -> int:
        """Row of the last record, totals rows apart."""
        return self.area.bottom - self.totals


class Growth(NamedTuple):
    """What is planned for a table: the row of its last record, and headers of new columns."""

    last_record: int
    headers: tuple[str, ...] = ()

    def area(self, table: Table) -> Range:
        """The area that the table will cover."""
        was = table.area
        right = was.right + len(self.headers)
        return Range(was.top, was.left, self.last_record + table.totals, right)


def tables_of(package: Package, sheet_part: str) -> list[Table]:
    """Tables of a sheet, in the order of its relationships."""
    parts = (r.target for r in package.relationships(sheet_part) if r.kind == "table")
    return [_table(part, package.read(part)) for part in parts if part in package]


def headed(tables: Iterable[Table], row: int, columns: Collection[int]) -> Table | None:
    """The table whose headers stand in a row over most of some columns; None where none does.

    A table of somebody's own may stand beside it.
    """

    def over(table: Table) -> int:
        return sum(table.area.left <= c <= table.area.right for c in columns)

    here = [t for t in tables if t.area.top == row and over(t)]
    return max(here, key=over, default=None)


def _table(part: str, data: bytes) -> Table:
    tag = _root(data)
    text = markup.get(tag, b"ref")
    if not text:
        raise ValueError(f"{part}: a table without its area")
    name = markup.get(tag, b"displayName") or markup.get(tag, b"name") or b""
    columns = re.findall(TAGS % b"tableColumn", data)
    headed = markup.get(tag, b"headerRowCount") != b"0"
    return Table(
        part, markup.unescape_text(name), area(text.decode()),
        int(markup.get(tag, b"totalsRowCount") or 0),
        tuple(markup.unescape_text(markup.get(c, b"name") or b"") for c in columns if headed),
        markup.get(tag, b"tableType") in (None, b"worksheet"),
    )  # fmt: skip


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
    return renumbered(data, b'DxfId="', dxf)


def renumbered(data: bytes, before: bytes, index: Sequence[int]) -> bytes:
    """The XML with another index behind every match of a pattern."""
    pattern = rb"(%b)(\d+)" % before
    return re.sub(pattern, lambda m: m[1] + b"%d" % index[int(m[2])], data)


def _root(data: bytes) -> bytes:
    return markup.start_tag(data, markup.prefix_of(data, b"table") + b"table")[0]


def grown(data: bytes, table: Table, growth: Growth) -> bytes:
    """A table part that covers its new area and names its new columns."""
    p, reach = markup.prefix_of(data, b"table"), growth.area(table)
    filtered = table.area._replace(bottom=table.last_record)
    for name, was, new in (
        (p + b"table", table.area, reach),
        (p + b"autoFilter", filtered, reach._replace(bottom=growth.last_record)),
    ):
        tag = markup.find_tag(data, name)
        if tag and markup.get(tag[0], b"ref") == str(was).encode():
            data = markup.with_attribute(data, name, b"ref", str(new).encode())
    return _with_columns(data, p, growth.headers) if growth.headers else data


def _with_columns(data: bytes, p: bytes, headers: Sequence[str]) -> bytes:
    tags = markup.tags(data, p + b"tableColumn")
    first = 1 + max(int(markup.get(m[0], b"id") or 0) for m in tags)
    new = b"".join(
        b'<%btableColumn id="%d" name="%b"/>' % (p, i, markup.escape_attribute(h))
        for i, h in enumerate(headers, first)
    ).replace(b"\n", b"_x000a_")
    data = markup.appended(data, p + b"tableColumns", new)
    count = b"%d" % (len(tags) + len(headers))
    return markup.with_attribute(data, p + b"tableColumns", b"count", count)


def rules_grown(tail: bytes, table: Table, growth: Growth) -> bytes:
    """The part of a sheet behind its rows, its rules reaching down with a table.

    That is so for validations and conditional formats that ended at the table's last record,
    or with its totals.
    """

    def longer(m: re.Match[bytes]) -> bytes:
        sqref = markup.get(m[0], b"sqref") or b""
        reaching = every(sqref)
        return m[0] if reaching == sqref else markup.put(m[0], b"sqref", reaching)

    def every(text: bytes) -> bytes:
        return b" ".join(_longer(one, table, growth) for one in text.split())

    tail = re.sub(TAGS % b"(?:conditionalFormatting|dataValidation)", longer, tail)
    return re.sub(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)", lambda m: m[1] + every(m[2]), tail)


def _longer(text: bytes, table: Table, growth: Growth) -> bytes:
    try:
        one = area(text.decode())
    except ValueError:
        return text
    old, last = table.area, table.last_record
    inside = one.left >= old.left and one.right <= old.right and one.top >= old.top
    several = one.top < one.bottom or last == old.top + 1
    if inside and several and one.bottom in (last, old.bottom):
        moved = one.bottom + growth.last_record - last
        return str(one._replace(bottom=moved)).encode()
    return text
