"""Rows that stand in the books of several owners: found, held side by side, never merged."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.book.period import PER_YEAR, holding
from tracker.rollups.model import Book, Sighting
from tracker.rollups.settings import Shared
from tracker.schema.model import Module
from tracker.schema.names import plain

if TYPE_CHECKING:
    import pandas as pd

_KEY = "_key"


def sightings(
    frames: Mapping[str, pd.DataFrame], valid: Mapping[str, pd.Series],
    modules: Mapping[str, Module], wanted: Sequence[Shared], lang: str, as_of: date,
) -> tuple[Sighting, ...]:  # fmt: skip
    """The rows of one book that other owners may have too.

    Args:
        frames: the book's modules, with resolved references under `<field>_key`.
        valid: whether each row has no error.
        modules: their descriptions.
        wanted: what makes rows the same thing.
        lang: the book's language, in which codes are said.
        as_of: the day of the rollup, which says what periods are running.
    """
    found = (
        s
        for w in wanted
        if w.module in frames
        for s in _seen(frames, valid[w.module], modules, w, lang, as_of)
    )
    return tuple(found)


def _seen(
    frames: Mapping[str, pd.DataFrame], valid: pd.Series, modules: Mapping[str, Module],
    wanted: Shared, lang: str, as_of: date,
) -> Iterator[Sighting]:  # fmt: skip
    frame, module = frames[wanted.module], modules[wanted.module]
    if any(k not in frame for k in wanted.key[:1]):
        return
    names = _names(frames, modules)
    told = [_said(frame, k, names) if k in frame else [""] * len(frame) for k in wanted.key]
    keys = [[plain(text) for text in column] for column in told]
    said = [_labelled(module, k, t, lang) for k, t in zip(wanted.key, told, strict=True)]
    compared = [c for c in wanted.compare if c in frame]
    values = [frame[c].tolist() for c in compared]
    holds = [(frame[f].tolist(), codes) for f, codes in _when(wanted, as_of).items() if f in frame]
    sound, seen = valid.tolist(), set[tuple[str, ...]]()
    for i, (row, ident) in enumerate(zip(frame.index, frame[module.id_field], strict=True)):
        if all(have[i] in codes for have, codes in holds):
            facts = {c: v[i] for c, v in zip(compared, values, strict=True)}
            key, texts = tuple(k[i] for k in keys), tuple(t[i] for t in said)
            if not (wanted.kind and key in seen):
                seen.add(key)
                yield Sighting(
                    module.name, int(row), str(ident), key, texts, wanted.told, facts, sound[i],
                    wanted.kind,
                )  # fmt: skip


def _when(wanted: Shared, as_of: date) -> Mapping[str, Container[object]]:
    """What a row must hold to be compared, by field."""
    running = {holding(as_of, grain) for grain in PER_YEAR}
    return {**wanted.when, **({wanted.running: running} if wanted.running else {})}


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


def _said(frame: pd.DataFrame, name: str, names: Mapping[str, str]) -> list[str]:
    """A column as texts: canonical names of lists, names of rows instead of their ids."""
    series = frame[name + _KEY] if name + _KEY in frame else frame[name]
    return [text_of(names.get(v, v) if isinstance(v, str) else v) for v in series]


def _labelled(module: Module, name: str, texts: list[str], lang: str) -> list[str]:
    """Codes as the book's language says them; what is no code stays."""
    labels = {p.code: p.label(lang) for p in module.by_name[name].picks}
    return [labels.get(t, t) for t in texts] if labels else texts


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
        kind: as in `Sighting`.
        key: what makes it the same thing, normalised.
        seen: the books and where each has it, in order of book.
        differ: the fields that do not say the same everywhere.
    """

    module: str
    kind: str
    key: tuple[str, ...]
    seen: tuple[tuple[Book, Sighting], ...]
    differ: tuple[str, ...]

    @property
    def about(self) -> tuple[str, ...]:
        """The part of the key that a finding names."""
        return self.key[: self.seen[0][1].told]


def meetings(
    books: Sequence[Book], seen: Callable[[Book], Iterable[Sighting]], spoken: Mapping[str, str]
) -> list[Meeting]:
    """What several owners have, by equal id or equal key, in order of module and key.

    Args:
        books: the sources that count, in order.
        seen: what a book may share; asked for twice, so that no more is held than is shared.
        spoken: spelling -> canonical name, both in compared form.
    """
    groups: dict[_Key, list[tuple[Book, Sighting]]] = {}
    by_id: dict[tuple[str, str, str], _Key] = {}
    common, once = _common(books, seen, spoken), _Once()
    for book in books:
        for s in (s for s in seen(book) if s.key[0]):
            own, known = _own(s, spoken), not s.kind and hash(_identity(s)) in common
            if known or hash(own) in common:
                group = by_id.setdefault(_identity(s), own) if known else own
                groups.setdefault(once.key(group), []).append((book, once.sighting(s)))
    return [
        Meeting(module, kind, key, tuple(found), _differences(found))
        for (module, kind, key), found in sorted(groups.items(), key=lambda g: g[0])
        if len({b.who for b, _ in found}) > 1
    ]


_Key = tuple[str, str, tuple[str, ...]]


class _Once:
    """Holds equal texts and facts once: what is read of each book is its own, and most is alike."""

    def __init__(self) -> None:
        self._known: dict[object, Any] = {}

    def sighting(self, s: Sighting) -> Sighting:
        """The same, of texts and facts that are known already where they are equal."""
        facts = tuple((name, value.__class__, value) for name, value in s.facts.items())
        return s._replace(
            module=self._value(s.module), key=self._texts(s.key), said=self._texts(s.said),
            facts=self._known.setdefault(facts, s.facts), kind=self._value(s.kind),
        )  # fmt: skip

    def key(self, key: _Key) -> _Key:
        """The same key, its texts those of the sightings."""
        return key[0], key[1], self._texts(key[2])

    def _texts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        known: tuple[str, ...] | None = self._known.get(texts)
        if known is None:
            known = self._known[texts] = tuple(map(self._value, texts))
        return known

    def _value(self, text: str) -> str:
        known: str = self._known.setdefault(text, text)
        return known


def _own(sighting: Sighting, spoken: Mapping[str, str]) -> _Key:
    return sighting.module, sighting.kind, tuple(spoken.get(part, part) for part in sighting.key)


def _identity(sighting: Sighting) -> tuple[str, str, str]:
    return sighting.module, sighting.kind, "" if sighting.kind else sighting.id


def _common(
    books: Sequence[Book], seen: Callable[[Book], Iterable[Sighting]], spoken: Mapping[str, str]
) -> set[int]:
    """Hashes of the keys and ids that more than one owner has.

    Two of the same hash by chance do no harm: what is alike is compared again.
    """
    import numpy as np

    hashes, owners = array("q"), array("q")
    places = {owner: n for n, owner in enumerate(dict.fromkeys(b.who for b in books))}
    for book in books:
        mine = [s for s in seen(book) if s.key[0]]
        known = {hash(_own(s, spoken)) for s in mine}
        known |= {hash(_identity(s)) for s in mine if not s.kind}
        hashes.extend(known)
        owners.extend([places[book.who]] * len(known))
    keys, who = np.frombuffer(hashes, dtype=np.int64), np.frombuffer(owners, dtype=np.int64)
    order = np.lexsort((who, keys))
    keys, who = keys[order], who[order]
    other = (keys[1:] == keys[:-1]) & (who[1:] != who[:-1])
    return set(keys[1:][other].tolist())


def _differences(seen: Sequence[tuple[Book, Sighting]]) -> tuple[str, ...]:
    """Fields in which filled-in values differ; a blank says nothing."""
    fields = dict.fromkeys(f for _, s in seen for f in s.facts)
    return tuple(f for f in fields if _disagree(f, seen))


def _disagree(field: str, seen: Sequence[tuple[Book, Sighting]]) -> bool:
    return len({text_of(s.facts.get(field)) for _, s in seen} - {""}) > 1
