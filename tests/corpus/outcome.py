"""What becomes of one workbook: handled, refused with a reason, or a fault of ours."""

from __future__ import annotations

import contextlib
import zipfile

from lxml import etree

from tests.corpus import parts
from tests.corpus.place import Place, free_place
from tests.corpus.plans import NUMBER, SHEET, STEPS, applied, planned, same, undone
from tracker.errors import RefusedError, SignedError, UnsuitableFileError
from tracker.xlsx import Workbook

HANDLED, SIGNED = "handled", "refused:signature"
_KINDS = {
    "encrypted": "password", "old .xls": "xls", ".xlsb": "xlsb", "declares a DTD": "dtd",
    "cut off or damaged": "damaged", "Bad CRC": "damaged", "Start tag": "damaged",
    "not a workbook": "no-workbook", "without a workbook": "no-workbook", "zip bomb": "bomb",
    "stands twice in the package": "part-twice", "unsafe part name": "part-name",
    "unreadable XML": "prolog", "does not agree": "crooked-zip", "test version": "beta",
    "rows are out of order": "rows-out-of-order", "a row stands twice": "row-twice",
    "cells of row": "cells-out-of-order", "two sheets share": "shared-part",
}  # fmt: skip
"""Words of a message -> the kind under which the ledger has it."""


def outcome(data: bytes) -> str:
    """ "handled", "refused:KIND", or "fault: WHAT" with the first thing that was wrong."""
    try:
        return _tried(data)
    except (UnsuitableFileError, RefusedError) as e:
        lines = str(e).splitlines()
        return f"refused:{kind(str(e))}" if len(lines) == 1 else "fault: a message of many lines"
    except Exception as e:  # noqa: BLE001 - whatever it is, it is a fault of this file
        return f"fault: {type(e).__name__}: {' '.join(str(e).split())[:300]}"


def kind(message: str) -> str:
    """The kind of a refusal; "odd" for a workbook that is written in a way of its own."""
    return next((k for words, k in _KINDS.items() if words in message), "odd")


def _tried(data: bytes) -> str:
    book = Workbook(data)
    place = free_place(book)
    if place is None:
        return "refused:no-place"
    for step in STEPS:
        _step(data, step, book, place)
    return _signed(book, place) if book.is_signed else HANDLED


def _signed(book: Workbook, place: Place) -> str:
    """All can be done to a signed workbook too, but only when that is asked for."""
    book.sheet(place.sheet).set(place.cells[0], NUMBER)
    try:
        book.to_bytes()
    except SignedError:
        return SIGNED
    raise AssertionError("a signature is broken without a word")


def _step(data: bytes, step: str, book: Workbook, place: Place) -> None:
    new = applied(data, step, place)
    target = book.sheet(place.sheet).part
    check_members(data, new, book, {target} if step != "sheet" else set())
    again = Workbook(new)
    for (sheet, cell), value in planned(step, place).items():
        found = again.sheet(sheet).get(cell)
        assert same(found, value, date1904=book.date1904), f"{step}: {cell} is {found!r}"
    assert applied(new, step, place) == new, f"{step}: the same plan again changes something"
    back = undone(new, step, place)
    check_members(data, back, book, {target})
    check_undone(data, back, book, place)


def check_members(before: bytes, after: bytes, book: Workbook, planned: set[str]) -> None:
    """Nothing gone, the same order, and the same bytes where no plan says otherwise."""
    was, now = list(parts.records(before)), list(parts.records(after))
    chain = book.package.related(book.part, "calcChain")
    kept = [n for n in now if n in was]
    assert kept == [n for n in was if n in now], "the order of the members"
    assert set(was) - set(now) <= {chain}, f"members gone: {set(was) - set(now)}"
    free = planned | {book.part, f"{_folder(book.part)}_rels/{_base(book.part)}.rels"}
    free |= {"[Content_Types].xml", chain or ""}
    free |= {book.package.related(book.part, k) or "" for k in ("styles", "sharedStrings")}
    other = {
        n for n in parts.differing(before, after) if n.lower() not in {f.lower() for f in free}
    }
    assert not other, f"members changed: {sorted(other)}"


def _folder(part: str) -> str:
    return part[: part.rfind("/") + 1]


def _base(part: str) -> str:
    return part.rsplit("/", 1)[-1]


def check_undone(before: bytes, after: bytes, book: Workbook, place: Place) -> None:
    """After all is taken back the workbook means what it meant.

    A date that is cleared leaves its format behind, as every cleared cell does.
    """
    was, now, target = book.package, Workbook(after).package, book.sheet(place.sheet).part
    a, b = (etree.fromstring(p.read(target), parts.PARSER) for p in (was, now))
    old, new = parts.cells(a), parts.cells(b)
    changed = {k for k in {*old, *new} if old.get(k) != new.get(k)}
    changed -= {k for k in place.keys if k not in old and parts.is_blank(new.get(k, b""))}
    assert not changed, f"undone: cells differ: {sorted(changed)[:3]}"
    assert parts.around(a) == parts.around(b), "undone: something around the rows differs"
    a, b = (etree.fromstring(p.read(book.part), parts.PARSER) for p in (was, now))
    assert parts.settings(a) == parts.settings(b), "undone: the workbook part differs"
    left = {n for n in now if n not in was} - {_new(book, "styles"), _new(book, "sharedStrings")}
    assert not left, f"undone: parts are left: {sorted(left)}"
    assert SHEET not in Workbook(after).sheet_names
    _check_texts(book, after)
    _check_formats(book, after)


def _new(book: Workbook, kind: str) -> str:
    return f"{_folder(book.part)}{kind}.xml"


def _check_texts(book: Workbook, after: bytes) -> None:
    part = book.package.related(book.part, "sharedStrings")
    if part is None:
        return
    used = set[int]()
    for name in book.worksheet_names:
        with contextlib.suppress(etree.XMLSyntaxError, zipfile.BadZipFile):
            sheet = book.package.read(book.sheet(name).part)
            used |= set(parts.indices(etree.fromstring(sheet, parts.PARSER)))
    now = Workbook(after).package
    roots = (etree.fromstring(p.read(part), parts.PARSER) for p in (book.package, now))
    old, new = (parts.items(r, "") for r in roots)
    lost = [i for i in used if i < len(old) and (i >= len(new) or old[i] != new[i])]
    assert not lost, f"undone: shared strings differ: {lost[:3]}"


def _check_formats(book: Workbook, after: bytes) -> None:
    part = book.package.related(book.part, "styles")
    if part is None:
        return
    now = Workbook(after).package
    a, b = (etree.fromstring(p.read(part), parts.PARSER) for p in (book.package, now))
    for group in ("fonts", "fills", "borders", "numFmts", "cellXfs", "cellStyleXfs", "dxfs"):
        old, new = parts.items(a, group), parts.items(b, group)
        assert new[: len(old)] == old, f"undone: {group} differ"
