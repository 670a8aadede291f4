"""The proof of the notes that were put into a sheet or taken out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from tracker.opc.package import Package
from tracker.opc.parts import RELS_TYPE, parse_xml, rels_name
from tracker.xlsx import comments, markup, refs, vml
from tracker.xlsx.edits import Place
from tracker.xlsx.notes import COMMENTS, VML
from tracker.xlsx.verify_rules import stands_right
from tracker.xlsx.verify_sheet import claim

if TYPE_CHECKING:
    from tracker.xlsx.sheet import Sheet

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class _Said(NamedTuple):
    """What a note says to a reader of XML: its author, its text, all that its element holds."""

    author: str
    text: str
    content: bytes


class NotesProof:
    """Holds the notes of one sheet against what they were and what was planned.

    Attributes:
        planned: parts that may change.
        gone: those of them that must go.
        fresh: parts that were made, with the content types they must have; known after `run`.
    """

    def __init__(self, sheet: Sheet, before: Package, after: Package) -> None:
        assert sheet.noted is not None
        self.sheet, self.was, self.plan = sheet, sheet.as_noted, sheet.noted
        self.before, self.after = before, after
        rels = before.find(rels_name(sheet.part)) or rels_name(sheet.part)
        self.planned = {self.was.comments, self.was.drawing, rels} - {""}
        self.gone = self._gone(rels)
        self.fresh: dict[str, str] = {}

    def _gone(self, rels: str) -> set[str]:
        was, gone = self.was, set[str]()
        if was.comments and not was.left(self.plan):
            gone.add(was.comments)
        if was.drawing and not self.plan.add and was.comments in gone | {""}:
            left = vml.without_boxes(self.before.read(was.drawing), self.plan.drop)
            gone |= {was.drawing} if vml.is_bare(left) else set()
        targets = {r.target for r in self.before.relationships(self.sheet.part)}
        return gone | ({rels} if targets <= gone else set())

    def run(self) -> None:
        """ProofError where anything but the planned notes differs, or one is not as planned."""
        self._notes()
        self._boxes()
        rels = rels_name(self.sheet.part)
        if rels not in self.before and rels in self.after:
            self.fresh[rels] = RELS_TYPE

    def _claim(self, holds: object, why: str) -> None:
        claim(holds, f"{self.sheet.name}: {why}")

    def _notes(self) -> None:
        """Each note of others is what it was, each of ours what was planned."""
        part, plan = self.after.related(self.sheet.part, "comments") or "", self.plan
        if self.was.comments in self.gone:
            self._claim(not part, "a part of notes is left over")
            return
        self._claim(part and self.was.comments in ("", part), "the part of the notes is gone")
        data, old = self.after.read(part), comments.new_part(plan.author, {})
        if self.was.comments:
            old = self.before.read(part)
        else:
            self.fresh[part] = COMMENTS
        was, now = dict(_said(old)), list(_said(data))
        ours = {p: (n.author, n.text) for p, n in now if p in plan.add}
        others = [(p, n) for p, n in now if p not in plan.add]
        wanted = {p: (plan.author, text) for p, text in plan.add.items()}
        self._claim(ours == wanted and len(now) == len(others) + len(ours), "a note's text")
        kept = [(p, n) for p, n in was.items() if p not in plan.drop]
        self._claim(others == kept, "a note of another changed")
        cut = comments.without_notes
        frames = [cut(d, plan.author, p) for d, p in ((old, plan.drop), (data, plan.add))]
        self._claim(frames[0] == frames[1], "beside its notes")

    def _boxes(self) -> None:
        """Each note has a box at its cell, and all other drawings are what they were."""
        if self.was.drawing in self.gone:
            root = parse_xml(self.after.read(self.sheet.part))
            self._claim(root.find("{*}legacyDrawing") is None, "boxes of notes are left over")
            return
        part = self.was.drawing or self._drawing()
        data = self.after.read(part)
        if self.was.drawing:
            old = self.before.read(part)
        else:
            old = vml.new_part(vml.blocks_of(data)[0], {})
            self.fresh[part] = VML
        add, drop = self.plan.add, self.plan.drop
        frames = [vml.without_boxes(d, p) for d, p in ((old, drop), (data, add))]
        self._claim(frames[0] == frames[1], "beside the boxes of its notes")
        ours = [s for s in vml.read(data) if s.place in add]
        made = [s.place for s in ours if s.place and vml.is_box(data[s.start : s.end], s.place)]
        self._claim(made == list(add), "the boxes of its notes")
        ids = [markup.get(data[s.start : s.end], b"id") for s in vml.read(data)]
        own = [markup.get(data[s.start : s.end], b"id") for s in ours]
        self._claim(all(ids.count(i) == 1 for i in own), "the ids of its boxes")

    def _drawing(self) -> str:
        """The part that the sheet's element for the boxes leads to, standing at its place."""
        root = parse_xml(self.after.read(self.sheet.part))
        found = root.findall("{*}legacyDrawing")
        right = len(found) == 1 and stands_right(found[0], "legacyDrawing")
        self._claim(right, "what leads to the boxes of its notes")
        links = self.after.relationships(self.sheet.part)
        parts = [r.target for r in links if r.id == found[0].get(_ID) and r.kind == "vmlDrawing"]
        self._claim(parts and parts[0] not in self.before, "what leads to the boxes of its notes")
        return parts[0]


def _said(data: bytes) -> Iterator[tuple[Place, _Said]]:
    """The notes of a part as a reader of XML has them."""
    root = parse_xml(data)
    names = [e.text or "" for e in root.iterfind("{*}authors/{*}author")]
    for e in root.iterfind("{*}commentList/{*}comment"):
        author = markup.unescaped(names[int(e.get("authorId") or 0)])
        text = "".join(t.text or "" for t in e.iterfind("{*}text//{*}t"))
        content = etree.tostring(e, method="c14n", with_tail=False)
        yield refs.cell(e.get("ref") or ""), _Said(author, markup.unescaped(text), content)
