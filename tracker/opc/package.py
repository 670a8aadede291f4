"""An Office package with a plan of parts to replace, add and drop; the rest is kept raw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from html import escape
from itertools import count
from urllib.parse import unquote

from tracker.opc import tags
from tracker.opc.parts import (
    CONTENT_TYPES,
    PACKAGE_RELS,
    RELS_TYPE,
    Relationship,
    parse_relationships,
    parse_xml,
    part_name,
    rels_name,
)
from tracker.opc.zipraw import Member, RawZip

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_ENTRY = rb"<(?:[\w.-]+:)?%b(?=\s)[^>]*\s%b\s*=\s*[\"']%b[\"'][^>]*?(?:/>|>\s*</(?:[\w.-]+:)?%b>)"


class Package:
    """Parts by name (looked up without regard to case), with edits held until `to_bytes`.

    Raises `zipfile.BadZipFile` where the archive cannot be followed; a pre-flight belongs
    before this class.
    """

    def __init__(self, data: bytes) -> None:
        self.zip = RawZip(data)
        self._members: dict[str, Member] = {}
        for m in self.zip.members:
            if not (m.name.endswith("/") and not m.info.file_size):
                self._members.setdefault(part_name(m.name), m)
        self._read: dict[str, bytes] = {}
        self._forget()

    def _forget(self) -> None:
        self.new: dict[str, bytes] = {}
        self.dropped: set[str] = set()
        self._names = {unquote(n).lower(): n for n in self._members}
        self._names |= {n.lower(): n for n in self._members}

    def fork(self) -> Package:
        """The package as it came, with an empty plan; inflated parts are shared."""
        twin = copy(self)
        twin._forget()  # noqa: SLF001 - a twin of the same class
        return twin

    def find(self, part: str) -> str | None:
        """The name under which a part stands now, or None."""
        known = map(self._names.get, (part.lower(), unquote(part).lower()))
        for name in (part, *known):
            if name in self.new or (name in self._members and name not in self.dropped):
                return name
        return None

    def __contains__(self, part: str) -> bool:
        return self.find(part) is not None

    def __iter__(self) -> Iterator[str]:
        old = (n for n in self._members if n not in self.dropped)
        return iter([*old, *(n for n in self.new if n not in self._members)])

    def read(self, part: str) -> bytes:
        """Content of a part as it stands in the plan. KeyError if there is none."""
        name = self.find(part)
        if name is None:
            raise KeyError(part)
        return self.new[name] if name in self.new else self.original(name)

    def original(self, part: str) -> bytes:
        """Content of a part as it came, whatever the plan says."""
        if part not in self._read:
            self._read[part] = self.zip.read(self._members[part])
        return self._read[part]

    def raw(self, part: str) -> tuple[int, int, bytes]:
        """Method, CRC and packed bytes of a part as it came: equal for a part that was copied."""
        return self.zip.raw(self._members[part])

    def write(self, part: str, data: bytes) -> None:
        """Plan a part's content; content equal to the original takes the part out of the plan."""
        name = self.find(part) or self._names.setdefault(part.lower(), part)
        self.dropped.discard(name)
        if self._is_original(name, data):
            self.new.pop(name, None)
        else:
            self.new[name] = data

    def _is_original(self, name: str, data: bytes) -> bool:
        """Whether a part came with that content; one of another size is not inflated for it."""
        member = self._members.get(name)
        return (
            member is not None
            and member.info.file_size == len(data)
            and self.original(name) == data
        )

    def let_go(self, part: str) -> None:
        """Keep the content of a part as it came no longer; it is inflated again when asked for."""
        self._read.pop(self.find(part) or part, None)

    def drop(self, part: str) -> None:
        """Plan to remove a part and its relationships part, and its content type."""
        for name in filter(None, map(self.find, (part, rels_name(part)))):
            self.new.pop(name, None)
            self.dropped |= {name} & self._members.keys()
            self._cut(CONTENT_TYPES, b"Override", b"PartName", "/" + name, re.I)

    def _cut(self, part: str, element: bytes, attribute: bytes, value: str, flags: int = 0) -> None:
        """Remove the elements of a part that bear that value."""
        entry = _ENTRY % (element, attribute, re.escape(value.encode()), element)
        self.write(part, re.sub(entry, b"", self.read(part), flags=flags))

    @property
    def changed(self) -> bool:
        """Whether the plan holds anything."""
        return bool(self.new or self.dropped)

    def to_bytes(self) -> bytes:
        """The package with the plan carried out; the original bytes where the plan is empty."""
        if not self.changed:
            return self.zip.data
        replace = {self._members[n].name: d for n, d in self.new.items() if n in self._members}
        added = {n: d for n, d in self.new.items() if n not in self._members}
        drop = frozenset(self._members[n].name for n in self.dropped)
        return self.zip.rebuild(replace, drop, added)

    def relationships(self, part: str) -> list[Relationship]:
        """Relationships of a part ("" for the package); empty where it has none."""
        rels = self.find(rels_name(part))
        if rels is None:
            return []
        return [
            r if r.external else r._replace(target=self.find(r.target) or r.target)
            for r in parse_relationships(part, self.read(rels))
        ]

    def related(self, part: str, kind: str) -> str | None:
        """First internal target of a kind ("styles") that exists, or None."""
        for r in self.relationships(part):
            if r.kind == kind and not r.external and r.target in self:
                return r.target
        return None

    def relate(self, part: str, type_: str, target: str, *, external: bool = False) -> str:
        """Add a relationship with a free id; `target` as it is to be written. Returns the id."""
        rels = rels_name(part)
        if rels not in self:
            self.write(rels, _XML + b'<Relationships xmlns="%s"/>' % PACKAGE_RELS.encode())
            self.declare_default("rels", RELS_TYPE)
        used = {r.id for r in self.relationships(part)}
        free = next(i for i in map("rId{}".format, count(1)) if i not in used)
        mode = ' TargetMode="External"' if external else ""
        self._append(
            rels,
            "Relationships",
            f'Relationship Id="{free}" Type="{type_}" Target="{escape(target)}"{mode}',
        )
        return free

    def unrelate(self, part: str, rel_id: str) -> None:
        """Remove the relationship with that id, if it is there."""
        rels = self.find(rels_name(part))
        if rels:
            self._cut(rels, b"Relationship", b"Id", rel_id)

    def _append(self, part: str, root: str, child: str, *, first: bool = False) -> None:
        """Add an empty element to the root of a part, under the root's prefix."""
        data = self.read(part)
        prefix = tags.prefix_of(data, root.encode())
        element = b"<" + prefix + child.encode() + b"/>"
        self.write(part, tags.appended(data, prefix + root.encode(), element, first=first))

    def content_type(self, part: str) -> str:
        """Declared content type of a part, "" where none is."""
        default, want = "", "/" + part.lower()
        extension = part.rsplit(".", 1)[-1].lower()
        for e in parse_xml(self.read(CONTENT_TYPES)):
            if (e.get("PartName") or "").lower() == want:
                return e.get("ContentType") or ""
            if (e.get("Extension") or "").lower() == extension:
                default = e.get("ContentType") or ""
        return default

    def declare(self, part: str, content_type: str) -> None:
        """Give a part its content type, unless it already has just that one."""
        if self.content_type(part) != content_type:
            self._cut(CONTENT_TYPES, b"Override", b"PartName", "/" + part, re.I)
            new = f'Override PartName="/{escape(part)}" ContentType="{content_type}"'
            self._append(CONTENT_TYPES, "Types", new)

    def declare_default(self, extension: str, content_type: str) -> None:
        """Give an extension its content type; ValueError where it stands for something else."""
        declared = self.content_type("." + extension)
        if declared and declared.lower() != content_type.lower():
            raise ValueError(f"{CONTENT_TYPES}: .{extension} is {declared[:60]}")
        if not declared:
            new = f'Default Extension="{extension}" ContentType="{content_type}"'
            self._append(CONTENT_TYPES, "Types", new, first=True)

    def free_name(self, pattern: str) -> str:
        """Lowest numbered part name of "xl/charts/chart{}.xml" that is not taken in the plan."""
        return next(name for name in map(pattern.format, count(1)) if name not in self)
