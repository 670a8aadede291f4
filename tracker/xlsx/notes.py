"""Notes put at free cells of somebody's sheet under an author's name, and taken away again.

Notes of others, their boxes and every byte between them stay. Where no note and no box is left,
the parts that held them go too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from typing import NamedTuple
from xml.parsers import expat

from lxml import etree

from tracker.opc.package import Package
from tracker.opc.parts import parse_xml, rels_name
from tracker.xlsx import book_xml, comments, refs, vml
from tracker.xlsx.boxes import Sizes
from tracker.xlsx.edits import Place
from tracker.xlsx.scan import Scan
from tracker.xlsx.tail import legacy_drawing, with_drawing, without_drawing

COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"


class Note(NamedTuple):
    """What a note says, and who wrote it; of a thread's stand-in what it says instead."""

    author: str
    text: str


class NotePlan(NamedTuple):
    """Cells that lose their notes, and what an author's notes then say at which cells."""

    author: str
    drop: frozenset[Place]
    add: Mapping[Place, str]


@dataclass
class SheetNotes:
    """The notes of a sheet as they came.

    Attributes:
        comments, drawing: the parts that hold them and their boxes, "" for none.
        notes: by cell; threads too, whose stand-ins they are.
        room: how many more notes they have room for.
        odd: why the parts cannot be spliced, "" where they can.
    """

    comments: str = ""
    drawing: str = ""
    notes: dict[Place, Note] = having(default_factory=dict)
    room: int = vml.ROOM
    odd: str = ""

    def left(self, plan: NotePlan) -> set[Place]:
        """Cells that have a note once a plan is carried out."""
        return (self.notes.keys() - plan.drop) | plan.add.keys()

    def refuse(self, plan: NotePlan) -> None:
        """ValueError for a plan that cannot be carried out."""
        if self.odd:
            raise ValueError(self.odd)
        if len(plan.add) > self.room:
            raise ValueError(f"there is room for {self.room} notes")
        taken = plan.add.keys() & (self.notes.keys() - plan.drop)
        if taken:
            where = ", ".join(refs.ref(*p) for p in sorted(taken)[:3])
            raise ValueError(f"another's note stands at {where}")


_NONE = Note("", "")


def read_notes(package: Package, part: str, sheet: Scan, *, strict: bool) -> SheetNotes:
    """The notes of the sheet in a part; `strict` for the dialect, which has no boxes."""
    found = SheetNotes()
    try:
        _read(found, package, part, sheet, strict=strict)
    except (ValueError, KeyError, IndexError, etree.XMLSyntaxError, expat.ExpatError) as e:
        found.odd = str(e) or type(e).__name__
    return found


def _read(found: SheetNotes, package: Package, part: str, sheet: Scan, *, strict: bool) -> None:
    if strict:
        raise ValueError("a strict workbook has no boxes for notes")
    found.comments = package.related(part, "comments") or ""
    if found.comments:
        entries = comments.read(package.read(found.comments))
        found.notes = {c.place: Note(c.author, c.text) for c in entries}
        if not entries or len(found.notes) < len(entries):
            raise ValueError("its part of notes is empty or has two at a cell")
    found.notes |= dict.fromkeys(_threads(package, part) - found.notes.keys(), _NONE)
    found.drawing = _drawing(package, part, sheet)
    if found.drawing:
        found.room = vml.room(package.read(found.drawing))
    if found.comments and not found.drawing:
        raise ValueError("its notes have no boxes")
    _refuse_shared(package, part, {found.comments, found.drawing} - {""})


def _drawing(package: Package, part: str, sheet: Scan) -> str:
    """The part with the boxes, "" where there is none. ValueError for one not to be spliced."""
    element = legacy_drawing(sheet.tail)
    if element is None:
        return ""
    ids = {v for n, v in element.attributes.items() if n.endswith(":id")}
    found = [r.target for r in package.relationships(part) if r.id in ids]
    data = package.read(found[0])
    vml.read(data)
    if vml.is_bare(data):
        raise ValueError("its drawing of notes is empty")
    return found[0]


def _threads(package: Package, part: str) -> set[Place]:
    """Cells that have a thread of comments."""
    return {
        refs.cell(e.get("ref") or "")
        for r in package.relationships(part)
        if r.kind == "threadedComment" and r.target in package
        for e in parse_xml(package.read(r.target)).iter("{*}threadedComment")
    }


def _refuse_shared(package: Package, part: str, mine: set[str]) -> None:
    """ValueError where another part has a relationship to one of these."""
    for name in package if mine else ():
        if name.endswith(".rels") and name != package.find(rels_name(part)):
            source = name.replace("_rels/", "").removesuffix(".rels")
            if any(r.target in mine for r in package.relationships(source)):
                raise ValueError("its notes are those of another sheet too")


class NoteWriter:
    """Carries the plan for one sheet's notes out on a package."""

    def __init__(self, package: Package, part: str, sheet: Scan, workbook: bytes) -> None:
        self.package, self.part, self.sheet, self.workbook = package, part, sheet, workbook

    def run(self, was: SheetNotes, plan: NotePlan, tail: bytes) -> bytes:
        """Write the parts; returns the sheet's tail with or without what leads to the boxes."""
        self._comments(was, plan)
        sizes = Sizes(self.sheet)
        boxes = {place: sizes.box(place, text) for place, text in plan.add.items()}
        if not was.drawing:
            name = self._free("drawings/vmlDrawing{}.vml")
            block = int(re.sub(r"\D", "", posixpath.basename(name)))
            rel = self._make(name, vml.new_part(block, boxes), VML, "vmlDrawing")
            return with_drawing(self.sheet.head, tail, self.sheet.prefix, rel)
        data = vml.without_boxes(self.package.read(was.drawing), plan.drop)
        if vml.is_bare(data) and not (boxes or (was.comments and was.left(plan))):
            self._drop(was.drawing)
            return without_drawing(tail)
        self.package.write(was.drawing, vml.with_boxes(data, boxes))
        return tail

    def _comments(self, was: SheetNotes, plan: NotePlan) -> None:
        if not was.comments:
            new = comments.new_part(plan.author, plan.add)
            self._make(self._free("comments{}.xml"), new, COMMENTS, "comments")
        elif was.left(plan):
            data = comments.without_notes(self.package.read(was.comments), plan.author, plan.drop)
            if plan.add:
                data = comments.with_notes(data, plan.author, plan.add)
            self.package.write(was.comments, data)
        else:
            self._drop(was.comments)

    def _free(self, pattern: str) -> str:
        folder = posixpath.dirname(posixpath.dirname(self.part))
        return self.package.free_name(posixpath.join(folder, pattern))

    def _make(self, name: str, data: bytes, content_type: str, kind: str) -> str:
        """A new part that hangs on the sheet. Returns the id of the relationship."""
        self.package.write(name, data)
        self.package.declare(name, content_type)
        target = posixpath.relpath(name, posixpath.dirname(self.part))
        return self.package.relate(
            self.part, book_xml.relationship_type(self.workbook, kind), target
        )

    def _drop(self, name: str) -> None:
        for r in self.package.relationships(self.part):
            if r.target == name:
                self.package.unrelate(self.part, r.id)
        self.package.drop(name)
        if not self.package.relationships(self.part):
            self.package.drop(rels_name(self.part))
