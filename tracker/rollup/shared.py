"""Rows that stand in the books of several owners: found, held side by side, never merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.rollup.model import Book, Sighting
from tracker.rollup.settings import Shared
from tracker.schema.model import Module
from tracker.schema.names import plain

if TYPE_CHECKING:
    import pandas as pd

_KEY = "_key"


def sightings(
    frames: Mapping[str, pd.DataFrame], valid: Mapping[str, pd.Series],
    modules: Mapping[str, Module], wanted: Sequence[Shared],
) -> tuple[Sighting, ...]:  # fmt: skip
    """The rows of one book that other owners may have too.

    Args:
        frames: the book's modules, with resolved references under `<field>_key`.
        valid: whether each row has no error.
        modules: their descriptions.
        wanted: what makes rows the same thing.
    """
    found = (
        s for w in wanted if w.module in frames for s in _seen(frames, valid[w.module], modules, w)
    )
    return tuple(found)


def _seen(
    frames: Mapping[str, pd.DataFrame], valid: pd.Series, modules: Mapping[str, Module],
    wanted: Shared,
) -> Iterator[Sighting]:  # fmt: skip
    frame, module = frames[wanted.module], modules[wanted.module]
    if any(k not in frame for k in wanted.key[:1]):
        return
    names = _names(frames, modules)
    keys = [_spelt(frame, k, names) if k in frame else [""] * len(frame) for k in wanted.key]
    compared = [c for c in wanted.compare if c in frame]
    values = [frame[c].tolist() for c in compared]
    holds = [(frame[f].tolist(), codes) for f, codes in wanted.when.items() if f in frame]
    sound = valid.tolist()
    for i, (row, ident) in enumerate(zip(frame.index, frame[module.id_field], strict=True)):
        if all(have[i] in codes for have, codes in holds):
            facts = {c: v[i] for c, v in zip(compared, values, strict=True)}
            key = tuple(k[i] for k in keys)
            yield Sighting(module.name, int(row), str(ident), key, wanted.told, facts, sound[i])


def _names(frames: Mapping[str, pd.DataFrame], modules: Mapping[str, Module]) -> dict[str, str]:
    """What names each row of the modules that have names, by its id."""
    found: dict[str, str] = {}
    for name, frame in frames.items():
        label, qualifier = modules[name].label_field, modules[name].qualifier_field
        if label is not None and label in frame and modules[name].by_name[label].ref is None:
            places = frame.get(f"{qualifier}{_KEY}", frame.get(qualifier or ""))
            beside = [None] * len(frame) if places is None else places
            rows = zip(frame[modules[name].id_field], frame[label], beside, strict=True)
            found |= {i: f"{text_of(v)}@{text_of(p)}" for i, v, p in rows}
    return found


def _spelt(frame: pd.DataFrame, name: str, names: Mapping[str, str]) -> list[str]:
    """A column as keys compare it: canonical names of lists, names of rows instead of their ids."""
    series = frame[name + _KEY] if name + _KEY in frame else frame[name]
    return [plain(text_of(names.get(v, v) if isinstance(v, str) else v)) for v in series]


def text_of(value: Any) -> str:
    """A value as text, several joined; "" for blank."""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return "" if value is None or value != value else str(value)  # NaN is unequal to itself


@dataclass(frozen=True)
class Meeting:
    """One thing in the books of several owners.

    Attributes:
        module: where it stands.
        key: what makes it the same thing, normalised.
        seen: the books and where each has it, in order of book.
        differ: the fields that do not say the same everywhere.
    """

    module: str
    key: tuple[str, ...]
    seen: tuple[tuple[Book, Sighting], ...]
    differ: tuple[str, ...]

    @property
    def about(self) -> tuple[str, ...]:
        """The part of the key that a finding names."""
        return self.key[: self.seen[0][1].told]


def meetings(books: Sequence[Book]) -> list[Meeting]:
    """What several owners have, by equal id or equal key, in order of module and key."""
    known = spoken(books)
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[Book, Sighting]]] = {}
    by_id: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
    for book in books:
        for s in book.head.sightings if book.taken and book.head else ():
            if s.key[0]:
                own = (s.module, tuple(known.get(part, part) for part in s.key))
                group = by_id.setdefault((s.module, s.id), own)
                groups.setdefault(group, []).append((book, s))
    return [
        Meeting(module, key, tuple(seen), _differences(seen))
        for (module, key), seen in sorted(groups.items(), key=lambda g: g[0])
        if len({b.owner for b, _ in seen}) > 1
    ]


def spoken(books: Sequence[Book]) -> dict[str, str]:
    """Spelling -> canonical name, normalised, of the lists of all books; the first one wins."""
    found: dict[str, str] = {}
    for book in books:
        for names in book.head.spellings.values() if book.head else ():
            for spelling, name in names.items():
                found.setdefault(plain(spelling), plain(name))
    return found


def _differences(seen: Sequence[tuple[Book, Sighting]]) -> tuple[str, ...]:
    """Fields in which filled-in values differ; a blank says nothing."""
    fields = dict.fromkeys(f for _, s in seen for f in s.facts)
    return tuple(f for f in fields if _disagree(f, seen))


def _disagree(field: str, seen: Sequence[tuple[Book, Sighting]]) -> bool:
    return len({text_of(s.facts.get(field)) for _, s in seen} - {""}) > 1
