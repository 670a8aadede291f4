"""The proof of the package: its members, their content types, their relationships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES, RELS_TYPE, parse_xml, rels_name
from tracker.xlsx import book_xml
from tracker.xlsx.verify_sheet import claim


def touched_parts(
    before: Package, after: Package, planned: Collection[str | None], may_go: Collection[str]
) -> set[str]:
    """Parts that are new or hold something else than before.

    ProofError where the order differs, a part is gone that may not go, or another one than those
    of the plan changed.
    """
    kept = [n for n in before if n in after]
    claim(kept == [n for n in after if n in before], "the order of the parts")
    touched = {n for n in after if n not in before}
    for name in before:
        if name not in after:
            claim(name in may_go, f"part {name} is gone")
        elif before.raw(name) != after.raw(name):
            claim(name in planned, f"part {name} changed")
            touched.add(name)
    folders = {m.name for m in before.zip.members if m.name.endswith("/")}
    claim(folders <= {m.name for m in after.zip.members}, "folders are gone")
    return touched


def prove_well_formed(name: str, data: bytes) -> None:
    """ProofError for a part that is no XML, or uses a prefix that stands for nothing."""
    if name.endswith((".xml", ".rels", ".vml")):
        try:
            expat.ParserCreate(namespace_separator=" ").Parse(data, True)
        except expat.ExpatError as e:
            raise ProofError(why=f"{name}: not well-formed ({e})") from e


def prove_types(before: Package, after: Package, fresh: Mapping[str, str]) -> None:
    """ProofError unless each part has the content type that it had, or that `fresh` names."""
    was, now = (list(_types(p.read(CONTENT_TYPES))) for p in (before, after))
    old, new = dict(reversed(was)), dict(reversed(now))
    for name in after:
        wanted = fresh.get(name) or _type_of(old, name)
        if name.endswith(".rels"):
            wanted = wanted or (_type_of(new, name) and RELS_TYPE)
        claim(_type_of(new, name) == wanted, f"the content type of {name}")
    gone = {"/" + n.lower() for n in before if n not in after}
    lost = [k for k in old if k not in new and k not in gone]
    claim(not lost, f"{CONTENT_TYPES}: entries are gone: {lost[:3]}")
    twice = _doubled([k for k, _ in was], [k for k, _ in now])
    claim(not twice, f"{CONTENT_TYPES}: {twice} stand twice")


def _doubled(was: Collection[str], now: Collection[str]) -> list[str]:
    """What stands more than once now, and more often than before."""
    before = Counter(was)
    return [key for key, n in Counter(now).items() if n > max(1, before[key])]


def _types(data: bytes) -> Iterator[tuple[str, str]]:
    """What content types are declared for: "/part" or "extension", in lower case, and the type."""
    for e in parse_xml(data):
        if isinstance(e.tag, str):
            key = e.get("PartName") or e.get("Extension") or ""
            yield key.lower(), e.get("ContentType") or ""


def _type_of(types: Mapping[str, str], name: str) -> str | None:
    return types.get("/" + name.lower()) or types.get(name.rpartition(".")[2].lower())


@dataclass
class RelationshipsProof:
    """Relationships are gone with their parts alone; what is new leads to new parts.

    Attributes:
        before, after: the two packages.
        gone: parts that may go.
        fresh: content types of the parts that were made as a whole.
        xml: the workbook part, whose dialect is asked for.
    """

    before: Package
    after: Package
    gone: Collection[str]
    fresh: Mapping[str, str]
    xml: bytes

    def run(self, part: str, dropped: Collection[str]) -> None:
        """ProofError where a relationship of `part` is gone, or one is new that was not planned.

        Those go whose ids are `dropped`, and those of parts that may go.
        """
        was, now = (p.relationships(part) for p in (self.before, self.after))
        kept = [r for r in was if r in now and r.id not in dropped]
        lost = [r for r in was if r not in now and (r.external or r.target not in self.gone)]
        lost = [r for r in lost if not (r.kind == "calcChain" and r.target not in self.after)]
        claim(not lost, f"{rels_name(part)}: entries are gone: {lost[:3]}")
        claim(now[: len(kept)] == kept, f"{rels_name(part)}: the order of the entries")
        hang = [r for r in kept if not r.external and r.target in self.before]
        claim(all(r.target in self.after for r in hang), f"{rels_name(part)}: parts are missing")
        for r in now[len(kept) :]:
            kind = self.fresh.get(r.target, "").rpartition(".")[2].removesuffix("+xml")
            alike = kind.replace("-", "").lower() == r.kind.replace("-", "").lower()
            right = r.type == book_xml.relationship_type(self.xml, r.kind) and not r.external
            claim(alike and right, f"{rels_name(part)}: {r.kind} {r.target} is not planned")
        twice = _doubled([r.id for r in was], [r.id for r in now])
        claim(not twice, f"{rels_name(part)}: {twice} stand twice")
