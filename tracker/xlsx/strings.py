"""The shared strings of a workbook: read once, reused, appended to, freed slots filled first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracker.xlsx import markup

_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>'
)


class SharedStrings:
    """Texts by index, and the index of a text; `data` is the part, or None where there is none."""

    def __init__(self, data: bytes | None) -> None:
        self.data = markup.plain_utf8(data) if data else _EMPTY
        self.prefix = p = markup.prefix_of(self.data, b"sst")
        item = rb"<%bsi(?:\s[^>]*)?(?:/>|>(.*?)</%bsi>)" % (p, p)
        self._spans = [(m.start(), m.end(), m[1]) for m in re.finditer(item, self.data, re.S)]
        plain = re.compile(rb"\s*<%bt(?:\s[^>]*)?>([^<]*)</%bt>\s*" % (p, p))
        self.texts: list[str] = []
        self._index: dict[str, int] = {}
        for i, (_, _, inner) in enumerate(self._spans):
            m = plain.fullmatch(inner) if inner else None
            self.texts.append(markup.unescape_text(m[1]) if m else rich_text(inner or b"", p))
            if m:
                self._index.setdefault(self.texts[-1], i)
        self._replaced: dict[int, str] = {}
        self._added: list[str] = []

    def __len__(self) -> int:
        return len(self._spans) + len(self._added)

    def raw_items(self) -> list[bytes]:
        """The <si> elements as they came."""
        return [self.data[start:end] for start, end, _ in self._spans]

    def allocate(self, wanted: Iterable[str], free: Iterable[int]) -> None:
        """Give every wanted text an index: an equal plain entry, else a free slot, else a new one.

        `free` are slots that nothing refers to any more and that were the tool's own.
        """
        texts = sorted(set(wanted))
        keep = {self._index[t] for t in texts if t in self._index}
        slots = iter(sorted(set(free) - keep))
        for text in texts:
            if text in self._index:
                continue
            slot = next(slots, None)
            if slot is None:
                slot = len(self)
                self._added.append(text)
                self.texts.append(text)
            else:
                if self._index.get(self.texts[slot]) == slot:
                    del self._index[self.texts[slot]]
                self._replaced[slot] = self.texts[slot] = text
            self._index[text] = slot

    def index(self, text: str) -> int:
        """Index of an allocated or present plain text. KeyError if it is neither."""
        return self._index[text]

    @property
    def changed(self) -> bool:
        """Whether the part has to be written."""
        return bool(self._added or self._replaced)

    def to_bytes(self, references: int) -> bytes:
        """The part with its new entries; `references` is how many cells refer to it."""
        p, out, at = self.prefix, [], 0
        for i in sorted(self._replaced):
            start, end, _ = self._spans[i]
            out += [self.data[at:start], self._item(self._replaced[i])]
            at = end
        out.append(self.data[at:])
        data, new = b"".join(out), b"".join(map(self._item, self._added))
        m = markup.find_tag(data, p + b"sst")
        assert m is not None
        tag = markup.put(m[0], b"count", b"%d" % references)
        tag = markup.put(tag, b"uniqueCount", b"%d" % len(self))
        if tag.endswith(b"/>"):
            return data[: m.start()] + tag[:-2] + b">" + new + b"</" + p + b"sst>" + data[m.end() :]
        last = data.rfind(b"</" + p + b"si>")
        tail = m.end() if last < 0 else last + len(p) + 5
        return data[: m.start()] + tag + data[m.end() : tail] + new + data[tail:]

    def _item(self, text: str) -> bytes:
        p = self.prefix
        return b"<%bsi>%b</%bsi>" % (p, markup.text_element(p, text), p)


def rich_text(inner: bytes, prefix: bytes) -> str:
    """Text of a rich string: its runs, without phonetic hints."""
    inner = re.sub(rb"<%brPh[\s>].*?</%brPh>" % (prefix, prefix), b"", inner, flags=re.S)
    runs = re.findall(rb"<%bt(?:\s[^>]*)?>([^<]*)</%bt>" % (prefix, prefix), inner)
    return "".join(map(markup.unescape_text, runs))
