"""The shared strings of a workbook: read once, reused, appended to, freed slots filled first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache, cached_property

from tracker.xlsx import markup

_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<sst xmlns="' + markup.MAIN.encode() + b'"></sst>'
)


class SharedStrings:
    """Texts by index, and the index of a text; `data` is the part, or None where there is none."""

    def __init__(self, data: bytes | None) -> None:
        data = markup.plain_utf8(data) if data else _EMPTY
        self.prefix = markup.prefix_of(data, b"sst")
        self._take(data)
        p, count = self.prefix, data.count
        if len(self) != count(b"<%bsi" % p) or count(b"</%bt" % p) != count(b"</%bt>" % p):
            self._take(markup.reserialised(data))
        plain = [i for i in reversed(range(len(self.texts))) if i not in self.rich]
        self._index = {self.texts[i]: i for i in plain}  # of equal ones the first

    def _take(self, data: bytes) -> None:
        self.data = markup.opened(data, self.prefix + b"sst")
        self.texts, self.rich = texts_of(self.data, self.prefix)

    def __len__(self) -> int:
        return len(self.texts)

    def raw(self, index: int) -> bytes:
        """An entry as it is written."""
        return self.data[slice(*self.spans[index])]

    def find(self, text: str | bytes) -> int | None:
        """Index of the first plain entry of a text, or of an entry in bytes, or None."""
        return self._rich.get(text) if isinstance(text, bytes) else self._index.get(text)

    @cached_property
    def _rich(self) -> dict[bytes, int]:
        return {self.raw(i): i for i in sorted(self.rich, reverse=True)}

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each entry starts and ends in `data`."""
        p = re.escape(self.prefix)
        entry = rb"<%bsi(?=[\s/>])(?:[^>]*/>|.*?</%bsi>)" % (p, p)
        return [m.span() for m in re.finditer(entry, self.data, re.S)]

    @property
    def emptied(self) -> list[int]:
        """Slots that look as a plan leaves them whose text is gone."""
        empty = _item("", self.prefix)
        blank = (i for i, text in enumerate(self.texts) if not text)
        return [i for i in blank if self.raw(i) == empty]

    @cached_property
    def root(self) -> re.Match[bytes]:
        """The start tag of the part."""
        return markup.start_tag(self.data, self.prefix + b"sst")

    @property
    def end(self) -> int:
        """Offset behind the last entry."""
        last = self.data.rfind(b"<%bsi" % self.prefix)
        m = markup.find_tag(self.data, self.prefix + b"si", last) if last >= 0 else None
        return markup.element_end(self.data, m, self.prefix + b"si") if m else self.root.end()


@cache
def _entry(prefix: str) -> re.Pattern[str]:
    """An entry: the text of a plain one, or whatever else it holds."""
    p = re.escape(prefix)
    return re.compile(
        rf"<{p}si(?:\s[^>]*?)?(?:/>|>\s*(?:<{p}t(?:\s[^>]*(?<!/))?>([^<]*)</{p}t>\s*|(.*?))</{p}si>)",
        re.S,
    )


def texts_of(data: bytes, prefix: bytes) -> tuple[list[str], set[int]]:
    """Texts of the entries in `data`, and which of them are rich or empty of any <t>."""
    whole, p = data.decode("utf-8", "replace"), prefix.decode()
    found = _entry(p).findall(whole)
    texts = [text for text, _ in found]
    if "&" in whole or "\r" in whole or "_x" in whole:
        texts = list(map(markup.unescaped, texts))
    rich = {i for i, (_, rest) in enumerate(found) if rest}
    for i in rich:
        texts[i] = _runs(found[i][1], p)
    return texts, rich


def rich_text(inner: bytes, prefix: bytes) -> str:
    """Text of a rich or inline string: its runs, without phonetic hints."""
    return _runs(inner.decode("utf-8", "replace"), prefix.decode())


def _runs(inner: str, prefix: str) -> str:
    p = re.escape(prefix)
    inner = re.sub(rf"<{p}rPh[\s>].*?</{p}rPh>", "", inner, flags=re.S)
    return "".join(
        map(markup.unescaped, re.findall(rf"<{p}t(?:\s[^>]*(?<!/))?>([^<]*)</{p}t>", inner))
    )


class StringPlan:
    """Which index each wanted text gets: that of an equal entry, a free slot, a new one.

    A text in bytes is a whole entry, for rich text.

    `free` are slots of the tool's own that nothing refers to any more. Those that are not
    filled are emptied: no text outlives its sheet, and a later plan finds them.
    """

    def __init__(
        self, strings: SharedStrings, wanted: Iterable[str | bytes], free: Iterable[int]
    ) -> None:
        self.strings, self.prefix = strings, strings.prefix
        self._index = dict[str | bytes, int]()
        missing = list[str | bytes]()
        for text in sorted(set(wanted), key=lambda t: (isinstance(t, bytes), t)):
            at = strings.find(text)
            if at is None:
                missing.append(text)
            else:
                self._index[text] = at
        slots = sorted(set(free) - set(self._index.values()))
        self._added = missing[len(slots) :]
        self._replaced = dict(zip(slots, missing, strict=False))
        unfilled = slots[len(missing) :]
        emptied: dict[int, str | bytes] = {i: "" for i in unfilled if strings.texts[i]}
        self._index.update((t, i) for i, t in self._replaced.items())
        self._index.update((t, i) for i, t in enumerate(self._added, len(strings)))
        self._replaced |= emptied

    def index(self, text: str | bytes) -> int:
        """Index of a wanted text. KeyError for another one."""
        return self._index[text]

    @property
    def replaced(self) -> Collection[int]:
        """Slots that get another text."""
        return self._replaced.keys()

    @property
    def changed(self) -> bool:
        """Whether the part has to be written."""
        return bool(self._added or self._replaced)

    def to_bytes(self, references: int) -> bytes:
        """The part with its new entries; `references` is how many cells refer to it."""
        old, out, at = self.strings, list[bytes](), 0
        for i, text in self._replaced.items():
            start, end = old.spans[i]
            out += [old.data[at:start], _item(text, self.prefix)]
            at = end
        added = (_item(text, self.prefix) for text in self._added)
        out += [old.data[at : old.end], *added, old.data[old.end :]]
        name, unique = self.prefix + b"sst", len(old) + len(self._added)
        data = markup.with_attribute(b"".join(out), name, b"count", b"%d" % references)
        return markup.with_attribute(data, name, b"uniqueCount", b"%d" % unique)


def _item(text: str | bytes, p: bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    return b"<%bsi>%b</%bsi>" % (p, markup.text_element(p, text), p)
