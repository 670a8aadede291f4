"""The proof of a sheet whose cells were written."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.errors import ProofError
from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area, ref
from tracker.xlsx.retrace import retrace
from tracker.xlsx.rules import without as without_rule
from tracker.xlsx.scan import RawCell, Scan, cells_of, numbered_cells, scan
from tracker.xlsx.styles import Styles
from tracker.xlsx.tail import without_drawing
from tracker.xlsx.values import Put
from tracker.xlsx.verify_cell import CellProof, without
from tracker.xlsx.verify_rules import prove_rules

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


def covers(old: Range, new: Range) -> bool:
    """Whether an area reaches at least as far as it did."""
    return new.covers(old.top, old.left) and new.covers(old.bottom, old.right)


def only_grown(old: bytes, new: bytes, may: Callable[[Range, Range], bool] = covers) -> bool:
    """Whether two pieces of XML differ in nothing but areas, from and to what `may` allows."""
    if old == new:
        return True
    a, b = list(_AREA.finditer(old)), list(_AREA.finditer(new))
    if [_blank(m[0]) for m in a] != [_blank(m[0]) for m in b]:
        return False
    if _AREA.sub(b"", old) != _AREA.sub(b"", new):
        return False
    pairs = ((_area(m[0]), _area(n[0])) for m, n in zip(a, b, strict=True))
    return all(was == now or _grew(was.split(), now.split(), may) for was, now in pairs)


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


def _grew(was: list[bytes], now: list[bytes], may: Callable[[Range, Range], bool]) -> bool:
    changed = [(a.decode(), b.decode()) for a, b in zip(was, now, strict=False) if a != b]
    try:
        return len(was) == len(now) and all(may(area(a), area(b)) for a, b in changed)
    except ValueError:
        return False


class SheetProof:
    """Holds one written sheet against what it was and what was planned.

    Where `unboxed`, its notes have boxes only before or only afterwards.
    """

    def __init__(
        self, sheet: Sheet, texts: list[str], styles: Styles, *, unboxed: bool = False
    ) -> None:
        self.sheet, self.old, self.p = sheet, sheet.scan, sheet.scan.prefix
        self.unboxed = unboxed
        self.edits = sheet.planned_cells
        self.cells = CellProof(self.old, texts, styles, date1904=sheet.book.date1904)

    def run(self, data: bytes) -> bool:
        """ProofError where the sheet's bytes are not what they should be.

        Returns whether they are those of the old sheet but for the planned cells; else they were
        compared cell by cell.
        """
        old, name, sheet_data = self.old, self.sheet.name, self.p + b"sheetData"
        start = markup.find_tag(data, sheet_data)
        claim(start, f"{name}: no cells")
        first = start.end() if start else 0
        tail = data[data.find(b"</" + sheet_data, first) :]
        claim(only_grown(old.head, data[:first]), f"{name}: before the rows")
        was, now = self._without_own(old.tail), self._without_own(tail)
        claim(only_grown(was, now, self._follows_table), f"{name}: behind the rows")
        if self.sheet.rules:
            prove_rules(name, data[:first] + tail, self.sheet.rules, self.cells.styles)
        for where in self.edits if self.sheet.blocked else ():
            claim(not self.sheet.blocked.at(*where), f"{name}!{ref(*where)} is not free")
        if not self.owners and retrace(old, data, self.edits, self.cells.holds):
            return True
        self._rows(scan(data))
        return False

    def _without_own(self, tail: bytes) -> bytes:
        """What stands behind the rows without what `prove_rules` and `NotesProof` look at."""
        for mark in self.sheet.rules:
            tail = without_rule(tail, self.p, mark)
        return without_drawing(tail) if self.unboxed else tail

    def _follows_table(self, was: Range, now: Range) -> bool:
        """Whether an area reaches further because it ends with a table that does."""
        for table in self.sheet.tables:
            growth = self.sheet.growth.get(table.name)
            shift = growth.last_record - table.last_record if growth else 0
            inside = table.area.left <= was.left and was.right <= table.area.right
            ends = was.bottom in (table.last_record, table.area.bottom)
            if shift and inside and ends and now == was._replace(bottom=was.bottom + shift):
                return True
        return False

    @cached_property
    def owners(self) -> dict[bytes | None, tuple[str, str]]:
        """Place and text of the shared formulas that are overwritten, by their index."""
        found: dict[bytes | None, tuple[str, str]] = {}
        planned = {row for row, _ in self.edits} if b"shared" in self.old.data else ()
        for row in planned:
            where = self.old.rows.get(row)
            if where is None or b"shared" not in self.old.data[where.start : where.end]:
                continue
            for column, (_, cell) in self._cells(self.old, row)[1].items():
                tag, text = self._shared(cell) if (row, column) in self.edits else (b"", b"")
                if text.strip():
                    found[markup.get(tag, b"si")] = (ref(row, column), markup.unescape_text(text))
        return found

    def _shared(self, cell: bytes) -> tuple[bytes, bytes]:
        """Tag and text of a cell's shared formula, both empty where it has none."""
        m = markup.find_tag(cell, self.p + b"f")
        if m is None or markup.get(m[0], b"t") != b"shared":
            return b"", b""
        return m[0], b"" if m[0].endswith(b"/>") else cell[m.end() : cell.index(b"<", m.end())]

    def _rows(self, new: Scan) -> None:
        """Row by row and cell by cell, for the sheets that cannot be retraced by bytes."""
        name, numbers = self.sheet.name, list(new.rows)
        claim(numbers == sorted(numbers), f"{name}: rows out of order")
        claim(_between(self.old) == _between(new), f"{name}: between the rows")
        columns: dict[int, list[int]] = {}
        for row, column in self.edits:
            columns.setdefault(row, []).append(column)
        for row in {**self.old.rows, **new.rows}:
            self._row(new, row, columns.get(row, []))

    def _row(self, new: Scan, row: int, planned: list[int]) -> None:
        name = self.sheet.name
        (frame, was), (new_frame, now) = self._cells(self.old, row), self._cells(new, row)
        claim(list(now) == sorted(now), f"{name}, row {row}: cells out of order")
        for column in {*was, *now, *planned}:
            before, after = was.get(column), now.get(column)
            cell = f"{name}!{ref(row, column)}"
            if column in planned:
                held = self._is_as_planned(before, after, self.edits.at((row, column)))
                claim(held, f"{cell} does not read back")
            else:
                claim(before and after, f"{cell} changed")
                assert before is not None
                assert after is not None
                claim(self._stays(ref(row, column), before[1], after[1]), f"{cell} changed")
        claim(frame == new_frame, f"{name}, row {row}: beside its cells")

    def _cells(self, sheet: Scan, row: int) -> tuple[bytes, dict[int, tuple[RawCell, bytes]]]:
        """What is no cell of a row, and its cells with their bytes, by column."""
        where = sheet.rows.get(row)
        if where is None:
            return b'<%brow r="%d"' % (self.p, row), {}
        tag = sheet.data[where.start : where.body]
        body = numbered_cells(sheet.data[where.body : where.body_end], sheet.prefix, row)
        cells, at, frame = cells_of(body, sheet.prefix), 0, without(tag, b"spans").rstrip(b"/> ")
        for c in cells:
            frame += body[at : c.start].strip()
            at = c.end
        found = {c.column: (c, body[c.start : c.end].strip()) for c in cells}
        claim(len(found) == len(cells), f"{self.sheet.name}, row {row}: a cell stands twice")
        return frame + body[at:].strip(), found

    def _is_as_planned(
        self, before: tuple[RawCell, bytes] | None, after: tuple[RawCell, bytes] | None, put: Put
    ) -> bool:
        if put.moved is not None:
            return after is not None and _placeless(after[1]) == _placeless(put.moved)
        plain = (
            rb"<%bc r=\"[A-Z]+\d+\"(?: s=\"\d+\")?(?: t=\"[sb]\")?(?:/>|><%bv>[^<]*</%bv></%bc>)"
        )
        p = re.escape(self.p)
        usual = after is None or re.fullmatch(plain % (p, p, p, p), after[1])
        return bool(usual) and self.cells.holds(
            before[0].style if before else None, after and after[0], put
        )

    def _stays(self, place: str, before: bytes, after: bytes) -> bool:
        """Whether a cell outside the plan is as it was.

        The followers of an overwritten shared formula have got just that formula as their own.
        """
        tag, text = self._shared(before) if self.owners else (b"", b"")
        owner = self.owners.get(markup.get(tag, b"si")) if tag else None
        if owner is None:
            return before == after
        start = before.index(tag)
        end = start + len(tag) + len(text) + (0 if tag.endswith(b"/>") else len(self.p) + 4)
        head, rest = before[:start] + b"<%bf>" % self.p, b"</%bf>" % self.p + before[end:]
        own = after[len(head) : len(after) - len(rest)]
        if not (after.startswith(head) and after.endswith(rest)) or b"<" in own:
            return False
        return own == text.strip() if text.strip() else _moved_back(own, place, owner)


def _between(sheet: Scan) -> bytes:
    """What stands between the rows."""
    out, at = [], sheet.first
    for row in sheet.rows.values():
        out.append(sheet.data[at : row.start])
        at = row.end
    return b"".join([*out, sheet.data[at : sheet.last]])


def _moved_back(own: bytes, place: str, owner: tuple[str, str]) -> bool:
    """Whether a formula, moved from its place to the owner's, is the owner's."""
    from openpyxl.formula.translate import Translator

    there, text = owner
    moved: str = Translator("=" + markup.unescape_text(own), origin=place).translate_formula(there)
    return moved == "=" + text


def _placeless(cell: bytes) -> bytes:
    """A cell without its reference."""
    end = cell.index(b">") + 1
    return markup.put(cell[:end], b"r", b"") + cell[end:]
