"""A team of any number of workbooks: some dozens made for it, the others copied with new ids and names.

A copy is what another rep's book would be: its own workbook id, row ids, rep code, and other names
of institutions and people. Five reps after each other share theirs, as reps of one district do.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.run import new, refresh
from tracker.book.ids import ALPHABET, is_ours, make, new_workbook_id
from tracker.opc.package import Package
from tracker.schema.names import plain

ROWS = 0.5  # of the sample's size: about 2,500 rows
DISTINCT = 24
_DISTRICT = 5
_STRINGS = "xl/sharedStrings.xml"
_TEXT = re.compile(r'(?<=[>"])[^<>"@]+(?:@[^<>"@]+)?(?=[<"])')
_ID = re.compile(rf"[A-Z][{ALPHABET}]{{6,8}}")


def books(folder: Path, count: int, day: date) -> list[Path]:
    """Workbooks of reps R1001 and following, refreshed as of a day.

    What lies below `folder` from an earlier run is taken as it is.
    """
    made, copies = folder / "made", folder / "books"
    for place in (made, copies):
        place.mkdir(parents=True, exist_ok=True)
    first = [made / f"R{1 + n:03d}.xlsx" for n in range(min(count, DISTINCT))]
    for path in (b for b in first if not b.exists()):
        _make(path, day)
    found = [copies / f"R{1001 + n}.xlsx" for n in range(count)]
    for n, path in enumerate(found):
        if not path.exists():
            _copy(first[n % DISTINCT], path, n // _DISTRICT)
    return found


def _make(path: Path, day: date) -> None:
    part = path.with_name("part.xlsx")
    new(part, sample=True, rep=path.stem, size=ROWS, config=Config())
    refresh(part, day, Config())
    part.rename(path)


def _copy(of: Path, path: Path, district: int) -> None:
    """The book `of` as that of another rep, refreshed likewise: only texts and ids are exchanged."""
    package = Package(of.read_bytes())
    state, old, names = _known(of)
    own, town = new_workbook_id(path.stem), make(new_workbook_id("district"), "D", district)
    said = {of.stem: path.stem, old: own}

    def other(found: re.Match[str]) -> str:
        text = found[0]
        if text not in said:
            drawn = _ID.fullmatch(text) and is_ours(text, text[0])
            parts = [p + town if plain(p) in names else p for p in text.split("@")]
            said[text] = make(own, text[0], len(said)) if drawn else "@".join(parts)
        return said[text]

    for part in (_STRINGS, state):
        text = package.read(part).decode()
        package.write(part, _TEXT.sub(other, text).encode())
    path.write_bytes(package.to_bytes())


@lru_cache(maxsize=DISTINCT)
def _known(path: Path) -> tuple[str, str, frozenset[str]]:
    """Of a book that is copied: the part of its hidden sheet, its id, names in compared form."""
    book = Book(path)
    package = book.session.book.package
    sheets = (p for p in package if p.startswith("xl/worksheets/sheet"))
    state = next(p for p in sheets if b'{"meta"' in package.read(p)[:1000])
    people = book.modules["customers"]["customer_name"].dropna()
    places = book.session.ctx.lists["institutions"].by_spelling
    names = frozenset(map(plain, [*people, *places, *places.values()]))
    return state, book.session.workbook_id, names
