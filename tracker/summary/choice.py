"""Which blocks a person asks for: names in the workbook's settings, in either language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.schema.names import plain

_BETWEEN = re.compile(r"[、,，;；\n]+")
_USUAL = frozenset({"默认", "default"})
_ALL = frozenset({"全部", "all"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks to show, in order, and the words that name none."""

    blocks: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def chosen(text: str, titles: Mapping[str, Sequence[str]], usual: Sequence[str]) -> Choice:
    """Read a list of blocks such as `默认、采用阶梯` or `key, trends`.

    Args:
        text: names or titles of blocks between commas; 默认 (default) stands for the usual ones,
            全部 (all) for all that there are. Blank is the usual ones.
        titles: the name of each block with its titles.
        usual: names of those shown where nobody says otherwise.
    """
    names = {plain(t): name for name, words in titles.items() for t in (name, *words)}
    found: dict[str, None] = {}
    unknown = []
    for word in (w.strip() for w in _BETWEEN.split(text)):
        if plain(word) in _USUAL:
            found |= dict.fromkeys(usual)
        elif plain(word) in _ALL:
            found |= dict.fromkeys([*usual, *titles])
        elif plain(word) in names:
            found[names[plain(word)]] = None
        elif word:
            unknown.append(word)
    return Choice(tuple(found) or tuple(usual), tuple(unknown))
