"""Which shared strings the cells of a workbook refer to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from tracker.opc.parts import parse_xml
from tracker.xlsx import markup

if TYPE_CHECKING:
    from tracker.opc.package import Package

_USUAL = re.compile(rb' t="s"><(?:[\w.-]+:)?v>(\d+)<')


def uses(sheet: bytes) -> list[bytes]:
    """Indices in digits that the cells of a sheet refer to, one a cell.

    A miss would let a text in use be overwritten; so where anything looks unlike what nearly
    all programs write, the sheet is parsed.
    """
    sheet = markup.plain_utf8(sheet)
    found = _USUAL.findall(sheet)
    if len(found) == sheet.count(b'"s"') and b"'s'" not in sheet:
        return found
    return [
        b"%d" % int(v.text)
        for c in parse_xml(sheet).iter("{*}c")
        if c.get("t") == "s"
        for v in c.iter("{*}v")
        if v.text and v.text.strip().isdigit()
    ]


def sheet_parts(package: Package, book: str) -> list[str]:
    """Parts of the sheets that may hold cells, macro and dialog sheets included."""
    return [
        r.target
        for r in package.relationships(book)
        if r.kind.lower().endswith("sheet") and not r.external and r.target in package
    ]


def free_slots(package: Package, book: str, gone: Collection[str], left: Iterable[int]) -> set[int]:
    """Which shared strings are anybody's: those that only the sheet parts of `gone` refer to.

    `left` are slots that an earlier plan emptied; they count where no cell refers to them.
    """
    free = {int(i) for part in gone for i in set(uses(package.read(part)))} | set(left)
    for part in sheet_parts(package, book) if free else ():
        if part not in gone:
            free -= {int(i) for i in set(uses(package.read(part)))}
    return free


def count_uses(package: Package, book: str, gone: Collection[str] = ()) -> int:
    """How many cells refer to shared strings, as nearly all programs write them."""
    kept = (part for part in sheet_parts(package, book) if part not in gone)
    return sum(package.read(part).count(b' t="s"') for part in kept)
