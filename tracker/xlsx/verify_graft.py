"""The proof of a grafted sheet: it is the donor's, byte for byte, but for indices and names.

An index into the formats or the shared strings is another number in the host; it must mean there
what it meant in the donor.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tracker.opc.package import Package
from tracker.opc.parts import RELS_TYPE, rels_name
from tracker.xlsx import graft, markup
from tracker.xlsx.styles import Styles
from tracker.xlsx.verify_cell import without
from tracker.xlsx.verify_sheet import claim

_INDEX = re.compile(
    rb'(<(?:c|row|col)\s[^<>]*?\s(?:s|style)=")(\d+)|(\s\w*[dD]xfId=")(\d+)(?=[^<>]*>)|'
    rb'(\st="s"><v>)(\d+)'
)
"""Before and index: of a cell format, of a differential format, of a shared string."""
Alike = Callable[[int, int], bool]
"""(index in the donor, index in the host) -> whether they mean the same."""
_POINTS = {b"fontId": b"fonts", b"fillId": b"fills", b"borderId": b"borders"}


class GraftProof:
    """Holds what became of one donor against the donor.

    Attributes:
        found: the host's parts that come from the donor, with the content type they must have.
    """

    def __init__(
        self, donor: graft.Donor, host: Package, styles: Styles, same_text: Alike, *, strict: bool
    ) -> None:
        self.donor, self.host, self.strict = donor, host, strict
        self.found: dict[str, str] = {}
        self._names: dict[str, str] = {}
        own = donor.styles

        def meaning(mine: int, theirs: int) -> bool:
            return mine == theirs == 0 or _meaning(own, mine) == _meaning(styles, theirs)

        def difference(mine: int, theirs: int) -> bool:
            return _item(own, b"dxfs", mine) == _item(styles, b"dxfs", theirs)

        self._equal: tuple[Alike, ...] = (meaning, difference, same_text)

    def run(self, part: str) -> None:
        """ProofError where the sheet or what hangs on it is not what the donor has."""
        self._part(self.donor.part, part)

    def _part(self, source: str, target: str) -> None:
        self._names[source] = target
        self.found[target] = self.donor.package.content_type(source)
        claim(target in self.host, f"{target} is not there")
        mine = graft.dialect(self.donor.read(source), strict=self.strict)
        theirs, sheet = self.host.read(target), source == self.donor.part
        if sheet:
            mine, theirs = (d.replace(b' tabSelected="1"', b"") for d in (mine, theirs))
        if sheet or self.found[target].endswith("table+xml"):
            mine, theirs = self._alike(target, mine, theirs)
        claim(mine == theirs, f"{target} is not the donor's")
        self._hanging(source, target)

    def _alike(self, target: str, mine: bytes, theirs: bytes) -> tuple[bytes, bytes]:
        """Both parts without their indices, which must mean the same."""
        (mine, before), (theirs, after) = _masked(mine), _masked(theirs)
        claim([k for k, _ in before] == [k for k, _ in after], f"{target}: its formats and texts")
        for (kind, a), (_, b) in dict.fromkeys(zip(before, after, strict=True)):
            claim(self._equal[kind](a, b), f"{target}: index {b} does not mean what {a} meant")
        return mine, theirs

    def _hanging(self, source: str, target: str) -> None:
        mine = self.donor.package.relationships(source)
        theirs = self.host.relationships(target)
        if mine:
            self.found[rels_name(target)] = RELS_TYPE
        claim([r.id for r in mine] == [r.id for r in theirs], f"{target}: its relationships")
        for a, b in zip(mine, theirs, strict=True):
            kind = graft.dialect(a.type.encode(), strict=self.strict).decode()
            there = self._names.get(a.target) if not a.external else a.target
            alike = (kind, a.external) == (b.type, b.external) and there in (None, b.target)
            claim(alike, f"{target}: its {a.kind} {b.target} is not there")
            if there is None:
                self._part(a.target, b.target)


def _masked(data: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """A part without its indices, and those with their kind; the id of a table is one's own."""
    found: list[tuple[int, int]] = []

    def mask(m: re.Match[bytes]) -> bytes:
        last = m.lastindex or 2
        found.append((last // 2 - 1, int(m[last])))
        return m[last - 1]

    data = re.sub(rb'(<table\s[^<>]*?\sid=")\d+', rb"\1", data, count=1)
    return _INDEX.sub(mask, data), found


def _item(styles: Styles, collection: bytes, index: int) -> bytes:
    """An item of a style sheet without its prefix. IndexError where there is none."""
    item, p = styles.items(collection)[index], styles.prefix
    return item.replace(b"<" + p, b"<").replace(b"</" + p, b"</") if p else item


def _meaning(styles: Styles, index: int) -> tuple[object, ...]:
    """A cell format with what its ids stand for."""
    xf = _item(styles, b"cellXfs", index)
    tag = xf[: xf.index(b">") + 1]
    parts = [_item(styles, c, int(markup.get(tag, n) or 0)) for n, c in _POINTS.items()]
    code, number = styles.number_format(index), int(markup.get(tag, b"numFmtId") or 0)
    shown = number if code in ("", "?") and number < 164 else code
    return (*parts, shown, without(xf, b"numFmtId", b"xfId", *_POINTS))
