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
from tracker.xlsx import book_xml, docprops, graft, markup
from tracker.xlsx.strings import SharedStrings, continued
from tracker.xlsx.styles import ORDER, Styles
from tracker.xlsx.tables import without_columns
from tracker.xlsx.uses import uses
from tracker.xlsx.verify_sheet import SheetProof, claim, only_grown

if TYPE_CHECKING:
    from tracker.xlsx.compile import Compiler
    from tracker.xlsx.planned import PlannedBook

_COLLECTIONS = tuple(
    c for c in ORDER if c not in (b"cellStyles", b"tableStyles", b"colors", b"extLst")
)


def prove(book: PlannedBook, compiler: Compiler, data: bytes) -> None:
    """Hold the finished bytes against the workbook as it came. ProofError says what differs."""
    _Proof(book, compiler, Package(data)).run()


class _Proof:
    def __init__(self, book: PlannedBook, compiler: Compiler, after: Package) -> None:
        self.book, self.before, self.after = book, book.package, after
        self.replaced, self.sheets = compiler.strings.replaced, compiler.written
        self.generated = set(compiler.generated)
        for part in compiler.generated:
            if part in self.before:
                self.generated |= graft.private_parts(self.before, part)
        self.generated |= {rels_name(p) for p in tuple(self.generated)}
        self.tables = {t.part for s in self.sheets.values() for t in s.tables}
        about = docprops.part_of(after) if book.planned_properties else None
        self.about = {about, rels_name("")} if about else set[str]()

    def run(self) -> None:
        self._members()
        self._entries(CONTENT_TYPES)
        self._entries(rels_name(self.book.part))
        self._entries(rels_name(""))
        told = self.book.planned_properties
        if told:
            claim(docprops.is_rewritten(self.before, self.after, told), "the document properties")
        self._targets()
        self._strings()
        self._styles()
        self._workbook()
        for part, sheet in self.sheets.items():
            proof = SheetProof(sheet, self.strings, self.styles)
            proof.run(self.after.read(part))
        for part in self.generated:
            if part in self.after and self.after.content_type(part).endswith("worksheet+xml"):
                highest = max(map(int, uses(self.after.read(part))), default=-1)
                claim(highest < len(self.strings.texts), f"{part}: no such shared string")

    def _members(self) -> None:
        """Order and bytes of the parts, and whether what was written can be read."""
        planned = {
            self.book.part, rels_name(self.book.part), CONTENT_TYPES,
            self.before.related(self.book.part, "calcChain"),
            self.before.related(self.book.part, "styles"),
            self.before.related(self.book.part, "sharedStrings"),
            *self.sheets, *self.generated, *self.tables, *self.about,
        }  # fmt: skip
        chain = self.before.related(self.book.part, "calcChain")
        kept = [n for n in self.before if n in self.after]
        claim(kept == [n for n in self.after if n in self.before], "the order of the parts")
        for name in self.before:
            if name not in self.after:
                claim(name in self.generated or name == chain, f"part {name} is gone")
            elif self.before.raw(name) != self.after.raw(name):
                claim(name in planned, f"part {name} changed")
                _refuse_malformed(name, self.after.read(name))
        for name in self.after:
            if name not in self.before:
                _refuse_malformed(name, self.after.read(name))
        for sheet in self.sheets.values():
            for t in sheet.tables:
                growth = sheet.growth.get(t.name)
                new = without_columns(self.after.read(t.part), growth.headers if growth else ())
                grown = only_grown(self.before.read(t.part), new)
                claim(grown, f"{t.part}: more than the area and the columns of the table")

    def _entries(self, name: str) -> None:
        """Content types or relationships may only be gone together with their part."""
        if name not in self.before or self.before.raw(name) == self.after.raw(name):
            return
        gone = {"/" + p for p in self.before if p not in self.after}
        missing = Counter(_listed(self.before.read(name))) - Counter(_listed(self.after.read(name)))
        lost = [e for e in missing if not any(p.endswith("/" + e[2].lstrip("/")) for p in gone)]
        claim(not lost, f"{name}: entries are gone: {lost[:3]}")

    def _targets(self) -> None:
        """What was written refers to nothing that is not there."""
        own = [p for p in self.generated if p in self.after and not p.endswith(".rels")]
        hanging = {h for p in own for h in graft.private_parts(self.after, p)}
        for part in (self.book.part, *own, *hanging):
            for r in self.after.relationships(part):
                never = part == self.book.part and r.target not in self.before
                there = r.external or r.target in self.after or never
                claim(there, f"{part}: its {r.kind} {r.target} is not there")

    def _strings(self) -> None:
        old = self.before.related(self.book.part, "sharedStrings")
        new = self.after.related(self.book.part, "sharedStrings")
        claim(old is None or new is not None, "the shared strings are gone")
        self.strings = self.book.strings
        if new is None or (old and self.before.raw(old) == self.after.raw(new)):
            return
        data = self.after.read(new)
        if len(self.book.strings):
            texts = continued(self.book.strings, data, self.replaced)
            claim(texts is not None, "the shared strings")
            self.strings = self.book.strings.retold(texts or [])
        else:
            self.strings = SharedStrings(data)
        root = markup.find_tag(data, self.strings.prefix + b"sst")
        told = markup.get(root[0], b"uniqueCount") if root else None
        claim(told == b"%d" % len(self.strings.texts), "the count of the shared strings")

    def _styles(self) -> None:
        old = self.before.related(self.book.part, "styles")
        new = self.after.related(self.book.part, "styles")
        claim(old is None or new is not None, "the styles are gone")
        self.styles = self.book.styles
        if new is None or (old and self.before.raw(old) == self.after.raw(new)):
            return
        was, now = self.book.styles, Styles(self.after.read(new))
        self.styles = now
        for c in _COLLECTIONS:
            first, later = was.items(c), now.items(c)
            claim(later[: len(first)] == first, f"styles: {c.decode()}")
            declared = now.declared(c)
            right = declared in (None, len(later), was.declared(c))
            claim(right, f"styles: count of {c.decode()}")

    def _workbook(self) -> None:
        old, new = self.book.xml, markup.plain_utf8(self.after.read(self.book.part))
        dropped, replaced = set(self.book.planned_drops), set(self.book.planned_grafts)
        entries = book_xml.sheets(old)
        kept = [s for s in entries if s.name not in dropped]
        claim(book_xml.sheets(new)[: len(kept)] == kept, "the sheets of the workbook")
        moved = {entries.index(s): i for i, s in enumerate(kept)}
        own = {i for i, s in enumerate(kept) if s.name in replaced}
        planned = {n.lower() for n in self.book.planned_names}
        was = [
            n._replace(sheet=None if n.sheet is None else moved.get(n.sheet, -1))
            for n in book_xml.names(old)
        ]
        now = {(n.name, n.sheet): n.text for n in book_xml.names(new)}
        for n in was:
            if n.sheet == -1 or n.sheet in own or (n.sheet is None and n.name.lower() in planned):
                continue
            text = now.get((n.name, n.sheet))
            same = text == n.text or (dropped and text is not None and "#REF!" in text)
            claim(same, f"the defined name {n.name}")
        claim(_frame(old) == _frame(new), "the workbook part")


def _frame(xml: bytes) -> bytes:
    """A workbook part without what a plan may change; each of that is looked at by itself."""
    p = re.escape(markup.prefix_of(xml, b"workbook"))
    changing = (
        rb"<%b(?:definedNames|sheets)(?=[\s>]).*?</%b(?:definedNames|sheets)>|"
        rb"<%b(?:calcPr|definedNames|workbookView)(?=[\s/>])%b>"
    ) % (p, p, p, markup.ATTRIBUTES)
    return re.sub(changing, b"", xml, flags=re.S)


def _listed(data: bytes) -> list[tuple[str, str, str]]:
    """Entries of a content types or relationships part: id, type, and what they speak of."""
    return [
        (
            e.get("Id") or "",
            e.get("ContentType") or e.get("Type") or "",
            e.get("PartName") or e.get("Target") or e.get("Extension") or "",
        )
        for e in parse_xml(data)
        if isinstance(e.tag, str)
    ]


def _refuse_malformed(name: str, data: bytes) -> None:
    if name.endswith((".xml", ".rels", ".vml")):
        try:
            expat.ParserCreate().Parse(data, True)
        except expat.ExpatError as e:
            raise ProofError(why=f"{name}: not well-formed ({e})") from e
