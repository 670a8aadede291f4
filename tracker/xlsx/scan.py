"""One sheet's XML, located but not parsed into a tree: head, rows, cells, tail."""

from __future__ import annotations

import re
from array import array
from bisect import bisect, bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as having
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import MAX_COLUMN, letters, number, ref

_SLASH = ord("/")
_REMEMBERED = 500  # rows; what is asked for again stands at the top, or in the same row
_BOUND = (b"/spreadsheetml/2006/main", b"/ooxml/spreadsheetml/main")
"""Ends of the namespaces of sheets; where one stands twice, two prefixes may stand for it."""
_MOST = 2**31 - 1  # many times what any program numbers


class RawCell(NamedTuple):
    """A cell as bytes: `start` and `end` are offsets in its row's body, `value` is what <v> holds.

    Of an inline string `value` is the whole <is> element.
    """

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


class Rows(Mapping[int, Row]):
    """Rows by number, in the order in which they stand; no more is kept than where each starts.

    Attributes:
        numbers, starts: those, in ascending order of the numbers.
        in_order: whether the rows stand in that order.
    """

    def __init__(self, data: bytes, prefix: bytes, starts: dict[int, int]) -> None:
        self._data, self._close = data, b"</" + prefix + b"row>"
        self.numbers = array("q", sorted(starts))
        self.starts = array("q", map(starts.__getitem__, self.numbers))
        self.in_order = list(self.starts) == sorted(self.starts)

    def __getitem__(self, number: int) -> Row:
        i = bisect_left(self.numbers, number)
        if i == len(self) or self.numbers[i] != number:
            raise KeyError(number)
        return self._row(number, self.starts[i])

    def standing(self) -> Iterator[Row]:
        """All rows in the order in which they stand; none of them is looked for."""
        standing = zip(self.starts, self.numbers, strict=True)
        for start, n in standing if self.in_order else sorted(standing):
            yield self._row(n, start)

    def _row(self, number: int, start: int) -> Row:
        data = self._data
        body = data.index(b">", start) + 1
        if data[body - 2] == _SLASH:
            return Row(number, start, body, body, body)
        end = data.index(self._close, body)
        return Row(number, start, body, end, end + len(self._close))

    def __iter__(self) -> Iterator[int]:
        standing = zip(self.starts, self.numbers, strict=True)
        return iter(self.numbers) if self.in_order else (n for _, n in sorted(standing))

    def __len__(self) -> int:
        return len(self.numbers)

    def behind(self, number: int, last: int) -> int:
        """Where the first row of a higher number starts, `last` if there is none."""
        i = bisect(self.numbers, number)
        return self.starts[i] if i < len(self) else last


@dataclass(frozen=True)
class Scan:
    """A sheet's bytes with its rows located. Cells are found row by row on demand.

    `refusal` makes another exception of the ValueError for a row that cannot be told apart.
    """

    data: bytes
    prefix: bytes
    rows: Rows
    first: int
    last: int
    seen: dict[int, list[RawCell]] = having(default_factory=dict, repr=False)
    refusal: Callable[[Exception], Exception] | None = having(default=None, repr=False)

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
            try:
                found = cells_of(self.data[row.body : row.body_end], self.prefix)
            except ValueError as e:
                if self.refusal is None:
                    raise
                raise self.refusal(e) from e
            if len(self.seen) < _REMEMBERED:
                self.seen[row.number] = found
        return found


@cache
def usual_cell(prefix: bytes) -> re.Pattern[bytes]:
    """A cell as nearly all programs write it, and the white space behind it.

    Groups: the cell, column, style, type, formula, <v> and what it holds, an <is> of
    a single <t>, space.
    """
    p = re.escape(prefix)
    return re.compile(
        rb'(<%bc r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>'
        rb"(<%bf(?:>| [^>]*>)(?:[^<]*</%bf>)?)?(?:(<%bv>[^<]*)</%bv>)?"
        rb"(<%bis><%bt(?: [^>]*)?>[^<]*</%bt></%bis>)?</%bc>))(\s*)" % ((p,) * 10)
    )


@cache
def told_cell(prefix: bytes) -> re.Pattern[bytes]:
    """A cell and the white space behind it; a third of the time of `usual_cell`.

    Groups: column, and all that follows the reference, which `told` reads and which is a whole
    cell only if nothing stands between it and the next.
    """
    p = re.escape(prefix)
    return re.compile(
        rb'<%bc r="([A-Z]{1,3})\d++"([^>]*+>(?:<%bf[^>]*+>(?:[^<]*+</%bf>)?+)?+'
        rb"(?:(?:<%bv>[^<]*+</%bv>|<%bis><%bt[^>]*+>[^<]*+</%bt></%bis>)</%bc>)?+)\s*+"
        % ((p,) * 10)
    )


def told(says: bytes, prefix: bytes) -> RawCell:
    """The cell of which that follows its reference, without its place. ValueError for none."""
    cells = cells_of(b'<%bc r="A1"%b' % (prefix, says), prefix)
    if len(cells) != 1:
        raise ValueError("a row holds what is no cell")
    return cells[0]


def plain_cells(prefix: bytes, columns: Iterable[int]) -> re.Pattern[bytes]:
    """As `usual_cell`, for cells of some columns without a formula.

    Groups: the cell, reference, style, type, what <v> holds.
    """
    p, where = re.escape(prefix), "|".join(map(letters, columns)).encode()
    return re.compile(
        rb'(<%bc r="((?:%b)\d++)"(?: s="(\d++)")?+(?: t="(\w++)")?+'
        rb"(?:/>|>(?:<%bv>([^<]*+)</%bv>)?+</%bc>))" % (p, where, p, p, p)
    )


@cache
def _any_cell(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(rb"<%bc(?=[\s/>])([^>]*?)(?:/>|>(.*?)</%bc>)" % (p, p), re.S)


def cells_of(body: bytes, prefix: bytes) -> list[RawCell]:
    """Cells in the bytes between a row's tags. Cells without a reference count on from the left.

    What stands between two cells and is none shows as a gap; then a slower way is taken.
    ValueError for a row that holds what cannot be told apart.
    """
    found: list[RawCell] = []
    add, at, mark = found.append, len(body) - len(body.lstrip()), len(prefix) + 3
    usual = usual_cell(prefix).findall(body)
    for whole, column, style, kind, formula, value, inline, space in usual:
        end = at + len(whole)
        held = value[mark:] if value else inline or None
        fields = (
            column_of(column), at, end, style_of(style), kind or b"n", formula != b"", held,
        )  # fmt: skip
        add(as_cell(fields))
        at = end + len(space)
    return found if at == len(body) else _cells_slowly(body, prefix)


@cache
def column_of(column: bytes) -> int:
    """Number of column letters."""
    return number(column.decode())


@cache
def style_of(style: bytes | None) -> int:
    """Style index from its digits; none written is 0."""
    return int(style or 0)


as_cell = partial(tuple.__new__, RawCell)  # half the time of the class's constructor


@cache
def _columns(prefix: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Column of a cell, and a row of nothing but cells as nearly all programs write them."""
    p = re.escape(prefix)
    cell = (
        rb'<%bc r="[A-Z]{1,3}\d++"(?: s="\d++")?+(?: t="\w++")?+(?:/>|>'
        rb"(?:<%bf(?:>| [^>]*+>)(?:[^<]*+</%bf>)?+)?+(?:<%bv>[^<]*+</%bv>)?+"
        rb"(?:<%bis><%bt(?: [^>]*+)?+>[^<]*+</%bt></%bis>)?+</%bc>)" % ((p,) * 10)
    )
    return re.compile(rb'<%bc r="([A-Z]{1,3})' % p), re.compile(b"(?:%b)++" % cell)


def columns_of(body: bytes, prefix: bytes) -> tuple[int, ...] | None:
    """Columns of a row's cells, where the row holds nothing else and not even space between them.

    None for any other, and for one without cells. A third of the time of `cells_of`.
    """
    where, cells = _columns(prefix)
    if cells.fullmatch(body) is None:
        return None
    return _numbers(tuple(where.findall(body)))


@lru_cache(maxsize=1024)
def _numbers(found: tuple[bytes, ...]) -> tuple[int, ...]:
    return tuple(map(column_of, found))


@lru_cache(maxsize=1024)
def ascending(columns: tuple[int, ...]) -> bool:
    """Whether each column stands once and left of the next."""
    return all(a < b for a, b in pairwise(columns))


def last_column(body: bytes, prefix: bytes) -> int:
    """Column of the last cell of a row that ends with one; beyond all columns for any other."""
    where, cells = _columns(prefix)
    at = body.rfind(b"<%bc r=" % prefix)
    m = where.match(body, at) if at >= 0 else None
    return column_of(m[1]) if m and cells.fullmatch(body, at) else MAX_COLUMN + 1


def _cells_slowly(body: bytes, prefix: bytes) -> list[RawCell]:
    found, column, at = list[RawCell](), 0, 0
    for m in _any_cell(prefix).finditer(body):
        if body[at : m.start()].strip():
            raise ValueError("a row holds what is no cell")
        tag, inner, at = b"<c" + m[1] + b">", m[2] or b"", m.end()
        where = markup.get(tag, b"r")
        column = column_of(re.sub(rb"[^A-Za-z]", b"", where)) if where else column + 1
        formula = markup.find_tag(inner, prefix + b"f") is not None
        style, kind = int(markup.get(tag, b"s") or 0), markup.get(tag, b"t") or b"n"
        value = _value(inner, prefix)
        found.append(RawCell(column, m.start(), at, style, kind, formula, value))
    return found


def _value(inner: bytes, prefix: bytes) -> bytes | None:
    """What <v> holds, or the whole <is> element of an inline string."""
    name = prefix + b"v"
    m = markup.find_tag(inner, name)
    if m and not m[0].endswith(b"/>"):
        return inner[m.end() : markup.element_end(inner, m, name) - len(name) - 3]
    m = markup.find_tag(inner, prefix + b"is")
    return inner[m.start() : markup.element_end(inner, m, prefix + b"is")] if m else None


def scan(data: bytes) -> Scan:
    """Locate head, rows and tail of a worksheet part.

    Rows without a number get one first (an insertion would renumber them), and an empty
    sheetData is opened. ValueError where the part is no worksheet with closed rows.
    """
    data = markup.plain_utf8(data)
    prefix = markup.prefix_of(data, b"sheetData")
    name = prefix + b"sheetData"
    data = markup.opened(data, name)
    m = markup.start_tag(data, name)
    end = data.rindex(b"</" + name + b">", m.end())
    _refuse_mixed(data, prefix, m.end(), end)
    starts = _located(data, prefix, m.end(), end)
    if starts is None:
        rows = _numbered_rows(data[m.end() : end], prefix)
        data, end = data[: m.end()] + rows + data[end:], m.end() + len(rows)
        starts = _located(data, prefix, m.end(), end)
    if starts is None:
        raise ValueError("a row that cannot be numbered")
    if starts and max(starts) > _MOST:
        raise ValueError(f"a row with the number {max(starts)}")
    return Scan(data, prefix, Rows(data, prefix, starts), m.end(), end)


def _refuse_mixed(data: bytes, prefix: bytes, at: int, end: int) -> None:
    """ValueError for rows or cells of another prefix than the sheet's, which would not be seen."""

    def refuse(local: bytes, what: str) -> None:
        other = rb"<(?!%b)(?:[\w.-]+:)?" % re.escape(prefix) if prefix else rb"<[\w.-]+:"
        if re.compile(other + local + rb"(?=[\s/>])").search(data, at, end):
            raise ValueError(what + " of two namespace prefixes")

    if data.find(b"<row" if prefix else b":row", at, end) >= 0:
        refuse(b"row", "rows")
    if sum(map(data.count, _BOUND)) > 1:
        refuse(b"(?:c|f|v|is|t)", "cells")


@cache
def _row_tag(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'<%brow(?: r="(\d+)"|(?=[\s/>]))[^>]*+>' % re.escape(prefix))


def _located(data: bytes, prefix: bytes, at: int, end: int) -> dict[int, int] | None:
    """Where the rows between two offsets start, by number; None if one carries no number."""
    starts, count, bare = dict[int, int](), 0, 0
    for m in _row_tag(prefix).finditer(data, at, end):
        number = m[1] or markup.get(m[0], b"r")
        if number is None:
            return None
        starts[int(number)] = m.start()
        count += 1
        bare += data[m.end() - 2] == _SLASH
    if len(starts) != count:
        raise ValueError("a row stands twice")
    if data.count(b"</" + prefix + b"row>", at, end) != count - bare:
        raise ValueError("a row is not closed")
    return starts


def _numbered_rows(rows: bytes, prefix: bytes) -> bytes:
    """The rows with a number on every row."""
    last = 0

    def numbered(tag: bytes) -> bytes:
        nonlocal last
        own = markup.get(tag, b"r")
        last = int(own) if own else last + 1
        return tag if own else markup.put(tag, b"r", b"%d" % last)

    return markup.each(rows, prefix + b"row", numbered)


def numbered_cells(body: bytes, prefix: bytes, row: int) -> bytes:
    """A row's body with a reference on every cell; the same bytes where they have one."""
    tag, last = b"<" + prefix + b"c", 0
    if body.count(tag) == body.count(tag + b' r="'):
        return body

    def numbered(cell: bytes) -> bytes:
        nonlocal last
        own = markup.get(cell, b"r")
        last = column_of(re.sub(rb"[^A-Za-z]", b"", own)) if own else last + 1
        return cell if own else markup.put(cell, b"r", ref(row, last).encode())

    return markup.each(body, prefix + b"c", numbered)
