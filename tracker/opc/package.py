"""An Office package with a plan of parts to replace, add and drop; the rest is kept raw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote

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


@dataclass
class _Plan:
    """What becomes of a package: content by part name, parts to drop, names by lower case."""

    names: dict[str, str]
    new: dict[str, bytes] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)


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
        self._plan = self._empty_plan()

    def _empty_plan(self) -> _Plan:
        names = {n.lower(): n for n in self._members}
        for n in self._members:
            names.setdefault(unquote(n).lower(), n)
        return _Plan(names)

    def fork(self) -> Package:
        """The package as it came, with an empty plan; inflated parts are shared."""
        twin = copy(self)
        twin._plan = self._empty_plan()  # noqa: SLF001 - a twin of the same class
        return twin

    def find(self, part: str) -> str | None:
        """The name under which a part stands now, or None."""
        names, plan = self._plan.names, self._plan
        for name in (part, names.get(part.lower()), names.get(unquote(part).lower())):
            if name is None or name in plan.dropped:
                continue
            if name in plan.new or name in self._members:
                return name
        return None

    def __contains__(self, part: str) -> bool:
        return self.find(part) is not None

    def __iter__(self) -> Iterator[str]:
        old = (n for n in self._members if n not in self._plan.dropped)
        return iter([*old, *(n for n in self._plan.new if n not in self._members)])

    def read(self, part: str) -> bytes:
        """Content of a part as it stands in the plan. KeyError if there is none."""
        name = self.find(part)
        if name is None:
            raise KeyError(part)
        if name in self._plan.new:
            return self._plan.new[name]
        return self.original(name)

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
        name = self.find(part) or self._plan.names.get(part.lower(), part)
        self._plan.dropped.discard(name)
        self._plan.names.setdefault(name.lower(), name)
        if name in self._members and self.original(name) == data:
            self._plan.new.pop(name, None)
        else:
            self._plan.new[name] = data

    def drop(self, part: str) -> None:
        """Plan to remove a part and its relationships part, and its content type."""
        for name in (part, rels_name(part)):
            found = self.find(name)
            if found is None:
                continue
            self._plan.new.pop(found, None)
            if found in self._members:
                self._plan.dropped.add(found)
            self._drop_override(found)

    @property
    def replaced(self) -> dict[str, bytes]:
        """Planned content of parts that were there before."""
        return {n: d for n, d in self._plan.new.items() if n in self._members}

    @property
    def added(self) -> dict[str, bytes]:
        """Planned content of parts that were not there before."""
        return {n: d for n, d in self._plan.new.items() if n not in self._members}

    @property
    def dropped(self) -> frozenset[str]:
        """Parts that the plan removes."""
        return frozenset(self._plan.dropped)

    @property
    def changed(self) -> bool:
        """Whether the plan holds anything."""
        return bool(self._plan.new or self._plan.dropped)

    def to_bytes(self) -> bytes:
        """The package with the plan carried out; the original bytes where the plan is empty."""
        if not self.changed:
            return self.zip.data
        replace = {self._members[n].name: d for n, d in self.replaced.items()}
        drop = frozenset(self._members[n].name for n in self._plan.dropped)
        return self.zip.rebuild(replace, drop, self.added)

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
        data = self.read(rels) if rels in self else b""
        if not data:
            data = _XML + b'<Relationships xmlns="%s"></Relationships>' % PACKAGE_RELS.encode()
            self.declare_default("rels", RELS_TYPE)
        used = set(re.findall(rb'\sId\s*=\s*["\']([^"\']*)', data))
        n = 1
        while b"rId%d" % n in used:
            n += 1
        mode = ' TargetMode="External"' if external else ""
        new = f'Relationship Id="rId{n}" Type="{type_}" Target="{escape(target)}"{mode}'
        self.write(rels, append_child(data, "Relationships", new))
        return f"rId{n}"

    def unrelate(self, part: str, rel_id: str) -> None:
        """Remove the relationship with that id, if it is there."""
        rels = self.find(rels_name(part))
        if rels is None:
            return
        entry = _entry(b"Relationship", b"Id", rel_id.encode())
        self.write(rels, entry.sub(b"", self.read(rels)))

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
            self._drop_override(part)
            new = f'Override PartName="/{escape(part)}" ContentType="{content_type}"'
            self.write(CONTENT_TYPES, append_child(self.read(CONTENT_TYPES), "Types", new))

    def declare_default(self, extension: str, content_type: str) -> None:
        """Give an extension its content type, unless it has one."""
        data = self.read(CONTENT_TYPES)
        if not re.search(rb"Extension\s*=\s*[\"']%s[\"']" % extension.encode(), data, re.I):
            new = f'Default Extension="{extension}" ContentType="{content_type}"'
            self.write(CONTENT_TYPES, append_child(data, "Types", new, first=True))

    def _drop_override(self, part: str) -> None:
        data = self.read(CONTENT_TYPES)
        new = _entry(b"Override", b"PartName", b"/" + part.encode(), re.I).sub(b"", data)
        if new != data:
            self.write(CONTENT_TYPES, new)

    def free_name(self, pattern: str) -> str:
        """Lowest numbered part name of "xl/charts/chart{}.xml" that is not taken in the plan."""
        n = 1
        while pattern.format(n) in self:
            n += 1
        return pattern.format(n)


def _entry(
    element: bytes, attribute: bytes, value: bytes, flags: re.RegexFlag = re.NOFLAG
) -> re.Pattern[bytes]:
    return re.compile(_ENTRY % (element, attribute, re.escape(value), element), flags)


def append_child(data: bytes, root: str, child: str, *, first: bool = False) -> bytes:
    """XML bytes with an empty element added as the last (or first) child of the root.

    The child takes the root's prefix; a root that closes itself is opened.
    """
    m = re.search(rb"<((?:[\w.-]+:)?)%s(?=[\s/>])[^>]*>" % root.encode(), data)
    if m is None:
        raise ValueError(f"no <{root}>")
    prefix, tag = m[1], m[0]
    element = b"<" + prefix + child.encode() + b"/>"
    if tag.endswith(b"/>"):
        body = tag[:-2] + b">" + element + b"</" + prefix + root.encode() + b">"
        return data[: m.start()] + body + data[m.end() :]
    at = m.end() if first else data.rindex(b"</" + prefix + root.encode())
    return data[:at] + element + data[at:]
