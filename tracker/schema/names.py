"""Names as people type them: headers, pick-list values and sheet names brought to one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from tracker.schema.model import AUTO, Column, Pick
from tracker.schema.slips import Slips, opposed

_SHOWN = 6  # values of a list that are named where none is like the text
_LIKE = 40.0  # of 100: what two names share, in the order of their letters
_SPACE = re.compile(r"\s+")
_REMARK = re.compile(r"[(\[{【〔][^()\[\]{}【】〔〕]*[)\]}】〕]")
_AUTO = tuple(unicodedata.normalize("NFKC", s).replace(" ", "").casefold() for s in AUTO.values())


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Text in NFKC, without white space, in one case: how names are compared."""
    tight = _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return tight if tight.isascii() else unicodedata.normalize("NFKC", tight)


def is_auto(name: str) -> bool:
    """Whether a header in compared form carries the suffix of computed columns."""
    return name.endswith(_AUTO)


def loose(text: str) -> str:
    """A header without its bracketed remarks; the suffix of computed columns is never stripped."""
    name = plain(text)
    return name if name.endswith(_AUTO) else _REMARK.sub("", name) or name


class Variants:
    """Traditional characters brought to the simplified ones that the schema uses."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._table = str.maketrans(dict(pairs))

    def plain(self, text: str) -> str:
        """As `plain`, in simplified characters."""
        return plain(text).translate(self._table)


def alike(text: str, names: Sequence[str], most: int) -> list[str]:
    """The names that are spelt most alike, the nearest first; none where none is like the text."""
    from rapidfuzz import fuzz, process

    found = process.extract(text, names, scorer=fuzz.ratio, limit=most, score_cutoff=_LIKE)
    return [name for name, _, _ in found]


def header_names(column: Column) -> list[str]:
    """Every exact name of a column's header: labels first, then aliases, in compared form."""
    names = [column.label("zh"), column.label("en"), *column.aliases]
    return list(dict.fromkeys(map(plain, names)))


class PickList:
    """Values of a pick-list by any of their spellings."""

    def __init__(self, picks: Iterable[Pick], variants: Variants) -> None:
        self.picks = tuple(picks)
        self._variants = variants
        self._codes: dict[str, str] = {}
        self._asked: dict[str, str | None] = {}
        for spell in (lambda p: (p.zh, p.en, p.code), lambda p: p.aliases):
            for pick in self.picks:
                for text in spell(pick):
                    self._codes.setdefault(variants.plain(text), pick.code)

    def code(self, text: str) -> str | None:
        """Code of a value in any spelling, or None."""
        return self._codes.get(self._variants.plain(text))

    def meant(self, text: str, lang: str) -> str | None:
        """Label of the one value that a misspelt text must mean, or None."""
        found = self._slips.meant(self._variants.plain(text))
        codes = {self._codes[n] for n in found}
        return self.by_code[codes.pop()].label(lang) if len(codes) == 1 else None

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self._codes)

    @cached_property
    def by_code(self) -> Mapping[str, Pick]:
        """Values by code."""
        return {p.code: p for p in self.picks}

    def _near(self, name: str) -> str | None:
        """Code of the value that is spelt most like a text in compared form; asked once of each."""
        if name not in self._asked:
            near = alike(name, [n for n in self._codes if not opposed(name, n)], 1)
            self._asked[name] = self._codes[near[0]] if near else None
        return self._asked[name]

    def nearest(self, text: str, lang: str) -> str | None:
        """Label of the value that is spelt most alike and says no opposite; None where none is."""
        near = self._near(self._variants.plain(text))
        return None if near is None else self.by_code[near].label(lang)

    def some(self, lang: str) -> tuple[str, ...]:
        """The labels of the list, of a long one the first."""
        labels = [p.label(lang) for p in self.picks]
        return (*labels[:_SHOWN], *(("…",) if len(labels) > _SHOWN else ()))
