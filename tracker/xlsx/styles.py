"""The style sheet: what a cell format means, and formats added without ever growing in vain."""

from __future__ import annotations

import re
from functools import cached_property

from tracker.xlsx import markup

ORDER = (
    b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellXfs", b"cellStyles", b"dxfs",
    b"tableStyles", b"colors", b"extLst",
)  # fmt: skip
_ITEM = {
    b"numFmts": b"numFmt", b"fonts": b"font", b"fills": b"fill", b"borders": b"border",
    b"cellXfs": b"xf", b"dxfs": b"dxf", b"cellStyleXfs": b"xf",
}  # fmt: skip
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN = {
    "General": 0,
    "0": 1,
    "0.00": 2,
    "#,##0": 3,
    "#,##0.00": 4,
    "0%": 9,
    "0.00%": 10,
    "@": 49,
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)


class Styles:
    """Collections of the style sheet as lists of raw items; new items are appended."""

    def __init__(self, data: bytes) -> None:
        self.original = data
        self.data = markup.plain_utf8(data)
        self.prefix = markup.prefix_of(self.data, b"styleSheet")
        self._items: dict[bytes, list[bytes]] = {}
        self._index: dict[bytes, dict[bytes, int]] = {}
        self._size: dict[bytes, int] = {}
        self._formats: dict[int, str] = {}
        self._dates: dict[int, bool] = {}

    def items(self, collection: bytes) -> list[bytes]:
        """Raw items of a collection (b"cellXfs"), planned ones included."""
        if collection not in self._items:
            p, found = self.prefix, list[bytes]()
            m = markup.find_tag(self.data, p + collection)
            if m and not m[0].endswith(b"/>"):
                end = self.data.index(b"</" + p + collection + b">", m.end())
                q = p + _ITEM[collection]
                rx = rb"<%b(?=[\s/>])[^>]*/>|<%b(?=[\s/>])[^>]*>.*?</%b>" % (q, q, q)
                found = re.findall(rx, self.data[m.end() : end], re.S)
            self._items[collection] = found
            self._size[collection] = len(found)
            index = self._index[collection] = {}
            for i, item in enumerate(found):
                index.setdefault(item, i)
        return self._items[collection]

    def add(self, collection: bytes, item: bytes) -> int:
        """Index of an item of a collection; appended unless an equal one is there."""
        items, index = self.items(collection), self._index[collection]
        if item not in index:
            index[item] = len(items)
            items.append(item)
        return index[item]

    def xf(self, index: int) -> bytes:
        """Raw <xf> of a cell format; the first one where the index is out of range."""
        xfs = self.items(b"cellXfs")
        if not xfs:
            self.add(
                b"cellXfs", b'<%bxf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' % self.prefix
            )
        return xfs[index] if index < len(xfs) else xfs[0]

    @cached_property
    def _codes(self) -> dict[int, str]:
        return {
            int(markup.get(i, b"numFmtId") or 0): markup.unescape_text(
                markup.get(i, b"formatCode") or b""
            )
            for i in self.items(b"numFmts")
        }

    def number_format(self, index: int) -> str:
        """Number format code of a cell format; "" for a date format that Excel builds in."""
        if index not in self._formats:
            fmt = int(markup.get(self.xf(index), b"numFmtId") or 0)
            built_in = {v: k for k, v in _BUILT_IN.items()}
            self._formats[index] = self._codes.get(fmt) or built_in.get(
                fmt, "" if fmt in _DATE_IDS else "General"
            )
        return self._formats[index]

    def is_date(self, index: int) -> bool:
        """Whether a number in a cell of that format shows as a date or time."""
        if index not in self._dates:
            code = self.number_format(index)
            letters = _LITERAL.sub("", code).lower()
            self._dates[index] = not code or re.search("[ymdhs年月日]", letters) is not None
        return self._dates[index]

    def with_number_format(self, index: int, code: str) -> int:
        """Index of the format that equals the given one but for its number format."""
        xf = self.xf(index)
        end = xf.index(b">") + 1
        tag = markup.put(xf[:end], b"numFmtId", b"%d" % self.number_format_id(code))
        return self.add(b"cellXfs", markup.put(tag, b"applyNumberFormat", b"1") + xf[end:])

    def number_format_id(self, code: str) -> int:
        """Id of a number format code, declared if it is new."""
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        for known, text in self._codes.items():
            if text == code:
                return known
        new = max([163, *self._codes]) + 1
        self._codes[new] = code
        item = b'<%bnumFmt numFmtId="%d" formatCode="%b"/>'
        self.add(b"numFmts", item % (self.prefix, new, markup.escape_attribute(code)))
        return new

    def to_bytes(self) -> bytes:
        """The style sheet with the planned items; the original bytes where there are none."""
        data = self.data
        grown = [c for c in ORDER if len(self._items.get(c, ())) > self._size.get(c, 0)]
        for collection in grown:
            data = self._grown(data, collection)
        return data if grown else self.original

    def _grown(self, data: bytes, collection: bytes) -> bytes:
        p, items = self.prefix, self._items[collection]
        new, count = b"".join(items[self._size[collection] :]), b"%d" % len(items)
        close = b"</" + p + collection + b">"
        m = markup.find_tag(data, p + collection)
        if m is None:
            tag = b"<" + p + collection + b' count="' + count + b'">'
            at, data = self._slot(data, collection)
            return data[:at] + tag + new + close + data[at:]
        tag = markup.put(m[0], b"count", count)
        if tag.endswith(b"/>"):
            return data[: m.start()] + tag[:-2] + b">" + new + close + data[m.end() :]
        end = data.index(close, m.end())
        return data[: m.start()] + tag + data[m.end() : end] + new + data[end:]

    def _slot(self, data: bytes, collection: bytes) -> tuple[int, bytes]:
        """Where a missing collection goes: behind the last of those that come before it."""
        p = self.prefix
        for before in reversed(ORDER[: ORDER.index(collection)]):
            m = markup.find_tag(data, p + before)
            if m:
                return markup.element_end(data, m, p + before), data
        m = markup.find_tag(data, p + b"styleSheet")
        assert m is not None
        if m[0].endswith(b"/>"):
            opened = m[0][:-2] + b"></" + p + b"styleSheet>"
            return m.end() - 1, data[: m.start()] + opened + data[m.end() :]
        return m.end(), data
