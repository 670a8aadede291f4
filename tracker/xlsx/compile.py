"""From a workbook's plan to the parts of the package: strings, cells, sheets, names, formats."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tracker.xlsx import book_xml, docprops, formulas, graft, notes, patch, rules, tables
from tracker.xlsx.encode import Encoder
from tracker.xlsx.refs import ref
from tracker.xlsx.strings import StringPlan
from tracker.xlsx.styles import Styles
from tracker.xlsx.uses import count_uses, free_slots

if TYPE_CHECKING:
    from tracker.xlsx.planned import PlannedBook
    from tracker.xlsx.sheet import Sheet

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."


class Compiler:
    """Carries out the plan of one workbook on a copy of its package.

    Attributes:
        package: the copy.
        xml: the workbook part as it comes to be.
        generated: what the sheets are made from that are replaced or added as a whole, by part;
            None for one that is dropped.
        written: sheets with planned cells, tables, rules or notes, by part.
        strings, styles: the workbook's, with what the plan adds.
    """

    def __init__(self, book: PlannedBook) -> None:
        self.book, self.folder = book, posixpath.dirname(book.part)
        self.package = book.package.fork()
        self.xml = book.xml
        self.generated: dict[str, graft.Donor | bytes | None] = {}
        self.written: dict[str, Sheet] = {}
        self.styles = Styles(book.styles.original)
        self.strings = self._string_plan()

    def run(self) -> bytes:
        """The bytes of the workbook with its plan carried out."""
        for name in self.book.planned_drops:
            self._drop_sheet(name)
        for sheet in self.book.planned_sheets():
            self._write_cells(sheet)
        for name, (donor, state) in self.book.planned_grafts.items():
            self._write_sheet(name, donor, state)
        for name, (text, hidden) in self.book.planned_names.items():
            self.xml = book_xml.set_name(self.xml, name, text, hidden=hidden)
        self._write_styles()
        self._write_strings()
        docprops.write(self.package, self.book.planned_properties, strict=self.book.strict)
        if (self.package.changed or self.xml != self.book.xml) and self._has_formulas():
            self.xml = book_xml.recalculate_on_load(self.xml)
        self._write_book()
        self._write_last()
        data = self.package.to_bytes()
        self.package = self.book.package  # lets go of what the proof inflates again
        return data

    def _string_plan(self) -> StringPlan:
        donors = [d for d, _ in self.book.planned_grafts.values() if isinstance(d, graft.Donor)]
        wanted = {t for d in donors for t in d.texts(self.book.strings.prefix)}
        for sheet in self.book.planned_sheets():
            wanted.update(sheet.planned_cells.texts())
        strings = self.book.strings
        whole = {*self.book.planned_grafts, *self.book.planned_drops, *self._last}
        gone = {part for n, part in self.book.worksheets.items() if n in whole}
        free = free_slots(self.book.package, self.book.part, gone, strings.emptied)
        return StringPlan(strings, wanted, free)

    def _write_cells(self, sheet: Sheet) -> None:
        if sheet.part in self.written:
            raise ValueError("two sheets share one part")
        prefix, date1904 = sheet.scan.prefix, self.book.date1904
        encoder = Encoder(prefix, self.styles, self.strings, date1904=date1904)
        tail = self._put_rules(sheet, self._grow_tables(sheet))
        if sheet.noted:
            writer = notes.NoteWriter(self.package, sheet.part, sheet.scan, self.book.xml)
            tail = writer.run(sheet.as_noted, sheet.noted, tail)
        data, gone = patch.patch(sheet.scan, sheet.planned_cells, encoder.cell, tail)
        if gone:
            data = formulas.rehome_shared(data, prefix, gone)
            self._leave_chain(sheet.name, {ref(o.row, o.column) for o in gone})
        self.package.write(sheet.part, data)
        self.written[sheet.part] = sheet

    def _grow_tables(self, sheet: Sheet) -> bytes:
        """Write the tables that grow; the sheet's tail, whose rules grow with them."""
        tail = sheet.scan.tail
        for table in sheet.tables:
            growth = sheet.growth.get(table.name)
            if growth:
                new = tables.grown(self.package.read(table.part), table, growth)
                self.package.write(table.part, new)
                tail = tables.rules_grown(tail, table, growth)
        return tail

    def _put_rules(self, sheet: Sheet, tail: bytes) -> bytes:
        """The tail with the program's own conditional formats as they are planned."""
        prefix = sheet.scan.prefix
        for mark, rule in sheet.rules.items():
            tail = rules.without(tail, prefix, mark)
            if rule is not None:
                fill = rules.fill_format(self.styles.prefix, rule.fill)
                tail = rules.placed(tail, prefix, rule, self.styles.add(b"dxfs", fill))
        return tail

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
        strict = self.book.strict
        if isinstance(donor, bytes):
            data = graft.dialect(donor, strict=strict)
            graft.drop_hanging(self.package, part, replaced)
        else:
            donor.title = name
            formats = graft.carried_over(donor.styles, self.styles)
            data = graft.sheet_xml(donor, formats, self.strings, strict=strict)
            graft.Transplant(self.package, donor, formats, replaced, strict=strict).run(part)
            self._local_names(name, donor)
        if selected:
            data = data.replace(b"<sheetView ", b'<sheetView tabSelected="1" ', 1)
        self.package.write(part, data)
        self.package.declare(part, _TYPES + "worksheet+xml")
        self.generated[part] = donor

    def _place(self, name: str, state: str) -> tuple[str, set[str], bool]:
        """The part for a generated sheet, the parts it replaces, whether its tab is selected."""
        if name in self.book.worksheets:
            part = self.book.worksheets[name]
            self._leave_chain(name, None)
            selected = b'tabSelected="1"' in self.book.package.read(part)
            return part, graft.private_parts(self.book.package, part), selected
        part = self.package.free_name(posixpath.join(self.folder, "worksheets/sheet{}.xml"))
        rel = self._relate("worksheet", part)
        self.xml = book_xml.add_sheet(self.xml, name, rel, state)
        return part, set(), False

    @property
    def _last(self) -> tuple[str, ...]:
        """Name of the sheet that is made last, if there is one; it holds no shared strings."""
        return self.book.planned_last[:1] if self.book.planned_last else ()

    def _write_last(self) -> None:
        if self.book.planned_last is None:
            return
        name, make = self.book.planned_last
        if name in self.book.worksheets and not self.package.changed:
            self._write_sheet(name, make(False), "hidden")
            if not self.package.changed:
                return
        self._write_sheet(name, make(True), "hidden")
        self._write_book()

    def _write_book(self) -> None:
        if self.xml != self.book.xml:
            self.package.write(self.book.part, self.xml)

    def _local_names(self, name: str, donor: graft.Donor) -> None:
        index = [s.name for s in book_xml.sheets(self.xml)].index(name)
        self.xml = book_xml.drop_print_names(self.xml, index)
        for n in donor.local_names():
            self.xml = book_xml.set_name(self.xml, n.name, n.text, hidden=n.hidden, sheet=index)

    def _drop_sheet(self, name: str) -> None:
        entry = next(s for s in self.book.entries if s.name == name)
        part = self.book.target(entry)
        self._leave_chain(name, None)
        for gone in (*graft.private_parts(self.book.package, part), part):
            self.package.drop(gone)
        self.package.unrelate(self.book.part, entry.rel)
        self.xml = book_xml.drop_sheet(self.xml, name)
        self.generated[part] = None

    def _has_formulas(self) -> bool:
        parts = self.book.worksheets.values()
        return any(p in self.package and formulas.has_any(self.package.read(p)) for p in parts)

    def _write_styles(self) -> None:
        data = self.styles.to_bytes()
        if data != self.styles.original:
            self._write_shared("styles", data)

    def _write_strings(self) -> None:
        if not self.strings.changed:
            return
        late = [part for n, part in self.book.worksheets.items() if n in self._last]
        count = count_uses(self.package, self.book.part, late)
        self._write_shared("sharedStrings", self.strings.to_bytes(count))

    def _write_shared(self, kind: str, data: bytes) -> None:
        """Write what all sheets share, into a new part of the workbook's dialect if it has none."""
        part = self.package.related(self.book.part, kind)
        if part is None:
            base = posixpath.join(self.folder, kind)
            part = base + ".xml"  # where openpyxl alone looks for styles
            part = self.package.free_name(base + "{}.xml") if part in self.package else part
            self._relate(kind, part)
            self.package.declare(part, _TYPES + kind + "+xml")
            data = graft.dialect(data, strict=self.book.strict)
        self.package.write(part, data)

    def _relate(self, kind: str, part: str) -> str:
        """Hang a part on the workbook part. Returns the id of the relationship."""
        type_ = book_xml.relationship_type(self.xml, kind)
        target = posixpath.relpath(part, self.folder or ".")
        return self.package.relate(self.book.part, type_, target)
