"""Other people's formulas around planned cells: shared formulas, the calculation chain."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracker.opc.package import Package
from tracker.xlsx import markup
from tracker.xlsx.patch import Overwritten
from tracker.xlsx.refs import Range, ref, sheet_area
from tracker.xlsx.scan import numbered_cells, scan

_FORMULA = re.compile(
    rb"<(?:[\w.-]+:)?(?:f|formula[12]?|definedName)(?:\s%b)?>([^<]+)<" % markup.ATTRIBUTES
)
_REFERENCE = re.compile(
    r"(?:'(?:[^']|'')+'!|[\w.]+!)?\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?[A-Za-z]{1,3}\$?[1-9]\d*)?(?![\w(])"
)


def refer_to(package: Package, sheet: str, part: str, where: Range) -> bool:
    """Whether a formula, rule, chart or name refers to cells of an area by their place."""
    for name in package:
        if name.endswith(".xml"):
            for m in _FORMULA.finditer(package.read(name)):
                if _meets(markup.unescape_text(m[1]), sheet, where, own=name == part):
                    return True
    return False


def _meets(formula: str, sheet: str, where: Range, *, own: bool) -> bool:
    for m in _REFERENCE.finditer(formula):
        found = sheet_area(m[0] if "!" in m[0] else f"x!{m[0]}")
        if found and found[1].meets(where):
            same = found[0].lower() == sheet.lower()
            if same if "!" in m[0] else own:
                return True
    return False


def has_any(sheet: bytes) -> bool:
    """Whether a sheet holds a formula."""
    prefix = re.escape(markup.prefix_of(sheet, b"sheetData"))
    return re.search(rb"<%bf[\s/>]" % prefix, sheet) is not None


def rehome_shared(data: bytes, prefix: bytes, gone: list[Overwritten]) -> bytes:
    """Give the followers of overwritten shared formulas formulas of their own.

    A shared formula is spelt out in its first cell alone; when that cell is overwritten, each
    follower gets the formula moved to its place. ValueError where it cannot be moved there.
    """
    owners = {}
    for row, column, element in gone:
        m = markup.start_tag(element, prefix + b"f")
        text = element[m.end() : -len(prefix) - 4] if not m[0].endswith(b"/>") else b""
        if markup.get(m[0], b"t") == b"shared" and text.strip():
            owners[markup.get(m[0], b"si")] = (ref(row, column), markup.unescape_text(text))
    return _followers(_numbered(data, prefix), prefix, owners) if owners else data


def _numbered(data: bytes, prefix: bytes) -> bytes:
    """The sheet with a reference on every cell of the rows that hold shared formulas."""
    out, at = [], 0
    for row in scan(data).rows.values():
        body = data[row.body : row.body_end]
        if b"shared" in body:
            out += [data[at : row.body], numbered_cells(body, prefix, row.number)]
            at = row.body_end
    return b"".join([*out, data[at:]])


def _followers(data: bytes, prefix: bytes, owners: Mapping[bytes | None, tuple[str, str]]) -> bytes:
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    p = re.escape(prefix)
    cell = re.compile(
        rb"(<%bc(?=\s)([^>]*)>\s*)<%bf(?=\s)([^>]*?)(?:/>|>([^<]*)</%bf>)" % (p, p, p)
    )

    def moved(m: re.Match[bytes]) -> bytes:
        tag = b"<f " + m[3] + b">"
        mover = moving.get(markup.get(tag, b"si"))
        if mover is None or markup.get(tag, b"t") != b"shared":
            return m[0]
        own = (m[4] or b"").strip()
        if not own:
            where = markup.get(b"<c " + m[2] + b">", b"r") or b""
            own = markup.escape_text(mover.translate_formula(where.decode())[1:])
        return m[1] + b"<%bf>%b</%bf>" % (prefix, own, prefix)

    try:
        moving = {si: Translator("=" + text, origin=at) for si, (at, text) in owners.items()}
        return cell.sub(moved, data)
    except (TranslatorError, TokenizerError) as e:
        raise ValueError(f"a shared formula cannot be moved: {e}") from e


def without_cells(chain: bytes, sheet_id: int, cells: set[str] | None) -> bytes | None:
    """The calculation chain without those cells of a sheet (all where None); None if it is empty.

    An entry without a sheet index stands for the sheet of the entry before it, so the first
    entry behind a removed one gets its index written out.
    """
    p = markup.prefix_of(chain, b"calcChain")
    out, at, sheet, told, left = [], 0, b"0", b"", 0
    for m in re.finditer(rb"<%bc(?=\s)[^>]*?(?:/>|>\s*</%bc>)" % ((re.escape(p),) * 2), chain):
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
