"""Other people's formulas around planned cells: shared formulas, the calculation chain."""

from __future__ import annotations

import re

from tracker.xlsx import markup
from tracker.xlsx.patch import Overwritten
from tracker.xlsx.refs import ref


def rehome_shared(data: bytes, prefix: bytes, gone: list[Overwritten]) -> bytes:
    """Give the followers of overwritten shared formulas formulas of their own.

    A shared formula is spelt out in its first cell alone; when that cell is overwritten, each
    follower gets the formula moved to its place.
    """
    f = prefix + b"f"
    for row, column, element in gone:
        m = markup.find_tag(element, f)
        assert m is not None
        text = element[m.end() : -len(f) - 3] if not m[0].endswith(b"/>") else b""
        if markup.get(m[0], b"t") == b"shared" and text.strip():
            origin = ref(row, column)
            data = _followers(data, f, markup.get(m[0], b"si") or b"", origin, text)
    return data


def _followers(data: bytes, f: bytes, group: bytes, origin: str, text: bytes) -> bytes:
    from openpyxl.formula.translate import Translator

    formula = Translator("=" + markup.unescape_text(text), origin=origin)
    c = re.escape(f[:-1] + b"c")
    pattern = rb'(<%b(?=\s)[^>]*\sr="([A-Z]+\d+)"[^>]*>\s*)<%b(?=\s)(?=[^>]*\ssi="%b")[^>]*(?:/>|>\s*</%b>)'

    def moved(m: re.Match[bytes]) -> bytes:
        own = formula.translate_formula(m[2].decode())[1:]
        return m[1] + b"<%b>%b</%b>" % (f, markup.escape_text(own), f)

    return re.sub(pattern % (c, re.escape(f), re.escape(group), re.escape(f)), moved, data)


def without_cells(chain: bytes, sheet_id: int, cells: set[str] | None) -> bytes | None:
    """The calculation chain without those cells of a sheet (all where None); None if nothing is left.

    An entry without a sheet index stands for the sheet of the entry before it, so the first
    entry behind a removed one gets its index written out.
    """
    p = markup.prefix_of(chain, b"calcChain")
    out, at, sheet, told, left = [], 0, b"0", b"", 0
    for m in re.finditer(rb"<%bc(?=\s)[^>]*?/>" % re.escape(p), chain):
        own = markup.get(m[0], b"i")
        sheet = own or sheet
        out.append(chain[at : m.start()])
        at = m.end()
        where = (markup.get(m[0], b"r") or b"").decode()
        if int(sheet) == sheet_id and (cells is None or where in cells):
            continue
        out.append(m[0] if own or told == sheet else markup.put(m[0], b"i", sheet))
        told, left = sheet, left + 1
    return b"".join([*out, chain[at:]]) if left else None
