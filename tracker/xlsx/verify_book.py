"""The proof of what all sheets share: the workbook part, the style sheet, the calculation chain."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from tracker.xlsx import book_xml, markup
from tracker.xlsx.styles import ORDER, Styles
from tracker.xlsx.verify_sheet import claim

_GROWING = tuple(c for c in ORDER if c not in (b"tableStyles", b"colors", b"extLst"))
Name = tuple[str, int | None]
"""A defined name in lower case, and the sheet that it is local to."""


class BookPlan(NamedTuple):
    """What may differ in a workbook part.

    Attributes:
        dropped: sheets that are to be gone.
        added: sheets that are to come, with their state, in their order.
        names: texts of names that are set.
        grafted: indices of grafted sheets, whose print names are the donor's.
        calculated: whether formulas have to be calculated afresh.
    """

    dropped: Collection[str]
    added: list[tuple[str, str]]
    names: Mapping[Name, str]
    grafted: Collection[int]
    calculated: bool


def prove_workbook(old: bytes, new: bytes, plan: BookPlan) -> None:
    """ProofError where a workbook part differs in anything that the plan does not name."""
    was, now = book_xml.sheets(old), book_xml.sheets(new)
    kept = [s for s in was if s.name not in plan.dropped]
    tags = [t for t, s in zip(_tags(old, b"sheet"), was, strict=True) if s in kept]
    claim(_tags(new, b"sheet")[: len(kept)] == tags, "the sheets of the workbook")
    claim([(s.name, s.state) for s in now[len(kept) :]] == plan.added, "the added sheets")
    ids, free = [s.id for s in now], {s.id for s in kept}
    claim(len({*ids} - free) == len(plan.added), "the ids of the added sheets")
    _prove_names(old, new, {was.index(s): i for i, s in enumerate(kept)}, plan)
    _prove_views(old, new, len(now), plan)
    claim(_frame(old) == _frame(new), "the workbook part")


def _tags(xml: bytes, name: bytes) -> list[bytes]:
    p = re.escape(markup.prefix_of(xml, b"workbook"))
    return re.findall(rb"<%b%b(?=[\s/>])%b>" % (p, name, markup.ATTRIBUTES), xml)


def _named(xml: bytes) -> list[tuple[Name, bytes, str]]:
    """Names with their start tags, the index of the sheet apart, and their texts."""
    tags = [t for t in _tags(xml, b"definedName") if not t.endswith(b"/>")]
    return [
        ((n.name.lower(), n.sheet), re.sub(rb"\slocalSheetId\s*=\s*[\"']\d+[\"']", b"", t), n.text)
        for n, t in zip(book_xml.names(xml), tags, strict=True)
    ]


def _prove_names(old: bytes, new: bytes, moved: Mapping[int, int], plan: BookPlan) -> None:
    now, at, left = _named(new), 0, dict(plan.names)
    for (name, sheet), tag, text in _named(old):
        if sheet is not None and sheet not in moved:
            continue
        key = (name, None if sheet is None else moved[sheet])
        if key[1] in plan.grafted and name.startswith("_xlnm."):
            continue
        wanted = left.pop(key, text)
        claim(now[at : at + 1] and now[at][:2] == (key, tag), f"the defined name {name}")
        lost = wanted == text and plan.dropped and "#REF!" in now[at][2]
        claim(now[at][2] == wanted or lost, f"the defined name {name}")
        at += 1
    claim({n: text for n, _, text in now[at:]} == left, "the added names")
    claim(len(now) - at == len(left), "the added names")


def _prove_views(old: bytes, new: bytes, sheets: int, plan: BookPlan) -> None:
    """Tabs in sight, and the flag that lets formulas be calculated afresh."""
    views = _tags(new, b"workbookView")
    if plan.dropped:
        shown = (markup.get(v, n) for v in views for n in (b"activeTab", b"firstSheet"))
        claim(all(int(n or 0) < sheets for n in shown), "the active tab")
    else:
        claim(views == _tags(old, b"workbookView"), "the views of the workbook")
    was, now = _tags(old, b"calcPr"), _tags(new, b"calcPr")
    prefix = markup.prefix_of(old, b"workbook")
    flagged = [markup.put(t, b"fullCalcOnLoad", b"1") for t in was or [b"<%bcalcPr/>" % prefix]]
    set_already = any(markup.get(t, b"fullCalcOnLoad") in (b"1", b"true") for t in was)
    claim(now == flagged or (now == was and (set_already or not plan.calculated)), "its calcPr")


def _frame(xml: bytes) -> bytes:
    """A workbook part without what a plan may change; each of that is looked at by itself."""
    p = re.escape(markup.prefix_of(xml, b"workbook"))
    changing = (
        rb"<%bdefinedName(?=\s)%b(?<!/)>[^<]*</%bdefinedName>|</?%bdefinedNames\s*/?>|"
        rb"<%b(?:calcPr|sheet|workbookView)(?=[\s/>])%b>|</%bsheet>"
    ) % (p, markup.ATTRIBUTES, p, p, p, markup.ATTRIBUTES, p)
    return re.sub(rb">\s+<", b"><", re.sub(changing, b"", xml)).replace(b"> <", b"><")


def prove_styles(was: Styles, now: Styles) -> None:
    """ProofError where a style sheet has anything but more items, rightly counted and placed."""
    data, root = now.data, markup.find_tag(was.data, was.prefix + b"styleSheet")
    for c in _GROWING:
        first, later = len(was.items(c)), now.items(c)
        if len(later) > first:
            told = markup.get(markup.start_tag(now.data, now.prefix + c)[0], b"count")
            claim(told == b"%d" % len(later), f"styles: count of {c.decode()}")
            data = _cut(data, was, c, b"".join(later[first:]))
    before = was.data
    if root and root[0].endswith(b"/>") and data != before:
        opened = root[0][:-2].rstrip() + b"></" + was.prefix + b"styleSheet>"
        before = before[: root.start()] + opened + before[root.end() :]
    claim(data == before, "styles: more than added formats")
    ids = [markup.get(i, b"numFmtId") for i in now.items(b"numFmts")]
    new = ids[len(was.items(b"numFmts")) :]
    claim(all(ids.count(i) == 1 for i in new), "styles: ids of number formats")
    places = [m.start() for c in _GROWING if (m := markup.find_tag(now.data, now.prefix + c))]
    claim(places == sorted(places), "styles: order of the collections")


def _cut(data: bytes, was: Styles, collection: bytes, added: bytes) -> bytes:
    """A style sheet without the items that a collection gained, its tag as it was."""
    name = was.prefix + collection
    m, old = markup.find_tag(data, name), markup.find_tag(was.data, name)
    assert m is not None
    close = b"</" + name + b">"
    end = data.index(close, m.end())
    claim(data.endswith(added, m.end(), end), f"styles: {collection.decode()}")
    inner, rest = data[m.end() : end - len(added)], data[end + len(close) :]
    if old is None:
        return data[: m.start()] + inner + rest
    if old[0].endswith(b"/>"):
        return data[: m.start()] + old[0] + inner + rest
    return data[: m.start()] + old[0] + inner + close + rest


def chained(chain: bytes | None) -> list[tuple[int, str]]:
    """Sheet id and cell of each entry of a calculation chain."""
    found, sheet = [], 0
    for tag in re.findall(rb"<(?:[\w.-]+:)?c(?=\s)[^>]*>", chain or b""):
        sheet = int(markup.get(tag, b"i") or sheet)
        found.append((sheet, (markup.get(tag, b"r") or b"").decode()))
    return found
