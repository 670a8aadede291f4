"""Random workbooks in the dialects of many programs, and random plans for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from tests.xlsx.books import MAIN, OFFICE, STYLES, made, packed, unpacked, written
from tracker.xlsx.markup import escape_text
from tracker.xlsx.refs import letters, ref
from tracker.xlsx.values import Value

Place = tuple[int, int]
ROWS, COLUMNS = 8, 6
DATES = 5
"""The column whose cells are in a date format."""
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
places = st.tuples(st.integers(1, ROWS + 2), st.integers(1, COLUMNS + 2))
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=9
).filter(lambda t: "_x" not in t and t.strip() == t and not t.startswith("="))
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e15, 1e15, allow_nan=False)
short = st.integers(-(10**9), 10**9).map(lambda n: n / 1000)  # XlsxWriter writes 16 digits
days = st.dates(dt.date(1905, 1, 1), dt.date(2199, 12, 31))
hours = st.integers(1, 1439).map(lambda m: dt.time(m // 60, m % 60))
moments = st.tuples(days, hours).map(lambda p: dt.datetime.combine(*p))
plain = words | numbers | st.booleans()
dated = days | moments | hours


class Made(bytes):
    """A workbook that an example shows by its first sheet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return unpacked(self)["xl/worksheets/sheet1.xml"].decode()


@dataclass(frozen=True)
class Plan:
    """What is done to a workbook; applied twice it is applied once."""

    cells: dict[Place, Value] = field(default_factory=dict)
    graft: str | None = None
    drop: bool = False
    name: str | None = None
    grow: int = 0


@st.composite
def plans(draw: st.DrawFn, *, dates: bool = True) -> Plan:
    """Cells to set and clear, a sheet to graft, one to drop, a name, a table to grow."""
    values = (plain | dated if dates else plain) | st.none()
    cells = draw(st.dictionaries(places, values, max_size=10))
    return Plan(
        {(r, c): v for (r, c), v in cells.items() if _suits(c, v)},
        draw(st.none() | words), draw(st.booleans()), draw(st.none() | st.just("S!$A$1")),
        draw(st.integers(0, 3)),
    )  # fmt: skip


def _suits(column: int, value: Value) -> bool:
    """A number in a date format is a date to every reader."""
    return column != DATES or not isinstance(value, int | float) or isinstance(value, bool)


@st.composite
def by_hand(draw: st.DrawFn) -> bytes:
    """A workbook part by part: prefixed, without references, with inline and rich texts, ..."""
    p, bare = draw(st.sampled_from(["", "", "x:"])), draw(st.booleans())
    cells = draw(st.dictionaries(places, _contents, max_size=14))
    shared = 0 if bare else draw(st.integers(0, 4))  # openpyxl cannot read them without references
    for r in range(1, shared + 1):
        cells[r, 4] = (f"shared{r}/{shared}", float(r))
    texts = sorted({v for k, v in cells.values() if k == "s"})
    rows = "".join(_row(r, cells, texts, p, bare=bare) for r in range(1, ROWS + 3))
    tail = (
        f'<{p}mergeCells count="1"><{p}mergeCell ref="H9:H10"/></{p}mergeCells>' if not bare else ""
    )
    ns = f'xmlns:x="{MAIN}"' if p else f'xmlns="{MAIN}"'
    xml = f"<{p}worksheet {ns}><{p}sheetData>{rows}</{p}sheetData>{tail}</{p}worksheet>"
    items = "".join(f"<si><t xml:space='preserve'>{_escaped(t)}</t></si>" for t in texts)
    strings = f'<sst xmlns="{MAIN}" uniqueCount="{len(texts)}">{items}</sst>'
    other = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    before = '<workbookPr date1904="1"/>' if draw(st.booleans()) else ""
    return Made(made({"S": xml, "T": other}, styles=STYLES, strings=strings, before=before))


_contents = st.one_of(
    st.tuples(st.just("n"), short),
    st.tuples(st.just("s"), words),
    st.tuples(st.just("inline"), words),
    st.tuples(st.just("rich"), words),
    st.tuples(st.just("b"), st.booleans()),
    st.tuples(st.just("e"), st.just("#N/A")),
    st.tuples(st.just("f"), short),
    st.tuples(st.just("str"), words),
    st.tuples(st.just("array"), short),
)


def _escaped(text: str) -> str:
    return escape_text(text).decode()


def _row(r: int, cells: Any, texts: list[str], p: str, *, bare: bool) -> str:
    here = {c: cell for (row, c), cell in cells.items() if row == r}
    if not here and not bare:
        return ""
    last = max(here, default=0)
    numbers_ = range(1, last + 1) if bare else sorted(here)
    inside = "".join(_cell(r, c, here.get(c), texts, p, bare=bare) for c in numbers_)
    mark = "" if bare else f' r="{r}" spans="{min(here)}:{last}"'
    return f"<{p}row{mark}>{inside}</{p}row>"


def _cell(r: int, c: int, cell: Any, texts: list[str], p: str, *, bare: bool) -> str:
    mark = "" if bare else f' r="{ref(r, c)}"'
    if cell is None:
        return f"<{p}c{mark}/>"
    kind, value = cell
    if c == DATES and isinstance(value, float):
        value = 2000 + abs(value) % 50_000  # openpyxl warns of days before its first
    style = ' s="1"' if c == DATES else ' s="2"' if c == 2 and kind == "n" else ""
    inner = f"<{p}v>{value}</{p}v>"
    if kind == "s":
        inner = f"<{p}v>{texts.index(value)}</{p}v>"
    elif kind == "inline":
        inner = f"<{p}is><{p}t>{_escaped(value)}</{p}t></{p}is>"
    elif kind == "rich":
        run = f"<{p}r><{p}rPr><{p}b/></{p}rPr><{p}t>{_escaped(value)}</{p}t></{p}r>"
        inner = f"<{p}is>{run}<{p}r><{p}t>+</{p}t></{p}r></{p}is>"
    elif kind == "b":
        inner = f"<{p}v>{int(value)}</{p}v>"
    elif kind == "f":
        inner = f"<{p}f>A{r}*2</{p}f>{inner}"
    elif kind == "str":
        inner = f"<{p}f>A{r}&amp;B1</{p}f><{p}v>{_escaped(value)}</{p}v>"
    elif kind == "array":
        inner = f'<{p}f t="array" ref="{ref(r, c)}">SUM(A1:A2)</{p}f>{inner}'
    elif kind.startswith("shared"):
        first, last = kind.removeprefix("shared").split("/")
        at = letters(c)
        owner = f' ref="{at}1:{at}{last}" si="0">B1+1</{p}f>' if first == "1" else ' si="0"/>'
        inner = f'<{p}f t="shared"{owner}{inner}'
    types = {"s": "s", "inline": "inlineStr", "rich": "inlineStr", "b": "b", "e": "e", "str": "str"}
    type_ = f' t="{types[kind]}"' if kind in types else ""
    return f"<{p}c{mark}{style}{type_}>{inner}</{p}c>"


@st.composite
def by_xlsxwriter(draw: st.DrawFn) -> bytes:
    """A workbook of XlsxWriter's: a table, rules, a validation, merged cells, a chart."""
    values = words | short | st.booleans()
    grid = draw(
        st.dictionaries(st.tuples(st.integers(4, ROWS), st.integers(1, 4)), values, max_size=8)
    )
    features = draw(st.sets(st.sampled_from(["rule", "validation", "chart", "note", "rich"])))
    epoch = draw(st.booleans())

    def build(book: xlsxwriter.Workbook) -> None:
        page, other = book.add_worksheet("S"), book.add_worksheet("T")
        bold = book.add_format({"bold": True})
        page.set_column(DATES - 1, DATES - 1, 12, book.add_format({"num_format": "yyyy-mm-dd"}))
        page.add_table("J1:K3", {"name": "Tab", "columns": [{"header": "p"}, {"header": "q"}]})
        page.merge_range("M1:N2", "merged")
        page.write_array_formula("P1:P2", "{=A4:A5*2}", None, 1)
        for (row, column), value in grid.items():
            write = page.write_string if isinstance(value, str) else page.write
            write(row - 1, column - 1, value, bold if (row + column) % 2 else None)
        page.write_formula("F4", "=A4&B4", None, "x")
        _decorate(book, page, features)
        other.write(0, 0, "kept", bold)

    return Made(written(build, date_1904=epoch))


def _decorate(book: xlsxwriter.Workbook, page: Any, features: set[str]) -> None:
    if "rule" in features:
        page.conditional_format("A1:B9", {"type": "data_bar", "data_bar_2010": True})
    if "validation" in features:
        page.data_validation("K2:K3", {"validate": "list", "source": ["x", "y"]})
    if "chart" in features:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=S!$A$1:$A$5"})
        page.insert_chart("R3", chart)
    if "note" in features:
        page.write_comment("A9", "note")
    if "rich" in features:
        page.write_rich_string("R1", book.add_format({"italic": True}), "rich", " text")


def strict(data: bytes) -> bytes:
    """The workbook in the strict dialect."""
    return _respelt(data, STRICT)


def transitional(data: bytes) -> bytes:
    """A strict workbook in the transitional dialect."""
    return _respelt(data, {new: old for old, new in STRICT.items()})


def _respelt(data: bytes, uris: dict[str, str]) -> bytes:
    parts = unpacked(data)
    for old, new in uris.items():
        parts = {n: c.replace(old.encode(), new.encode()) for n, c in parts.items()}
    return packed(parts)
