"""A conditional format of the program's own in a person's sheet.

It is known by a mark, a word that stands in its formula, and by nothing else: that survives what
office programs make of it. The person's rules are never touched and come before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.xlsx import markup
from tracker.xlsx.refs import Range, area

_PRIORITY = re.compile(rb"<(?:[\w.-]+:)?cfRule\s[^>]*?\spriority\s*=\s*[\"'](\d+)")
_AHEAD = (
    (b"phoneticPr",), (b"mergeCells",), (b"customSheetViews",), (b"dataConsolidate",),
    (b"autoFilter", b"sortState"),  # the second may stand inside the first
    (b"scenarios",), (b"protectedRanges",), (b"sheetProtection",), (b"sheetCalcPr",),
)  # fmt: skip
"""What stands before the conditional formats of a sheet (ECMA-376 part 1, 18.3.1.99), backwards."""


class Rule(NamedTuple):
    """Cells that get a fill where a formula holds.

    Attributes:
        where: the cells.
        formula: as for the first of them.
        fill: "FFE2B8".
        reach: the last row that must be covered; a rule that ends there or later may stay.
    """

    where: Range
    formula: str
    fill: str
    reach: int


class Found(NamedTuple):
    """A rule in the part of a sheet behind its rows: where its element and its own tag stand."""

    start: int
    end: int
    rule_start: int
    rule_end: int


def find(tail: bytes, prefix: bytes, mark: str) -> list[Found]:
    """The rules with a mark in their formula."""
    word = re.compile(rb"(?<![\w.])%b(?![\w.])" % re.escape(mark.encode()))
    if not word.search(tail):
        return []
    outer = _elements(tail, prefix + b"conditionalFormatting", 0, len(tail))
    return [
        Found(a, b, c, d)
        for a, b in outer
        for c, d in _elements(tail, prefix + b"cfRule", a, b)
        if word.search(tail, c, d)
    ]


def _elements(data: bytes, name: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = data[start:end]
    for m in markup.tags(piece, name):
        yield start + m.start(), start + markup.element_end(piece, m, name)


def without(tail: bytes, prefix: bytes, mark: str) -> bytes:
    """The part of a sheet behind its rows without the rules of a mark."""
    for found in reversed(find(tail, prefix, mark)):
        alone = len(list(_elements(tail, prefix + b"cfRule", found.start, found.end))) == 1
        start, end = found[:2] if alone else found[2:]
        tail = tail[:start] + tail[end:]
    return tail


def stands(tail: bytes, prefix: bytes, mark: str, rule: Rule, formats: int) -> bool:
    """Whether a rule is there as it should be, by itself and behind all others.

    Its fill may be another, which is a person's wish; `formats` is how many there are.
    """
    found = find(tail, prefix, mark)
    if len(found) != 1:
        return False
    element = tail[found[0].start : found[0].end]
    own = tail[found[0].rule_start : found[0].rule_end]
    tag, rule_tag = (t[: t.index(b">") + 1] for t in (element, own))
    others = tail[: found[0].start] + tail[found[0].end :]
    priority, fill = (int(markup.get(rule_tag, n) or -1) for n in (b"priority", b"dxfId"))
    text = re.search(rb"<%bformula>([^<]*)<" % re.escape(prefix), own)
    return (
        element.count(b"cfRule") == own.count(b"cfRule")
        and text is not None
        and markup.unescape_text(text[1]) == rule.formula
        and priority > last_priority(others)
        and 0 <= fill < formats
        and _reaches(markup.get(tag, b"sqref") or b"", rule)
    )


def _reaches(sqref: bytes, rule: Rule) -> bool:
    try:
        here = area(sqref.decode())
    except ValueError:
        return False
    return here[:2] == rule.where[:2] and here.covers(rule.reach, rule.where.right)


def last_priority(tail: bytes) -> int:
    """The highest number of a rule, which is the one that yields to all others."""
    return max(map(int, _PRIORITY.findall(tail)), default=0)


def fill_format(prefix: bytes, fill: str) -> bytes:
    """The differential format of a fill."""
    xml = '<{0}dxf><{0}fill><{0}patternFill><{0}bgColor rgb="FF{1}"/></{0}patternFill></{0}fill></{0}dxf>'
    return xml.format(prefix.decode(), fill).encode()


def placed(tail: bytes, prefix: bytes, rule: Rule, dxf: int) -> bytes:
    """The part of a sheet behind its rows with a rule behind all others."""
    element = (
        b'<%bconditionalFormatting sqref="%b"><%bcfRule type="expression" dxfId="%d" priority="%d">'
        b"<%bformula>%b</%bformula></%bcfRule></%bconditionalFormatting>"
    ) % (
        prefix, str(rule.where).encode(), prefix, dxf, last_priority(tail) + 1,
        prefix, markup.escape_text(rule.formula), prefix, prefix, prefix,
    )  # fmt: skip
    at = _slot(tail, prefix)
    return tail[:at] + element + tail[at:]


def _slot(tail: bytes, prefix: bytes) -> int:
    """Offset behind the last conditional format, or behind what stands before them all."""
    for names in ((b"conditionalFormatting",), *_AHEAD):
        ends = [end for n in names for _, end in _elements(tail, prefix + n, 0, len(tail))]
        if ends:
            return max(ends)
    return tail.index(b">") + 1
