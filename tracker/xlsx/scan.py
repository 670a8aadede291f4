"""One sheet's XML, located but not parsed into a tree: head, rows, cells, tail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as having
from functools import cache
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import number


_REMEMBERED = 20_000  # rows; a sheet is gone through up to three times


class RawCell(NamedTuple):
    """A cell as bytes. `start` and `end` are offsets in its row's body; `value` is what <v> holds."""

    column: int
    start: int
    end: int
    style: int
    kind: bytes
    formula: bool
    value: bytes | None


class Row(NamedTuple):
    """A row as offsets in the sheet: its tag, its body (empty where it closes itself), its end."""

    number: int
    start: int
    body: int
    body_end: int
    end: int


@dataclass(frozen=True)
class Scan:
    """A sheet's bytes with its rows located. Cells are found row by row on demand."""

    data: bytes
    prefix: bytes
    rows: dict[int, Row]
    first: int
    last: int
    seen: dict[int, list[RawCell]] = having(default_factory=dict, repr=False)

    @property
    def head(self) -> bytes:
        """Everything before the first row."""
        return self.data[: self.first]

    @property
    def tail(self) -> bytes:
        """Everything behind the last row, from the end tag of sheetData on."""
        return self.data[self.last :]

    def cells(self, row: Row) -> list[RawCell]:
        """Cells of a row in the order in which they stand; those of the first rows are kept."""
        found = self.seen.get(row.number)
        if found is None:
            found = cells_of(self.data[row.body : row.body_end], self.prefix)
            if len(self.seen) < _REMEMBERED:
                self.seen[row.number] = found
        return found


@cache
def _fast(prefix: bytes) -> re.Pattern[bytes]:
    """Cells as nearly all programs write them: whole, column, style, type, formula, <v>, <is>."""
    p = re.escape(prefix)
    return re.compile(
        rb'(<%bc r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>'
        rb"(<%bf(?:>| [^>]*>)(?:[^<]*</%bf>)?)?(<%bv>[^<]*</%bv>)?"
        rb"(<%bis><%bt(?: [^>]*)?>[^<]*</%bt></%bis>)?</%bc>)\s*)" % ((p,) * 10)
    )


@cache
def _slow(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(rb"<%bc(?=[\s/>])([^>]*?)(?:/>|>(.*?)</%bc>)" % (p, p), re.S)


def cells_of(body: bytes, prefix: bytes) -> list[RawCell]:
    """Cells in the bytes between a row's tags. Cells without a reference count on from the left.

    What stands between two cells and is none would show as a gap; then a slower way is taken.
    """
    cells = _fast(prefix).findall(body)
    start = len(body) - len(body.lstrip())
    if start + sum(len(c[0]) for c in cells) != len(body):
        return _cells_slowly(body, prefix)
    found, at, cut, new = [], start, len(prefix) + 3, tuple.__new__
    for whole, column, style, kind, formula, value, inline in cells:
        end = at + len(whole)
        held = value[cut : -cut - 1] if value else inline or None
        fields = (_NUMBERS[column], at, end, int(style or 0), kind or b"n", formula != b"", held)
        found.append(new(RawCell, fields))
        at = end
    return found


class _Numbers(dict[bytes, int]):
    def __missing__(self, column: bytes) -> int:
        self[column] = n = number(column.decode())
        return n


_NUMBERS = _Numbers()


def _cells_slowly(body: bytes, prefix: bytes) -> list[RawCell]:
    found, column = [], 0
    for m in _slow(prefix).finditer(body):
        tag, inner = b"<c" + m[1] + b">", m[2] or b""
        where = markup.get(tag, b"r")
        column = number(re.sub(rb"[^A-Za-z]", b"", where).decode()) if where else column + 1
        formula = markup.find_tag(inner, prefix + b"f") is not None
        found.append(
            RawCell(
                column, m.start(), m.end(), int(markup.get(tag, b"s") or 0),
                markup.get(tag, b"t") or b"n", formula, _value(inner, prefix),
            )
        )  # fmt: skip
    return found


def _value(inner: bytes, prefix: bytes) -> bytes | None:
    """What <v> holds, or the whole <is> element of an inline string."""
    for name in (prefix + b"v", prefix + b"is"):
        m = markup.find_tag(inner, name)
        if m and not m[0].endswith(b"/>"):
            end = markup.element_end(inner, m, name)
            return (
                inner[m.start() : end]
                if name.endswith(b"is")
                else inner[m.end() : end - len(name) - 3]
            )
    return None


def scan(data: bytes) -> Scan:
    """Locate head, rows and tail of a worksheet part.

    Rows and cells without a reference get one first (an insertion would renumber them), and an
    empty sheetData is opened. ValueError where the part is no worksheet with closed rows.
    """
    data = _opened(markup.plain_utf8(data))
    prefix = markup.prefix_of(data, b"sheetData")
    name = prefix + b"sheetData"
    m = markup.find_tag(data, name)
    assert m is not None
    end = data.index(b"</" + name + b">", m.end())
    rows, complete = _locate(data, prefix, m.end(), end)
    if not complete:
        data = data[: m.end()] + _numbered(data, rows, prefix) + data[end:]
        end = data.index(b"</" + name + b">", m.end())
        rows, _ = _locate(data, prefix, m.end(), end)
    by_number = {r.number: r for r in rows}
    if len(by_number) != len(rows):
        raise ValueError("a row stands twice")
    return Scan(data, prefix, by_number, m.end(), end)


def _opened(data: bytes) -> bytes:
    prefix = markup.prefix_of(data, b"sheetData")
    m = markup.find_tag(data, prefix + b"sheetData")
    assert m is not None
    if not m[0].endswith(b"/>"):
        return data
    tag = m[0][:-2].rstrip() + b"></" + prefix + b"sheetData>"
    return data[: m.start()] + tag + data[m.end() :]


def _locate(data: bytes, prefix: bytes, at: int, end: int) -> tuple[list[Row], bool]:
    """Rows between two offsets, and whether every row and cell carries its reference."""
    close, rows, complete, last = b"</" + prefix + b"row>", list[Row](), True, 0
    for m in _row_tag(prefix).finditer(data, at, end):
        r = m[1] or markup.get(m[0], b"r")
        complete = complete and r is not None
        last = int(r) if r else last + 1
        start, stop = m.span()
        if data[stop - 2 : stop] == b"/>":
            rows.append(Row(last, start, stop, stop, stop))
        else:
            body_end = data.index(close, stop)
            rows.append(Row(last, start, stop, body_end, body_end + len(close)))
    return rows, complete and not _has_bare_cells(data, prefix, at, end)


@cache
def _row_tag(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'<%brow(?: r="(\d+)")?(?=[\s/>])[^>]*>' % re.escape(prefix))


def _has_bare_cells(data: bytes, prefix: bytes, at: int, end: int) -> bool:
    """Whether a cell lacks its reference; counting settles it for nearly all files."""
    tag = b"<" + prefix + b"c"
    cells = sum(data.count(tag + mark, at, end) for mark in (b" ", b">", b"/"))
    if cells == data.count(tag + b' r="', at, end) and data.find(tag + b"\n", at, end) < 0:
        return False
    bare = rb"<%bc(?![^>]*\sr\s*=)(?=[\s/>])[^>]*>" % re.escape(prefix)
    return re.compile(bare).search(data, at, end) is not None


def _numbered(data: bytes, rows: list[Row], prefix: bytes) -> bytes:
    """The rows with a reference on every row and cell."""
    from tracker.xlsx.refs import ref

    out = []
    for row in rows:
        body = data[row.body : row.body_end]
        parts, at = [], 0
        for c in cells_of(body, prefix):
            stop = body.index(b">", c.start) + 1
            tag = markup.put(body[c.start : stop], b"r", ref(row.number, c.column).encode())
            parts += [body[at : c.start], tag]
            at = stop
        tag = markup.put(data[row.start : row.body], b"r", b"%d" % row.number)
        out += [tag, *parts, body[at:], data[row.body_end : row.end]]
    return b"".join(out)
