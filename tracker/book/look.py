"""How a new workbook looks: cell formats by who owns a column, colours by tone."""

from __future__ import annotations

from typing import Any

from tracker.schema.model import Column

FONT = "Microsoft YaHei"
_SIZE = 10
_EDGE = "#D9DEE4"
TONES = {
    "good": {"font_color": "#1E6B34", "bg_color": "#E3F2E6"},
    "warn": {"font_color": "#8A5A00", "bg_color": "#FFF3D6"},
    "bad": {"font_color": "#A3201D", "bg_color": "#FBE3E1"},
}
_HEADER = {
    "required": {"font_color": "#FFFFFF", "bg_color": "#1F4E79", "bold": True},
    "input": {"font_color": "#1F4E79", "bg_color": "#DCE8F4", "bold": True},
    "computed": {"font_color": "#5F6B7A", "bg_color": "#EEF0F3", "bold": False},
}
_COMPUTED_BACK = "#F7F8FA"


class Look:
    """Formats of one XlsxWriter workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def format(self, **how: object) -> Any:
        """The format with these properties, in the house font."""
        full = {"font_name": FONT, "font_size": _SIZE, "valign": "vcenter", **how}
        key = tuple(sorted(full.items(), key=lambda p: p[0]))
        if key not in self._made:
            self._made[key] = self._book.add_format(full)
        return self._made[key]

    def header(self, column: Column) -> Any:
        """Header format: required inputs stand out, the tool's columns stand back."""
        kind = "computed" if column.owner != "input" else "input"
        if column.need == "required" and column.owner == "input":
            kind = "required"
        return self.format(**_HEADER[kind], text_wrap=True, border=1, border_color=_EDGE)

    def cell(self, column: Column) -> Any:
        """Format of a column's cells: its number format, grey where the tool writes."""
        how: dict[str, object] = {"num_format": column.format} if column.format else {}
        if column.type in ("text", "ref", "period") and column.owner == "input":
            how["num_format"] = "@" if column.patterns or column.type == "period" else "General"
        if column.owner != "input":
            how |= {"bg_color": _COMPUTED_BACK, "font_color": "#5F6B7A"}
        return self.format(**how)

    def tone(self, name: str) -> Any:
        """Differential format of a conditional format."""
        return self._book.add_format(TONES[name])
