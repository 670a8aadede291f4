"""How a new workbook looks: cell formats by who owns a column, widths, colours by tone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from tracker.schema.model import Column

FONT = "Microsoft YaHei"
ROW_HEIGHT, HEADER_HEIGHT = 18, 36
TABS = {"table": "#1F4E79", "support": "#9AA5B1"}
TONES = {
    "good": {"font_color": "#1E6B34", "bg_color": "#E3F2E6"},
    "warn": {"font_color": "#8A5A00", "bg_color": "#FFF3D6"},
    "bad": {"font_color": "#A3201D", "bg_color": "#FBE3E1"},
}
QUIET = "#5F6B7A"
_SIZE = 10
_EDGE = "#D9DEE4"
_HEADER = {
    "required": {"font_color": "#FFFFFF", "bg_color": "#1F4E79", "bold": True},
    "input": {"font_color": "#1F4E79", "bg_color": "#DCE8F4", "bold": True},
    "computed": {"font_color": QUIET, "bg_color": "#EEF0F3", "font_size": 9},
}
_COMPUTED = {"font_color": QUIET, "bg_color": "#F7F8FA", "border": 1, "border_color": _EDGE}
_CENTRED = frozenset({"date", "time", "period", "monthday", "bool", "pick"})
_NUMBERS = frozenset({"int", "num"})
_TYPED_AS_TEXT = frozenset({"ref", "period", "monthday"})
"""Types whose cells are formatted as text, so that 2026-08, 05-18 and 007 stay as typed."""
_MARGIN = 2.0
_BUTTON = 3.0  # the filter button covers the end of a header's last line
_WIDEST_PICK = 26
_LATIN = 1.25  # names and sentences take more room in Latin letters than in Chinese
_SMALL = 0.9  # a computed header's letters against those of a cell


class Look:
    """Formats of one XlsxWriter workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def format(self, **how: object) -> Any:
        """The format with these properties, in the house font."""
        return self._once({"font_name": FONT, "font_size": _SIZE, "valign": "vcenter", **how})

    def header(self, column: Column) -> Any:
        """Header format: required inputs stand out, the tool's columns stand back."""
        placed = {"align": "center"} if alignment(column) != "left" else {}
        framed = {"text_wrap": True, "border": 1, "border_color": _EDGE}
        return self.format(**_HEADER[header_kind(column)], **framed, **placed)

    def legend(self, kind: str) -> Any:
        """Format of a cell that explains the header colour of that kind."""
        return self.format(**_HEADER[kind], align="center", border=1, border_color=_EDGE)

    def cell(self, column: Column) -> Any:
        """Format of a column's cells: its number format, grey where the tool writes."""
        how: dict[str, object] = {"num_format": number_format(column), "align": alignment(column)}
        return self.format(**how, **(_COMPUTED if column.owner != "input" else {}))

    def code(self, column: Column) -> Any:
        """Format of a cell of a support sheet: everything there is text."""
        return self.format(num_format="@", align=alignment(column))

    def tone(self, name: str) -> Any:
        """Differential format of a conditional format."""
        return self._once(TONES[name])

    def fill(self, colour: str) -> Any:
        """Differential format that colours the cell alone."""
        return self._once({"bg_color": "#" + colour})

    def _once(self, properties: Mapping[str, object]) -> Any:
        key = tuple(sorted(properties.items(), key=lambda p: p[0]))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]


def header_kind(column: Column) -> str:
    """What a header's colour tells: "required", "input" (may be filled in) or "computed"."""
    if column.owner != "input":
        return "computed"
    return "required" if column.need == "required" else "input"


def alignment(column: Column) -> str:
    """Dates and chosen words in the middle, numbers to the right, free text to the left."""
    if column.type in _CENTRED:
        return "center"
    return "right" if column.type in _NUMBERS else "left"


def number_format(column: Column) -> str:
    """Number format of a column's cells; "@" where a spreadsheet would spoil what is typed.

    Phones would lose a leading zero, periods and days without a year become other dates.
    """
    if column.format:
        return column.format
    if column.owner == "computed" or column.type not in {"text", *_TYPED_AS_TEXT}:
        return "General"
    code = column.owner == "id" or column.patterns or column.data_class != "public"
    return "@" if code or column.type in _TYPED_AS_TEXT else "General"


def text_width(text: str) -> int:
    """Width of a text in characters; one of the Chinese script counts double."""
    if text.isascii():
        return len(text)
    return len(text) + sum([unicodedata.east_asian_width(c) in "WFA" for c in text])


def shown_width(column: Column, lang: str) -> float:
    """Width in characters at which the header and the values to choose from can be read."""
    own = column.width
    if lang != "zh" and column.type in {"text", "ref", "multi"} and column.owner == "input":
        own *= _LATIN
    longest = max((text_width(p.label(lang)) for p in column.picks), default=0)
    picks = min(longest, _WIDEST_PICK) + _MARGIN if longest else 0
    return max(own, picks, _header_width(column.label(lang), header_kind(column)))


def _header_width(label: str, kind: str) -> float:
    """Least width that shows a header in one line, or in two where it has words to part."""
    scale = _SMALL if kind == "computed" else 1
    words = label.split(" ")
    ways = [text_width(label) + _MARGIN]
    for i, _ in enumerate(pairwise(words), 1):
        first, last = text_width(" ".join(words[:i])), text_width(" ".join(words[i:]))
        ways.append(max(first + _MARGIN, last + _BUTTON))
    return scale * min(ways)
