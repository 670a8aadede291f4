"""Misspelt names for which there is one name alone that can be meant.

The nearest name is a help to a person; what may be put into a cell has to be certain, so all here
is strict: no negation, number or first character is ever guessed.
"""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 4
"""Characters below which one more or less makes another word."""
_NEGATIONS = frozenset("不未无非没否勿")
_NEGATING = ("not", "non", "un", "in", "dis")
_TELLING = _NEGATIONS | frozenset(
    "零〇一二三四五六七八九十百千上中下左右前后东西南北大小男女甲乙丙丁正负"
)
"""Characters that turn or tell apart otherwise equal names; digits do so as well."""


class Slips:
    """A set of names, in compared form, and the slips that lead to them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._bare: dict[str, set[str]] = {}
        self._by_first: dict[str, list[str]] = {}
        for name in self._names:
            self._bare.setdefault(_letters(name), set()).add(name)
            self._by_first.setdefault(name[:1], []).append(name)

    def same_letters(self, text: str) -> set[str]:
        """The names with the letters and digits of a text, whatever stands between them."""
        bare = _letters(text)
        return self._bare.get(bare, set()) if bare else set()

    def meant(self, text: str) -> set[str]:
        """The names that a text must be a slip of; empty where there is none.

        First those of the same letters; then those that it begins and is the better half of, with
        all others that hold it; then those that differ by one character left out, added, changed,
        or swapped with the next.
        """
        return self.same_letters(text) or self._begun(text) or self._one_slip(text)

    def _begun(self, text: str) -> set[str]:
        alike = self._by_first.get(text[:1], ())
        if len(text) < 2 or not any(n.startswith(text) and 2 * len(text) > len(n) for n in alike):
            return set()
        return {n for n in self._names if text in n}

    def _one_slip(self, text: str) -> set[str]:
        alike = self._by_first.get(text[:1], ())
        return {n for n in alike if abs(len(n) - len(text)) < 2 and _differ_by_one(text, n)}


def opposed(text: str, name: str) -> bool:
    """Whether one of two names in compared form denies what the other says (未解决, 已解决)."""
    if _NEGATIONS.isdisjoint(text) != _NEGATIONS.isdisjoint(name):
        return True
    text, name = text.replace("-", ""), name.replace("-", "")
    return any(text == p + name or name == p + text for p in _NEGATING)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _differ_by_one(text: str, name: str) -> bool:
    if min(len(text), len(name)) < _SHORTEST:
        return False
    pairs = enumerate(zip(text, name, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(text), len(name)))
    a, b = text[at:], name[at:]
    if len(a) == len(b) and a[:2] == b[1::-1] and a[2:] == b[2:]:
        return True
    ways = ((a[1:], b[1:], a[:1] + b[:1]), (a[1:], b, a[:1]), (a, b[1:], b[:1]))
    return any(rest == other and _harmless(changed) for rest, other, changed in ways)


def _harmless(characters: str) -> bool:
    return not any(c in _TELLING or c.isdigit() for c in characters)
