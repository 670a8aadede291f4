"""The proof of a sheet whose cells were written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.errors import ProofError
from tracker.xlsx import markup
from tracker.xlsx.patch import is_blocked
from tracker.xlsx.refs import area, letters, ref
from tracker.xlsx.retrace import retrace
from tracker.xlsx.scan import RawCell, Scan, cells_of, numbered_cells, scan
from tracker.xlsx.serial import to_serial
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import Put, Value, decode, wanted_format

if TYPE_CHECKING:
    from tracker.xlsx.sheet import Sheet

_AREA = re.compile(
    rb"<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation|dimension|table|autoFilter)(?=\s)%b>|"
    rb"(?<=sqref>)[^<]*" % markup.ATTRIBUTES
)


def claim(holds: object, why: str) -> None:
    """ProofError unless it holds."""
    if not holds:
        raise ProofError(why=why)


def only_grown(old: bytes, new: bytes) -> bool:
    """Whether two pieces of XML differ in nothing but areas that reach further."""
    if old == new:
        return True
    a, b = list(_AREA.finditer(old)), list(_AREA.finditer(new))
    if [_blank(m[0]) for m in a] != [_blank(m[0]) for m in b]:
        return False
    if _AREA.sub(b"", old) != _AREA.sub(b"", new):
        return False
    return all(_covers(_area(m[0]), _area(n[0])) for m, n in zip(a, b, strict=True))


def _blank(piece: bytes) -> bytes:
    """A tag without its area; the text of an <sqref> is nothing but area."""
    for name in (b"sqref", b"ref") if piece.startswith(b"<") else ():
        if markup.get(piece, name) is not None:
            return markup.put(piece, name, b"")
    return piece if piece.startswith(b"<") else b""


def _area(piece: bytes) -> bytes:
    if not piece.startswith(b"<"):
        return piece
    return markup.get(piece, b"sqref") or markup.get(piece, b"ref") or b""


def _covers(old: bytes, new: bytes) -> bool:
    if old == new:
        return True
    was, now = old.split(), new.split()
    return len(was) == len(now) and all(map(_one_covers, was, now))


def _one_covers(old: bytes, new: bytes) -> bool:
    if old == new:
        return True
    try:
        a, b = area(old.decode()), area(new.decode())
    except ValueError:
        return False
    return b.covers(a.top, a.left) and b.covers(a.bottom, a.right)


class SheetProof:
    """Holds one written sheet against what it was and what was planned."""

    def __init__(self, sheet: Sheet, strings: SharedStrings, styles: Styles) -> None:
        self.sheet, self.old, self.strings, self.styles = sheet, sheet.scan, strings, styles
        self.texts, self.date1904 = strings.texts, sheet.book.date1904
        self.edits = sheet.planned_cells
        self.kept_styles: dict[tuple[int, int], bool] = {}

    def run(self, data: bytes) -> None:
        """ProofError where the sheet's bytes are not what they should be."""
        old, name = self.old, self.sheet.name
        new = scan(data)
        claim(only_grown(old.head, new.head), f"{name}: before the rows")
        claim(only_grown(old.tail, new.tail), f"{name}: behind the rows")
        for row, columns in self.edits.items() if self.sheet.blocked else ():
            for column in columns:
                free = not is_blocked(self.sheet.blocked, row, column)
                claim(free, f"{name}!{ref(row, column)} is not free")
        if retrace(old, data, self.edits, self.holds):
            return
        numbers = list(new.rows)
        claim(numbers == sorted(numbers), f"{name}: rows out of order")
        for row in {**old.rows, **new.rows}:
            self._row(new, row)

    def _row(self, new: Scan, row: int) -> None:
        """Cell by cell, for the sheets that cannot be retraced by bytes."""
        edits, name = self.edits.get(row, {}), self.sheet.name
        was, now = self._cells(self.old, row), self._cells(new, row)
        columns = list(now)
        claim(columns == sorted(columns), f"{name}, row {row}: cells out of order")
        for column in {**was, **now}:
            before, after = was.get(column), now.get(column)
            cell = f"{name}!{letters(column)}{row}"
            if column in edits:
                continue
            same = before is not None and after is not None and before[1] == after[1]
            claim(same or _formula_moved(before, after), f"{cell} changed")
        for column, put in edits.items():
            before, after = was.get(column), now.get(column)
            if put.moved is not None:
                held = after is not None and _placeless(after[1]) == _placeless(put.moved)
            else:
                held = self.holds(before and before[0], after and after[0], put)
            claim(held, f"{name}!{ref(row, column)} does not read back")

    def _cells(self, sheet: Scan, row: int) -> dict[int, tuple[RawCell, bytes]]:
        """Cells of a row with their bytes, by column; ProofError where one stands twice."""
        where = sheet.rows.get(row)
        if where is None:
            return {}
        body = sheet.data[where.body : where.body_end]
        body = numbered_cells(body, sheet.prefix, row)
        cells = cells_of(body, sheet.prefix)
        found = {c.column: (c, body[c.start : c.end].strip()) for c in cells}
        claim(len(found) == len(cells), f"{self.sheet.name}, row {row}: a cell stands twice")
        return found

    def holds(self, before: RawCell | None, after: RawCell | None, put: Put) -> bool:
        """Whether a cell holds what was planned, in the format that it had."""
        if after is None:
            was = put.style if put.style is not None else before and before.style
            return put.moved is None and put.value in (None, "") and not was
        if put.moved is not None or not self._reads_back(after, put.value):
            return False
        was = put.style if put.style is not None else before and before.style
        if was is None or was == after.style:
            return True
        if wanted_format(put.value):
            shows = self.styles.is_date(after.style)
        else:
            shows = self.styles.number_format(after.style) == put.number_format
        return shows and self._same_look(was, after.style)

    def _reads_back(self, cell: RawCell, value: Value) -> bool:
        if cell.kind == b"s" and cell.value is not None and isinstance(value, str):
            return cell.value.isdigit() and self.texts[int(cell.value)] == value
        found = decode(cell, self.strings, self.old.prefix)
        if value is None or isinstance(value, bool | str):
            return found == value and isinstance(found, bool) == isinstance(value, bool)
        if not isinstance(value, int | float):
            value = to_serial(value, date1904=self.date1904)
        return isinstance(found, float) and not isinstance(found, bool) and found == float(value)

    def _same_look(self, before: int, after: int) -> bool:
        """Whether two styles differ in their number format alone."""
        pair = (before, after)
        if pair not in self.kept_styles:
            a, b = (_without_format(self.styles.xf(i)) for i in pair)
            self.kept_styles[pair] = a == b
        return self.kept_styles[pair]


def _placeless(cell: bytes) -> bytes:
    """A cell without its reference."""
    end = cell.index(b">") + 1
    return markup.put(cell[:end], b"r", b"") + cell[end:]


def _formula_moved(
    before: tuple[RawCell, bytes] | None, after: tuple[RawCell, bytes] | None
) -> bool:
    """Whether a follower of an overwritten shared formula has got a formula of its own."""
    if before is None or after is None or not (before[0].formula and after[0].formula):
        return False
    shared = re.compile(rb"<(?:[\w.-]+:)?f(?=\s)[^>]*?(?:/>|>[^<]*</(?:[\w.-]+:)?f>)")
    own = re.compile(rb"<(?:[\w.-]+:)?f>[^<]+</(?:[\w.-]+:)?f>")
    return own.sub(b"", after[1]) == shared.sub(b"", before[1])


def _without_format(xf: bytes) -> bytes:
    tag, rest = xf[: xf.index(b">") + 1], xf[xf.index(b">") + 1 :]
    for name in (b"numFmtId", b"applyNumberFormat"):
        tag = re.sub(rb"\s%b\s*=\s*(?:\"[^\"]*\"|'[^']*')" % name, b"", tag)
    return tag + rest
