"""Kinds of rules over what people write in words, and over words that stand again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tracker.checks.conditions import Cells
from tracker.checks.firing import Kind, World, listed, place, rows, tell, tell_at
from tracker.findings import Finding
from tracker.schema.model import Rule

if TYPE_CHECKING:
    from tracker.checks.conditions import Mask

_NO_WORD = re.compile(r"[\W_]+")


def _says(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A text in which one of `patterns` occurs; of several `fields` the first in a row is told."""
    told = cells.constant(value=False)
    for name in map(str, listed(rule.args.get("fields", rule.field))):
        if name in cells:
            fires = mentions(cells, name, rule.args["patterns"]) & ~told
            for i, row in rows(cells, fires, rule):
                told[i] = True
                yield tell_at(cells, rule, name, row, world)


def _vague(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A text that is shorter than `least` without its stock `phrases`, or has none of `signs`."""
    least = int(str(rule.args["least"]))
    phrases, signs = (_any_of(listed(rule.args[key])) for key in ("phrases", "signs"))

    def is_vague(text: str) -> bool:
        said = _NO_WORD.sub("", phrases.sub("", text))
        return len(said) < least or signs.search(text) is None

    for _, row in rows(cells, _texts(cells, rule.field, is_vague), rule):
        yield tell(cells, rule, row, world, count=least)


def mentions(cells: Cells, name: str, patterns: Any) -> Mask:
    """Rows in whose text one of the patterns occurs."""
    pattern = _any_of(listed(patterns))
    return _texts(cells, name, lambda text: pattern.search(text) is not None)


def _any_of(patterns: Any) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns) or r"(?!)", re.IGNORECASE)


def _texts(cells: Cells, name: str, holds: Callable[[str], bool]) -> Mask:
    """Rows whose text passes a test, which is asked once of each text."""
    import numpy as np

    values = cells.values(name)
    known: dict[Any, bool] = {None: False}
    for value in values:
        if value not in known:
            known[value] = holds("、".join(listed(value)))
    return np.fromiter((known[v] for v in values), dtype=bool, count=len(values))


def _repeated(cells: Cells, rule: Rule, world: World) -> Iterator[Finding]:
    """A text that stands in `least` rows or more, word for word: told at all but the first."""
    import numpy as np
    import pandas as pd

    seen = cells.filled(rule.field) & cells.where(rule.when) & cells.readable([rule.field])
    at = seen.nonzero()[0]
    codes, _ = pd.factorize(cells.values(rule.field)[at])
    sizes = np.bincount(codes, minlength=1)[codes] if len(at) else np.array([], dtype=int)
    again = pd.Series(codes).duplicated().to_numpy()
    fires = cells.constant(value=False)
    fires[at[(sizes >= int(str(rule.args["least"]))) & again]] = True
    first = dict(zip(codes[~again].tolist(), at[~again].tolist(), strict=True))
    group = dict(zip(at.tolist(), zip(codes.tolist(), sizes.tolist(), strict=True), strict=True))
    for i, row in rows(cells, fires, rule):
        code, size = group[i]
        where = place(cells, rule.field, cells.table.rows[first[code]])
        yield tell(cells, rule, row, world, first=where, count=size)


KINDS: Mapping[str, Kind] = MappingProxyType({
    "says": _says,
    "vague": _vague,
    "repeated": _repeated,
})  # fmt: skip
