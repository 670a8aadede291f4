"""The proof before a write (G1): the finished bytes are opened again and held against the plan.

What the plan does not name must be the same bytes in the same order; what it names may differ
only in the way the plan says. A difference raises ProofError, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING

from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES, RELS_TYPE, rels_name
from tracker.xlsx import book_xml, docprops, formulas, graft, markup
from tracker.xlsx.opened import BROKEN
from tracker.xlsx.refs import ref
from tracker.xlsx.strings import SharedStrings
from tracker.xlsx.styles import Styles
from tracker.xlsx.uses import count_uses, sheet_parts, uses
from tracker.xlsx.verify_book import BookPlan, Name, chained, prove_styles, prove_workbook
from tracker.xlsx.verify_graft import GraftProof
from tracker.xlsx.verify_notes import NotesProof
from tracker.xlsx.verify_package import (
    RelationshipsProof,
    prove_types,
    prove_well_formed,
    touched_parts,
)
from tracker.xlsx.verify_sheet import SheetProof, claim
from tracker.xlsx.verify_strings import prove_strings
from tracker.xlsx.verify_tables import prove_own_names, prove_table

if TYPE_CHECKING:
    from tracker.xlsx.compile import Compiler
    from tracker.xlsx.planned import PlannedBook

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"


def prove(book: PlannedBook, compiler: Compiler, data: bytes) -> None:
    """Hold the finished bytes against the workbook as it came. ProofError says what differs."""
    try:
        _Proof(book, compiler, Package(data)).run()
    except BROKEN as e:
        raise ProofError(why=f"{type(e).__name__}: {e}") from e


class _Proof:
    """One proof.

    Attributes:
        sheets: sheets with planned cells, tables, rules or notes, by part.
        notes: the proofs of those with planned notes, by part.
        sources: parts of generated sheets with what they were made from, None for dropped ones.
        gone: parts that the generated sheets may replace or take along.
        touched: parts that are new or hold something else than before.
        fresh: content types of the parts that were made as a whole.
    """

    def __init__(self, book: PlannedBook, compiler: Compiler, after: Package) -> None:
        self.book, self.before, self.after = book, book.package, after
        self.sheets, self.sources = compiler.written, compiler.generated
        self.replaced = compiler.strings.replaced
        old = [p for p in self.sources if p in self.before]
        own = {q for p in old for q in (p, *graft.private_parts(self.before, p))}
        self.gone = {q for p in own for q in (p, self.before.find(rels_name(p)) or p)}
        noted = {p: s for p, s in self.sheets.items() if s.noted}
        self.notes = {p: NotesProof(s, self.before, after) for p, s in noted.items()}
        self.gone |= {q for proof in self.notes.values() for q in proof.gone}
        self.fresh: dict[str, str] = {}
        self.touched: set[str] = set()
        self.counted = True

    def run(self) -> None:
        self._members()
        self._strings()
        self._styles()
        for part, source in self.sources.items():
            self._generated(part, source)
        for notes in self.notes.values():
            notes.run()
            self.fresh |= notes.fresh
        proofs = {
            p: SheetProof(s, self.texts, self.styles, unboxed=self._is_unboxed(p))
            for p, s in self.sheets.items()
        }
        retraced = {part for part, proof in proofs.items() if proof.run(self.after.read(part))}
        for part, sheet in self.sheets.items():
            for table in sheet.tables:
                if table.name in sheet.growth:
                    growth = sheet.growth[table.name]
                    prove_table(self.before, self.after, part, table, growth)
        if any(t.endswith("table+xml") for t in self.fresh.values()):
            prove_own_names(self.after, self.fresh)
        self._properties()
        self._slots()
        made = {n for n in self.touched if n not in self.before or n in self.gone}
        claim(made <= set(self.fresh), f"parts nobody planned: {sorted(made - set(self.fresh))}")
        left = {n for n in self.gone if n in self.after} - set(self.fresh)
        claim(not left, f"parts left over: {sorted(left)}")
        for name in sorted(self.touched - retraced):
            prove_well_formed(name, self.after.read(name))
        prove_types(self.before, self.after, self.fresh)
        dropped = {s.rel for s in self.book.entries if s.name in self.book.planned_drops}
        rels = RelationshipsProof(self.before, self.after, self.gone, self.fresh, self.book.xml)
        rels.run(self.book.part, dropped)
        rels.run("", set())
        for part in self.notes:
            rels.run(part, set())
        self._workbook()
        self._chain()

    def _is_unboxed(self, part: str) -> bool:
        """Whether a sheet's notes had no boxes before, or have none now."""
        notes = self.notes.get(part)
        return notes is not None and (not notes.was.drawing or notes.was.drawing in notes.gone)

    def _members(self) -> None:
        """Order and bytes of the parts that were there."""
        chain, *shared = (
            self.before.related(self.book.part, kind)
            for kind in ("calcChain", "styles", "sharedStrings")
        )
        tables = (t.part for s in self.sheets.values() for t in s.tables if t.name in s.growth)
        about = self.before.find(docprops.part_of(self.before) or "-")
        rels = self.before.find(rels_name(self.book.part))
        planned = {
            self.book.part, rels, CONTENT_TYPES, chain, *shared, *self.sheets, *self.gone, *tables,
            *((about, "_rels/.rels") if self.book.planned_properties else ()),
            *(p for notes in self.notes.values() for p in notes.planned),
        }  # fmt: skip
        may_go = {*self.gone, *([chain] if chain else ())}
        self.touched = touched_parts(self.before, self.after, planned, may_go)

    def _shared(self, kind: str) -> str:
        """The part of the styles or of the shared strings, "" where there is none."""
        old, new = (p.related(self.book.part, kind) for p in (self.before, self.after))
        claim(old is None or new == old, f"the part of the {kind} is gone")
        if new is not None and old is None:
            self.fresh[new] = _TYPE.format(kind)
        return new or ""

    def _strings(self) -> None:
        old, part = self.book.strings, self._shared("sharedStrings")
        self.texts = old.texts
        if part in self.touched:
            data = self.after.read(part)
            self.texts = prove_strings(old, data, self.replaced)
            root = markup.start_tag(data, markup.prefix_of(data, b"sst") + b"sst")
            told = [markup.get(root[0], name) for name in (b"count", b"uniqueCount")]
            counts = (count_uses(self.after, self.book.part), len(self.texts))
            self.counted = told == [b"%d" % n for n in counts]

    def _styles(self) -> None:
        was, part = self.book.styles, self._shared("styles")
        self.styles = was
        if part in self.touched:
            self.styles = Styles(self.after.read(part))
            if self.before.related(self.book.part, "styles") is None:
                was = Styles(graft.dialect(was.data, strict=self.book.strict))
            prove_styles(was, self.styles)

    def _slots(self) -> None:
        """No cell outside the plan refers to a shared string that got another text."""
        claim(self.counted, "the count of the shared strings")
        others = {self.texts[i] for i in self.replaced}
        for part in sheet_parts(self.after, self.book.part) if self.replaced else ():
            if part not in self.sources:
                used = Counter(
                    uses((self.after if part in self.touched else self.before).read(part))
                )
                sheet = self.sheets.get(part)
                planned = sum(t in others for t in sheet.planned_cells.texts()) if sheet else 0
                now = sum(used[b"%d" % i] for i in self.replaced)
                claim(now <= planned, f"{part}: the text of another cell changed")

    def _is_entry(self, texts: list[str | bytes], mine: int, index: int) -> bool:
        """Whether a shared string is a donor's text, or its entry of rich text."""
        text = texts[mine]
        if isinstance(text, str):
            return index < len(self.texts) and self.texts[index] == text
        return self._written_strings.raw(index) == text

    @cached_property
    def _written_strings(self) -> SharedStrings:
        return SharedStrings(self.after.read(self._shared("sharedStrings")))

    def _generated(self, part: str, source: graft.Donor | bytes | None) -> None:
        if source is None:
            return
        strict = self.book.strict
        if isinstance(source, bytes):
            there, wanted = self.after.read(part), graft.dialect(source, strict=strict)
            there, wanted = (d.replace(b' tabSelected="1"', b"") for d in (there, wanted))
            claim(there == wanted, f"{part} is not what was planned")
            claim(not self.after.relationships(part), f"{part} has relationships")
            self.fresh[part] = _TYPE.format("worksheet")
        else:
            texts = source.texts(self.book.strings.prefix)
            alike = partial(self._is_entry, texts)
            proof = GraftProof(source, self.after, self.styles, alike, strict=strict)
            proof.run(part)
            self.fresh |= proof.found
        was = self.before.read(part) if part in self.before else b""
        selected = [b' tabSelected="1"' in d for d in (was, self.after.read(part))]
        claim(selected[0] == selected[1] or not selected[1], f"{part}: its tab is selected")

    def _properties(self) -> None:
        planned, part = self.book.planned_properties, docprops.part_of(self.after)
        if not planned:
            return
        told = docprops.read(self.after)
        right = all(
            told.get(n) == (v.replace(microsecond=0) if isinstance(v, dt.datetime) else v)
            for n, v in planned.items()
        )
        same = docprops.is_rewritten(self.before, self.after, planned)
        claim(right and same, "the document properties")
        if part and part not in self.before:
            kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
            self.fresh |= {part: kind, "_rels/.rels": RELS_TYPE}

    def _workbook(self) -> None:
        book, new = self.book, markup.plain_utf8(self.after.read(self.book.part))
        known = {s.name for s in book.entries if s.name not in book.planned_drops}
        targets = {r.id: r.target for r in self.after.relationships(book.part)}
        parts = {s.name: targets.get(s.rel, "") for s in book_xml.sheets(new)}
        sheets = {
            n: (self.sources.get(parts.get(n, "")), s) for n, (_, s) in book.planned_grafts.items()
        }
        made = all(sheets[n][0] is source for n, (source, _) in book.planned_grafts.items())
        claim(made, "a sheet leads to another part")
        names: dict[Name, str] = {(n.lower(), None): t for n, (t, _) in book.planned_names.items()}
        donors = {i: self.sources.get(part) for i, part in enumerate(parts.values())}
        grafted = {i: d for i, d in donors.items() if isinstance(d, graft.Donor)}
        for i, donor in grafted.items():
            names |= {(n.name.lower(), i): n.text for n in donor.local_names()}
        added = [(n, s) for n, (_, s) in book.planned_grafts.items() if n not in known]
        last = book.planned_last[0] if book.planned_last else ""
        if last and last not in known and last in parts:
            added.append((last, "hidden"))
        written = {
            n for n in self.touched - {parts.get(last)} if n in self.sheets or n in self.sources
        }
        calculated = bool(written) and self._has_formulas()
        plan = BookPlan(book.planned_drops, added, names, grafted.keys(), calculated)
        prove_workbook(book.xml, new, plan)

    def _has_formulas(self) -> bool:
        parts = self.book.worksheets.values()
        return any(p in self.after and formulas.has_any(self.after.read(p)) for p in parts)

    def _chain(self) -> None:
        """The calculation chain lacks the overwritten formulas, and them alone."""
        old = self.before.related(self.book.part, "calcChain")
        celled = self.book.worksheets
        ids = {celled[s.name]: s.id for s in self.book.entries if s.name in celled}
        whole = {ids[p] for p in self.sources if p in ids}
        was = chained(self.before.read(old)) if old else []
        now = chained(self.after.read(old)) if old and old in self.after else []
        planned = {
            (ids[part], ref(*where)): sheet.raw(*where)
            for part, sheet in (self.sheets.items() if was else ())
            for where in sheet.planned_cells
        }
        left = [e for e in was if e[0] not in whole and e not in planned]
        stay = [e for e in now if e in planned and (cell := planned[e]) and cell.formula]
        claim([e for e in now if e not in planned] == left and not stay, "the calculation chain")
