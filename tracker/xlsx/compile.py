"""From a workbook's plan to the parts of the package: strings, cells, sheets, names, formats."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from tracker.xlsx import book_xml, formulas, graft, markup, patch, tables
from tracker.xlsx.refs import ref
from tracker.xlsx.values import Put, encode, wanted_format

if TYPE_CHECKING:
    from tracker.xlsx.workbook import Sheet, Workbook

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_USES = re.compile(rb" t=\"s\"[^>]*>\s*<(?:[\w.-]+:)?v>(\d+)<")
_USES_ODD = re.compile(rb"\st\s*=\s*[\"']s[\"'][^>]*>\s*<(?:[\w.-]+:)?v>(\d+)<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s>]")


class Compiler:
    """Carries out the plan of one workbook on a copy of its package."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.package = book.package.fork()
        self.xml = book.xml
        self.generated: set[str] = set()
        self.freed: set[int] = set()
        self.written: dict[str, Sheet] = {}

    def run(self) -> bytes:
        """The bytes of the workbook with its plan carried out."""
        self._allocate()
        for name in self.book.planned_drops:
            self._drop_sheet(name)
        for sheet in self.book.planned_sheets():
            self._write_cells(sheet)
        for name, (donor, state) in self.book.planned_grafts.items():
            self._write_sheet(name, donor, state)
        for name, (text, hidden) in self.book.planned_names.items():
            self.xml = book_xml.set_name(self.xml, name, text, hidden=hidden)
        if self.written and self._has_formulas():
            self.xml = book_xml.recalculate_on_load(self.xml)
        if self.xml != self.book.xml:
            self.package.write(self.book.part, self.xml)
        self._write_styles()
        self._write_strings()
        self._write_last()
        return self.package.to_bytes()

    def _allocate(self) -> None:
        donors = [d for d, _ in self.book.planned_grafts.values() if isinstance(d, graft.Donor)]
        wanted = {t for d in donors for t in d.texts}
        for sheet in self.book.planned_sheets():
            for cells in sheet.edits.values():
                wanted.update(p.value for p in cells.values() if isinstance(p.value, str))
        if wanted:
            self.freed = self._freed_slots()
            self.book.strings.allocate(wanted, self.freed)

    def _freed_slots(self) -> set[int]:
        """Shared strings to which only sheets refer that are about to be replaced or dropped."""
        gone = {*self.book.planned_grafts, *self.book.planned_drops}
        going, staying = set[int](), set[int]()
        for name in self.book.worksheet_names:
            data = self.book.package.read(self.book.sheet(name).part)
            (going if name in gone else staying).update(_uses(data))
        return going - staying

    def _write_cells(self, sheet: Sheet) -> None:
        data, gone = patch.patch(sheet.scan, sheet.edits, self._maker(sheet))
        prefix = sheet.scan.prefix
        if gone:
            data = formulas.rehome_shared(data, prefix, gone)
            self._leave_chain(sheet.name, {ref(o.row, o.column) for o in gone})
        body, tail = data[: len(data) - len(sheet.scan.tail)], sheet.scan.tail
        for table in sheet.tables:
            bottom = sheet.bottoms.get(table.name, table.area.bottom)
            if bottom > table.area.bottom:
                grown = tables.grown(self.package.read(table.part), table.area, bottom)
                self.package.write(table.part, grown)
                tail = tables.rules_grown(tail, table.area, bottom)
        self.package.write(sheet.part, body + tail)
        self.written[sheet.part] = sheet

    def _maker(self, sheet: Sheet) -> patch.Make:
        book, prefix, styles = self.book, sheet.scan.prefix, self.book.styles

        def make(row: int, column: int, style: int) -> bytes:
            put = sheet.edits[row][column]
            code = _format_for(
                put, shown=styles.number_format(style), is_date=styles.is_date(style)
            )
            if code:
                style = styles.with_number_format(style, code)
            where = ref(row, column).encode()
            return encode(prefix, where, style, put.value, book.strings, date1904=book.date1904)

        return make

    def _leave_chain(self, name: str, cells: set[str] | None) -> None:
        """Take cells of a sheet (all where None) out of the calculation chain."""
        part = self.package.related(self.book.part, "calcChain")
        if part is None:
            return
        number = next(s.id for s in self.book.entries if s.name == name)
        left = formulas.without_cells(self.package.read(part), number, cells)
        if left is not None:
            self.package.write(part, left)
            return
        for r in self.package.relationships(self.book.part):
            if r.kind == "calcChain":
                self.package.unrelate(self.book.part, r.id)
        self.package.drop(part)

    def _write_sheet(self, name: str, donor: graft.Donor | bytes, state: str) -> None:
        part, replaced, selected = self._place(name, state)
        if isinstance(donor, bytes):
            data = graft.dialect(donor, strict=self.book.strict)
            for left in replaced:
                self.package.drop(left)
        else:
            donor.rename(name)
            data = graft.sheet_xml(
                donor, self.book.styles, self.book.strings, strict=self.book.strict
            )
            graft.Transplant(self.package, donor, replaced, strict=self.book.strict).run(part)
            self._local_names(name, donor)
        if selected:
            data = data.replace(b"<sheetView ", b'<sheetView tabSelected="1" ', 1)
        self.package.write(part, data)
        self.package.declare(part, _TYPES + "worksheet+xml")
        self.generated.add(part)

    def _place(self, name: str, state: str) -> tuple[str, set[str], bool]:
        """The part for a generated sheet, the parts it replaces, and whether its tab is selected."""
        if name in self.book.worksheet_names:
            part = self.book.sheet(name).part
            self._leave_chain(name, None)
            selected = b'tabSelected="1"' in self.package.read(part)
            return part, graft.private_parts(self.package, part), selected
        folder = posixpath.dirname(self.book.part)
        part = self.package.free_name(posixpath.join(folder, "worksheets/sheet{}.xml"))
        kind = book_xml.relationship_type(self.xml, "worksheet")
        rel = self.package.relate(self.book.part, kind, posixpath.relpath(part, folder or "."))
        self.xml = book_xml.add_sheet(self.xml, name, rel, state)
        return part, set(), False

    def _write_last(self) -> None:
        if self.book.planned_last is not None:
            name, make = self.book.planned_last
            known = name in self.book.worksheet_names
            if known and not self.package.changed:
                self._write_sheet(name, make(False), "hidden")
                if not self.package.changed:
                    return
            self._write_sheet(name, make(True), "hidden")
            if self.xml != self.book.xml:
                self.package.write(self.book.part, self.xml)

    def _local_names(self, name: str, donor: graft.Donor) -> None:
        index = [s.name for s in book_xml.sheets(self.xml)].index(name)
        for local, text in donor.local_names():
            self.xml = book_xml.set_name(self.xml, local, text, sheet=index)

    def _drop_sheet(self, name: str) -> None:
        part = self.book.sheet(name).part
        self._leave_chain(name, None)
        for gone in (*graft.private_parts(self.package, part), part):
            self.package.drop(gone)
        entry = next(s for s in self.book.entries if s.name == name)
        self.package.unrelate(self.book.part, entry.rel)
        self.xml = book_xml.drop_sheet(self.xml, name)
        self.generated.add(part)

    def _has_formulas(self) -> bool:
        parts = (self.book.sheet(n).part for n in self.book.worksheet_names)
        return any(p in self.package and _FORMULA.search(self.package.read(p)) for p in parts)

    def _write_styles(self) -> None:
        part = self.package.related(self.book.part, "styles")
        data = self.book.styles.to_bytes()
        if part is None and data != self.book.styles.original:
            part = self._new_part("styles")
        if part is not None:
            self.package.write(part, data)

    def _write_strings(self) -> None:
        if not self.book.strings.changed:
            return
        part = self.package.related(self.book.part, "sharedStrings")
        uses = 0
        for r in self.package.relationships(self.book.part):
            if r.kind == "worksheet" and r.target in self.package:
                uses += len(_uses(self.package.read(r.target)))
        self.package.write(
            part or self._new_part("sharedStrings"), self.book.strings.to_bytes(uses)
        )

    def _new_part(self, kind: str) -> str:
        folder = posixpath.dirname(self.book.part)
        part = self.package.free_name(posixpath.join(folder, kind + "{}.xml"))
        type_ = book_xml.relationship_type(self.xml, kind)
        self.package.relate(self.book.part, type_, posixpath.relpath(part, folder or "."))
        self.package.declare(part, _TYPES + kind + "+xml")
        return part


def _uses(data: bytes) -> list[int]:
    """Indices of the shared strings that a sheet's cells refer to, one a cell."""
    plain = b"t='s'" not in data and b't ="s"' not in data and b't= "s"' not in data
    return list(map(int, (_USES if plain else _USES_ODD).findall(data)))


def _format_for(put: Put, *, shown: str, is_date: bool) -> str | None:
    """Number format that a planned cell still needs, or None."""
    wanted = wanted_format(put.value)
    if wanted:
        return None if is_date else put.number_format or wanted
    return put.number_format if put.value is not None and shown == "General" else None
