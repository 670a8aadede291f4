"""A note at every faulty cell, on request, as a part of a refresh's plan.

A note is the program's own where it says what the last refresh left: the state keeps a mark of each.
So a note that somebody wrote on is that person's and stays. The author cannot tell, since
LibreOffice forgets it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracker.api.session import Session
from tracker.book.locate import Place
from tracker.checks.catalogue import hint, message
from tracker.findings import RANK, Finding

MOST = 300  # notes a sheet; a person reads fewer
AUTHOR = "tracker"
_KEY = "notes."
_WORTH = frozenset({"error", "warning"})
_TOLD = 3  # findings a note
_MARK = 8


class Unnoted(NamedTuple):
    """Faulty cells of a sheet that get no note: too many, or the sheet's notes are `odd`."""

    sheet: str
    cells: int
    odd: bool


def plan_notes(
    session: Session, findings: Iterable[Finding]
) -> tuple[dict[str, str], list[Unnoted]]:
    """Plan the notes of every table's sheet, or that there are none of the program's.

    Returns what the state's `meta` is to remember of them, and where cells get none.
    """
    by_module: dict[str, list[Finding]] = {}
    for f in findings if session.config.notes else ():
        if f.module and f.row and f.column and f.severity in _WORTH:
            by_module.setdefault(f.module, []).append(f)
    marks, unnoted = dict[str, str](), list[Unnoted]()
    for name, place in session.places.items():
        key = _KEY + name
        known, wanted = session.state.meta.get(key, ""), _texts(session, by_module.get(name, ()))
        if known or wanted:
            kept, left = _plan(place, wanted, known)
            marks |= {key: kept} if kept else {}
            unnoted += [left] if left.cells else []
    return marks, unnoted


def _plan(place: Place, wanted: Mapping[tuple[int, int], str], known: str) -> tuple[str, Unnoted]:
    sheet = place.sheet
    marks = {known[i : i + _MARK] for i in range(0, len(known), _MARK)}
    notes = sheet.notes
    mine = {p for p, n in notes.items() if _mark(n.text) in marks}
    free = [p for p in wanted if p in mine or not (p in notes or sheet.blocked.at(*p))]
    chosen = {p: wanted[p] for p in free[:MOST]}
    try:
        sheet.put_notes(AUTHOR, chosen, mine)
    except ValueError:
        return known, Unnoted(sheet.name, len(free), odd=True)
    kept = "".join(sorted({_mark(text) for text in chosen.values()}))
    return kept, Unnoted(sheet.name, len(free) - len(chosen), odd=False)


def _mark(text: str) -> str:
    """Digest of a note's text, whatever a program makes of its white space."""
    return f"{zlib.crc32(' '.join(text.split()).encode()):0{_MARK}x}"


def _texts(session: Session, findings: Sequence[Finding]) -> dict[tuple[int, int], str]:
    """What is to stand at each cell, the gravest first; without personal values."""
    cells: dict[tuple[int, int], list[str]] = {}
    schema, lang = session.schema, session.lang
    for f in sorted(findings, key=lambda f: RANK[f.severity]):
        said, do = (say(f, schema, lang, show=False) for say in (message, hint))
        text = f"{f.code} {said}\n{do}"
        cells.setdefault((f.row or 0, f.column or 0), []).append(text)
    more = {"zh": "……还有 {} 条", "en": "... and {} more"}[lang]
    return {p: _joined(list(dict.fromkeys(told)), more) for p, told in cells.items()}


def _joined(told: list[str], more: str) -> str:
    left = [more.format(len(told) - _TOLD)] if len(told) > _TOLD else []
    return "\n\n".join([*told[:_TOLD], *left])
