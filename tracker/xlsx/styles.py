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
    b"cellXfs": b"xf", b"dxfs": b"dxf", b"cellStyleXfs": b"xf", b"cellStyles": b"cellStyle",
}  # fmt: skip
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);[Red]("$"#,##0)', 7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);[Red]("$"#,##0.00)', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Formats that need no declaration (ECMA-376 part 1, 18.8.30); the dates are in _DATE_IDS."""
_BY_CODE = {code: i for i, code in _BUILT_IN.items() if i < 5 or i in (9, 10, 11, 49)}
"""Those that mean the same in every locale."""
_UNKNOWN = "?"
_BASE = {
    b"fonts": (b'<%bfont><%bsz val="11"/><%bname val="Calibri"/></%bfont>',),
    b"fills": (
        b'<%bfill><%bpatternFill patternType="none"/></%bfill>',
        b'<%bfill><%bpatternFill patternType="gray125"/></%bfill>',
    ),
    b"borders": (b"<%bborder><%bleft/><%bright/><%btop/><%bbottom/><%bdiagonal/></%bborder>",),
    b"cellStyleXfs": (b'<%bxf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    b"cellXfs": (b'<%bxf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',),
    b"cellStyles": (b'<%bcellStyle name="Normal" xfId="0" builtinId="0"/>',),
}
"""What index 0 must mean; a style sheet without it gets it before anything is added."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)
_FALLBACK = re.compile(rb"<(?:[\w.-]+:)?Fallback>(.*)</(?:[\w.-]+:)?Fallback>", re.S)


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
            found = _children(self.data, self.prefix, collection)
            self._items[collection] = found
            self._size[collection] = len(found)
            self._index[collection] = {found[i]: i for i in reversed(range(len(found)))}
        return self._items[collection]

    def add(self, collection: bytes, item: bytes) -> int:
        """Index of an item of a collection; appended unless an equal one is there."""
        items = self.items(collection)
        if not items and collection in _BASE:
            self._lay_base()
        index = self._index[collection]
        if item not in index:
            index[item] = len(items)
            items.append(item)
        return index[item]

    def _lay_base(self) -> None:
        for collection, base in _BASE.items():
            items = self.items(collection)
            if not items:
                for item in base:
                    whole = item.replace(b"%b", self.prefix)
                    self._index[collection][whole] = len(items)
                    items.append(whole)

    def xf(self, index: int) -> bytes:
        """Raw <xf> of a cell format; the first one where the index is out of range."""
        xfs = self.items(b"cellXfs")
        if not xfs:
            self._lay_base()
        item = xfs[index] if index < len(xfs) else xfs[0]
        plain = _FALLBACK.search(item)
        return plain[1] if plain else item

    @cached_property
    def _codes(self) -> dict[int, str]:
        return {
            int(markup.get(i, b"numFmtId") or 0): markup.unescape_text(
                markup.get(i, b"formatCode") or b""
            )
            for i in self.items(b"numFmts")
        }

    def number_format(self, index: int) -> str:
        """Number format code of a cell format.

        "" for a date format that Excel builds in, "?" for an id that nothing declares.
        """
        if index not in self._formats:
            fmt = int(markup.get(self.xf(index), b"numFmtId") or 0)
            known = "" if fmt in _DATE_IDS else _BUILT_IN.get(fmt, _UNKNOWN)
            self._formats[index] = self._codes.get(fmt) or known
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
        if code in _BY_CODE:
            return _BY_CODE[code]
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
        name, new = p + collection, b"".join(items[self._size[collection] :])
        if markup.find_tag(data, name) is None:
            data, at = self._slot(data, collection)
            data = data[:at] + b"<" + name + b"/>" + data[at:]
        data = markup.appended(data, name, new)
        return markup.with_attribute(data, name, b"count", b"%d" % len(items))

    def _slot(self, data: bytes, collection: bytes) -> tuple[bytes, int]:
        """Where a missing collection goes: behind the last of those that come before it."""
        root = self.prefix + b"styleSheet"
        for before in reversed(ORDER[: ORDER.index(collection)]):
            m = markup.find_tag(data, self.prefix + before)
            if m:
                return data, markup.element_end(data, m, self.prefix + before)
        data = markup.opened(data, root)
        return data, markup.start_tag(data, root).end()


def _children(data: bytes, p: bytes, collection: bytes) -> list[bytes]:
    """Raw items of a collection; a choice between two spellings of an item is one item."""
    m = markup.find_tag(data, p + collection)
    if m is None or m[0].endswith(b"/>"):
        return []
    end = data.index(b"</" + p + collection + b">", m.end())
    q = re.escape(p + _ITEM[collection])
    choice = rb"<(?:[\w.-]+:)?AlternateContent[\s>].*?</(?:[\w.-]+:)?AlternateContent>"
    item = rb"<%b(?=[\s/>])[^>]*/>|<%b(?=[\s/>])[^>]*>.*?</%b>" % (q, q, q)
    return re.findall(choice + b"|" + item, data[m.end() : end], re.S)
