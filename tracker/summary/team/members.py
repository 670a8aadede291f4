"""The books of a team side by side: their tallies put together with whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pandas as pd

from tracker.schema.names import plain

Record = dict[str, object]
Rows = list[Record]
Columns = Mapping[str, Sequence[object]]
"""A small table as plain lists, texts or floats, which a thousand books hold cheaply."""


@dataclass(frozen=True)
class Member:
    """One book of the team.

    Attributes:
        owner: code of the one who keeps it; `name` likewise, "" where it does not say.
        refreshed: ISO day of its last refresh, "" for never.
        tallies: what `tally.tallies` made of it.
    """

    owner: str
    name: str
    refreshed: str
    tallies: Mapping[str, Columns]

    @property
    def label(self) -> str:
        """How lists call the member."""
        return f"{self.owner} {self.name}" if self.name and self.name != self.owner else self.owner

    @property
    def periods(self) -> list[str]:
        """The running periods for which it has targets."""
        return sorted({str(p) for p in self.tallies.get("sales", {}).get("period", ())} - {""})


@dataclass(frozen=True)
class Common:
    """A row that stands in the books of several owners.

    Attributes:
        key: field -> what makes it the same thing, in compared form.
        said: field -> the same as people wrote it.
        facts: what each book says, by field, in order of book; rows with errors left out.
        owners: whose books they are, each once.
        differ: fields in which they disagree.
    """

    key: Mapping[str, str]
    said: Mapping[str, str]
    facts: Sequence[Mapping[str, object]]
    owners: Sequence[str]
    differ: Sequence[str]


class Team:
    """The tallies of all members, each a frame with the member's place under `member`."""

    def __init__(self, members: Sequence[Member], spoken: Mapping[str, str] | None = None) -> None:
        """`spoken`: other spellings of names, compared form -> that of the name that counts."""
        self.members = members
        self._spoken = spoken or {}
        self._labels: dict[str, str] = {}

    def frame(self, name: str) -> pd.DataFrame:
        """One tally of all members in their order; empty where none has it."""
        found = [(i, t, _length(t)) for i, t in self._told(name)]
        found = [(i, t, n) for i, t, n in found if n]
        fields = dict.fromkeys(f for _, t, _ in found for f in t)
        columns = {f: _column([t.get(f, [None] * n) for _, t, n in found]) for f in fields}
        return pd.DataFrame({**columns, "member": [i for i, _, n in found for _ in range(n)]})

    def _told(self, name: str) -> list[tuple[int, Columns]]:
        return [(i, m.tallies[name]) for i, m in enumerate(self.members) if name in m.tallies]

    def named(self, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
        """The frame with names that are the same written in one way, that of the first member."""
        return frame.assign(
            **{c: [self._label(v) for v in frame[c]] for c in columns if c in frame}
        )

    def _label(self, name: str) -> str:
        return self._labels.setdefault(self.key(name), name)

    def key(self, name: str) -> str:
        """A name in compared form, other spellings led to the name that counts."""
        tight = plain(name)
        return self._spoken.get(tight, tight)

    def of(self, place: object) -> str:
        """How lists call the member at a place."""
        return self.members[int(float(str(place)))].label


def _length(table: Columns) -> int:
    return len(next(iter(table.values()), ()))


def _column(parts: Iterable[Sequence[object]]) -> pd.Series:
    values = list(chain.from_iterable(parts))
    numbers = all(v is None or isinstance(v, float) for v in values)
    return pd.Series(values, dtype="float64" if numbers else object)


def records(frame: pd.DataFrame) -> Rows:
    """The rows as plain values that JSON holds: numbers as floats, blanks as None."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> object:
    if isinstance(value, str) or value is None:
        return value
    return None if value != value else float(value)  # NaN is unequal to itself


def number(value: object) -> float:
    """A value of `records` for sorting; a blank one comes before all others."""
    return float("-inf") if value is None else float(str(value))
