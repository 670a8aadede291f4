"""The proof before a write (G1): the finished bytes are opened again and held against the plan.

What the plan does not name must be the same bytes in the same order; what it names may differ
only in the way the plan says. A difference raises ProofError, and nothing is written.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from xml.parsers import expat

from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES, parse_xml, rels_name
from tracker.xlsx import book_xml, graft, markup
from tracker.xlsx.patch import is_blocked
from tracker.xlsx.refs import letters, ref
from tracker.xlsx.scan import RawCell, Scan, scan
from tracker.xlsx.serial import to_serial
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import ORDER, Styles
from tracker.xlsx.values import Value, decode

if TYPE_CHECKING:
    from tracker.xlsx.compile import Compiler
    from tracker.xlsx.workbook import Sheet, Workbook

_COLLECTIONS = tuple(
    c for c in ORDER if c not in (b"cellStyles", b"tableStyles", b"colors", b"extLst")
)
_GROWS = re.compile(
    rb"(<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation)(?=\s)[^>]*\ssqref=\"|"
    rb"<(?:[\w.-]+:)?sqref>|<(?:[\w.-]+:)?dimension(?=\s)[^>]*\sref=\"|"
    rb"<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)[^>]*\sref=\")([^\"<]*)"
)


def prove(book: Workbook, compiler: Compiler, data: bytes) -> None:
    """Hold the finished bytes against the workbook as it came. ProofError says what differs."""
    _Proof(book, compiler, Package(data)).run()


def _claim(holds: bool, why: str) -> None:  # noqa: FBT001 - reads as a claim
    if not holds:
        raise ProofError(why=why)


class _Proof:
    def __init__(self, book: Workbook, compiler: Compiler, after: Package) -> None:
        self.book, self.before, self.after = book, book.package, after
        self.freed, self.sheets = compiler.freed, compiler.written
        self.generated = set(compiler.generated)
        for part in compiler.generated:
            self.generated |= {rels_name(part), *graft.private_parts(self.before, part)}
        self.generated |= {rels_name(p) for p in tuple(self.generated)}
        self.tables = {t.part: s for s in self.sheets.values() for t in s.tables}

    def run(self) -> None:
        self._members()
        self._strings()
        self._styles()
        self._workbook()
        for part, sheet in self.sheets.items():
            self._sheet(part, sheet)

    def _members(self) -> None:
        chain = self.before.related(self.book.part, "calcChain")
        known = {
            self.book.part, rels_name(self.book.part), CONTENT_TYPES, chain, *self.sheets,
            self.before.related(self.book.part, "styles"), *self.generated, *self.tables,
            self.before.related(self.book.part, "sharedStrings"),
        }  # fmt: skip
        old = [n for n in self.before if n in self.after]
        _claim(old == [n for n in self.after if n in self.before], "the order of the parts")
        for name in self.before:
            if name not in self.after:
                _claim(name in self.generated or name == chain, f"part {name} is gone")
            elif self.before.raw(name) != self.after.raw(name):
                _claim(name in known, f"part {name} changed")
                _well_formed(name, self.after.read(name))
        for name in self.after:
            if name not in self.before:
                _well_formed(name, self.after.read(name))
        for name in (CONTENT_TYPES, rels_name(self.book.part)):
            self._keeps_entries(name)
        for name in self.tables:
            same = _GROWS.sub(rb"\1", self.before.read(name)) == _GROWS.sub(
                rb"\1", self.after.read(name)
            )
            _claim(same, f"{name}: more than the area of the table")

    def _keeps_entries(self, name: str) -> None:
        """Entries of a content types or relationships part, those of vanished parts apart."""
        if name not in self.before:
            return
        left = Counter(_entries(self.after.read(name)))
        gone = {p for p in self.before if p not in self.after}
        missing = Counter(_entries(self.before.read(name))) - left
        dead = {
            k
            for k in missing
            if any(k.endswith(p) or p.endswith(k[k.rfind(" ") + 1 :]) for p in gone)
        }
        _claim(
            not set(missing) - dead, f"{name}: entries are gone: {sorted(set(missing) - dead)[:3]}"
        )

    def _strings(self) -> None:
        old = self.before.related(self.book.part, "sharedStrings")
        new = self.after.related(self.book.part, "sharedStrings")
        if old is None or new is None:
            _claim(old is None, "the shared strings are gone")
            self.strings = SharedStrings(self.after.read(new) if new else None)
            return
        unchanged = self.before.raw(old) == self.after.raw(new)
        self.strings = self.book.strings if unchanged else SharedStrings(self.after.read(new))
        if not unchanged:
            was = SharedStrings(self.before.read(old))
            now = self.strings.raw_items()
            for i, item in enumerate(was.raw_items()):
                _claim(i in self.freed or (i < len(now) and now[i] == item), f"shared string {i}")

    def _styles(self) -> None:
        old = self.before.related(self.book.part, "styles")
        new = self.after.related(self.book.part, "styles")
        if old is None or new is None or self.before.raw(old) == self.after.raw(new):
            _claim(old is None or new is not None, "the styles are gone")
            return
        was, now = Styles(self.before.read(old)), Styles(self.after.read(new))
        for c in _COLLECTIONS:
            first, later = was.items(c), now.items(c)
            _claim(later[: len(first)] == first, f"styles: {c.decode()}")
            off = (_declared(now, c) or len(later)) - len(later)
            was_off = (_declared(was, c) or len(first)) - len(first)
            _claim(off == was_off, f"styles: count of {c.decode()}")

    def _workbook(self) -> None:
        old, new = self.book.xml, markup.plain_utf8(self.after.read(self.book.part))
        dropped = set(self.book.planned_drops)
        kept = [s for s in book_xml.sheets(old) if s.name not in dropped]
        _claim(book_xml.sheets(new)[: len(kept)] == kept, "the sheets of the workbook")
        planned = {n.lower() for n in self.book.planned_names}
        if not dropped:
            own = {i for i, s in enumerate(kept) if s.name in self.book.planned_grafts}
            was = {
                n
                for n in book_xml.names(old)
                if n.name.lower() not in planned and n.sheet not in own
            }
            _claim(was <= set(book_xml.names(new)), "the defined names")

    def _sheet(self, part: str, sheet: Sheet) -> None:
        old, new, name = sheet.scan, scan(self.after.read(part)), sheet.name
        _claim(
            _GROWS.sub(rb"\1", old.head) == _GROWS.sub(rb"\1", new.head), f"{name}: before the rows"
        )
        same = old.tail == new.tail or _GROWS.sub(rb"\1", old.tail) == _GROWS.sub(rb"\1", new.tail)
        _claim(same, f"{name}: behind the rows")
        numbers = list(new.rows)
        _claim(numbers == sorted(numbers), f"{name}: rows out of order")
        for row in {**old.rows, **new.rows}:
            self._row(sheet, old, new, row)

    def _row(self, sheet: Sheet, old: Scan, new: Scan, row: int) -> None:
        a, b, edits = old.rows.get(row), new.rows.get(row), sheet.edits.get(row, {})
        if a and b and not edits and old.data[a.start : a.end] == new.data[b.start : b.end]:
            return
        before, after = (old.cells(a) if a else []), (new.cells(b) if b else [])
        columns = [c.column for c in after]
        _claim(columns == sorted(set(columns)), f"{sheet.name}, row {row}: cells out of order")
        body = old.data[a.body : a.body_end] if a else b""
        kept = {c.column: body[c.start : c.end] for c in before if c.column not in edits}
        body = new.data[b.body : b.body_end] if b else b""
        now = {c.column: body[c.start : c.end] for c in after if c.column not in edits}
        if kept != now:
            self._explain(kept, now, f"{sheet.name}!{{}}{row}")
        found = {c.column: c for c in after if c.column in edits}
        for column, put in edits.items():
            if not self._reads_back(found.get(column), put.value, new.prefix):
                _claim(False, f"{sheet.name}!{ref(row, column)} does not read back")
            if sheet.blocked and is_blocked(sheet.blocked, row, column):
                _claim(False, f"{sheet.name}!{ref(row, column)} is not free")

    def _explain(self, kept: dict[int, bytes], now: dict[int, bytes], where: str) -> None:
        """Cells outside the plan may differ in one way: a shared formula's follower has its own."""
        for column in kept.keys() | now.keys():
            lost = kept.get(column, b"").strip() != now.get(column, b"").strip()
            cell = where.format(letters(column))
            _claim(not lost or self._formula_follows(now.get(column)), f"{cell} changed")

    def _formula_follows(self, cell: bytes | None) -> bool:
        """A follower of an overwritten shared formula has got a formula of its own."""
        return cell is not None and re.search(rb"<(?:[\w.-]+:)?f>", cell) is not None

    def _reads_back(self, cell: RawCell | None, value: Value, prefix: bytes) -> bool:
        found = decode(cell, self.strings, prefix) if cell else None
        if value is None or isinstance(value, bool | str):
            return found == value or (value == "" and found is None)
        if not isinstance(value, int | float):
            value = to_serial(value, date1904=self.book.date1904)
        return isinstance(found, float) and found == float(value)


def _declared(styles: Styles, collection: bytes) -> int | None:
    m = markup.find_tag(styles.data, styles.prefix + collection)
    count = markup.get(m[0], b"count") if m else None
    return int(count) if count else None


def _entries(data: bytes) -> list[str]:
    """Entries as comparable texts that end with the part they speak of."""
    return [
        " ".join([e.get("Id") or "", e.get("ContentType") or e.get("Type") or "",
                  e.get("PartName") or e.get("Target") or e.get("Extension") or ""])
        for e in parse_xml(data)
        if isinstance(e.tag, str)
    ]  # fmt: skip


def _well_formed(name: str, data: bytes) -> None:
    if name.endswith((".xml", ".rels")):
        try:
            expat.ParserCreate().Parse(data, True)
        except expat.ExpatError as e:
            raise ProofError(why=f"{name}: not well-formed ({e})") from e
