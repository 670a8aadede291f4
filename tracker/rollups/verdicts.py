"""Findings about books as wholes, and about what several of them say (ROL701 to ROL704)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tracker.findings import Finding
from tracker.rollups.model import Book, Words
from tracker.rollups.shared import Meeting
from tracker.schema.model import Module, Schema
from tracker.schema.names import plain

_SHOWN = 6
_NONE = {"zh": "无", "en": "none"}
_OWNED: Words = {
    "zh": "代表“{owner}”已有另一个工作簿 {other}",
    "en": 'rep "{owner}" has another workbook already: {other}',
}
_LEFT_OUT: Words = {
    "zh": "代表“{owner}”的工作簿未计入：与 {other} 编号相同",
    "en": 'the workbook of rep "{owner}" is left out: it has the id of {other}',
}
_UNNAMED: Words = {
    "zh": "没有代表编号，未计入：与 {other} 编号相同而内容不同",
    "en": "no rep code, left out: it has the id of {other} and other rows",
}


def verdicts(
    books: Sequence[Book], met: Sequence[Meeting], schema: Schema, as_of: date, stale_days: int,
    conflicts: Sequence[tuple[Book, Finding]] = (), periods: Sequence[tuple[Book, Words]] = (),
) -> list[tuple[Book, Finding]]:  # fmt: skip
    """Each finding with the book it is about; severities are left to the catalogue.

    Args:
        books: the sources in order.
        met: what several owners have.
        schema: the schema that holds, whose words are told and whose version books should have.
        as_of: the day of the rollup.
        stale_days: a book last refreshed earlier than this many days before is named.
        conflicts: lists that are at odds, see `Spoken`.
        periods: books whose figures are kept by periods of another length than the team's.
    """
    taken = [b for b in books if b.taken]
    return [
        *_same_owner(taken),
        *_two_owners(books),
        *_versions(taken, schema.version),
        *conflicts,
        *_shared(met, schema.modules),
        *_stale(taken, as_of, stale_days),
        *((book, Finding("ROL704", "", facts={"what": words})) for book, words in periods),
    ]


def _same_owner(books: Sequence[Book]) -> Iterator[tuple[Book, Finding]]:
    """ROL701: two workbooks of one owner that are not copies of each other."""
    first: dict[str, Book] = {}
    for book in books:
        known = first.setdefault(book.who, book)
        if known is not book:
            yield book, two_books(book.owner, known.name)


def _two_owners(books: Sequence[Book]) -> Iterator[tuple[Book, Finding]]:
    """ROL701: a copy that is not its first's owner's, whose rows nobody else has perhaps.

    Where neither says whose it is they may be of two owners who began with one file.
    """
    for book in books:
        first = book.of
        if first is None or book.head is None or first.head is None:
            continue
        if plain(book.head.owner) != plain(first.head.owner):
            yield book, two_books(book.owner, f"{first.name} ({first.owner})", _LEFT_OUT)
        elif not book.head.owner and book.head.digest != first.head.digest:
            yield book, two_books("", first.name, _UNNAMED)


def two_books(owner: str, other: str, what: Words = _OWNED) -> Finding:
    """ROL701 of a workbook of `owner`, with the name of the other one."""
    said = {lang: text.format(owner=owner, other=other) for lang, text in what.items()}
    return Finding("ROL701", "", facts={"what": said})


def _versions(books: Sequence[Book], version: str) -> Iterator[tuple[Book, Finding]]:
    """ROL702: a book that was last refreshed with another version of the schema."""
    for book in books:
        if book.head and book.head.version not in ("", version):
            facts = {"what": book.head.version, "other": version}
            yield book, Finding("ROL702", "", value=book.head.version, facts=facts)


def _shared(
    met: Sequence[Meeting], modules: Mapping[str, Module]
) -> Iterator[tuple[Book, Finding]]:
    """ROL703: one finding for each thing, at the first row of the second owner."""
    things: dict[tuple[str, str, tuple[str, ...]], list[Meeting]] = {}
    for m in met:
        things.setdefault((m.module, m.kind, m.about), []).append(m)
    for (module, _, _), same in things.items():
        seen = [pair for m in same for pair in m.seen]
        first = seen[0][0].who
        book, mine = next((b, s) for b, s in seen if b.who != first)
        owners = list(dict.fromkeys(b.owner for b, _ in seen))
        differ = dict.fromkeys(f for m in same for f in m.differ)
        facts = {
            "others": _few(owners),
            "count": len(same),
            "differ": _labels(modules[module], differ),
        }
        assert book.head is not None
        what = " ".join(filter(None, mine.said[: mine.told]))
        sheet = book.head.sheets[module]
        yield book, Finding("ROL703", sheet, module, None, mine.row, None, None, what, facts)


def _labels(module: Module, fields: Iterable[str]) -> Words:
    """Fields as their headers say them."""
    columns = [module.by_name[f] for f in fields]
    return {lang: _few(c.label(lang) for c in columns) or none for lang, none in _NONE.items()}


def _few(texts: Iterable[str]) -> str:
    every = list(texts)
    return ", ".join(every[:_SHOWN]) + (", …" if len(every) > _SHOWN else "")


def _stale(books: Sequence[Book], as_of: date, days: int) -> Iterator[tuple[Book, Finding]]:
    """ROL704: not refreshed for long, or never."""
    for book in books:
        refreshed = book.head.refreshed if book.head else ""
        if not refreshed or (as_of - date.fromisoformat(refreshed)).days > days:
            since = {"zh": refreshed or "从未", "en": refreshed or "never"}
            zh, en = (
                f"数据较旧，最近一次刷新: {since['zh']}",
                f"it is old; last refreshed: {since['en']}",
            )
            facts = {"what": {"zh": zh, "en": en}}
            yield book, Finding("ROL704", "", value=refreshed or None, facts=facts)
