"""The proof of one planned cell: its value, and the format that it has."""

from __future__ import annotations

import re
from functools import cached_property

from tracker.xlsx import markup
from tracker.xlsx.scan import RawCell, Scan
from tracker.xlsx.serial import to_serial
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import Put, Value, as_put, wanted_format


class CellProof:
    """Holds planned cells of one sheet against the cells that were there."""

    def __init__(self, old: Scan, texts: list[str], styles: Styles, *, date1904: bool) -> None:
        self.old, self.styles, self.texts, self.date1904 = old, styles, texts, date1904
        self.formats = range(len(styles.items(b"cellXfs")))
        self._fitting: dict[object, bool] = {}

    def holds(self, style: int | None, after: RawCell | None, planned: Put | Value) -> bool:
        """Whether a cell holds what was planned, in the format that it had or was to get.

        `style` is that of the cell that was there, None where there was none.
        """
        code, over = None, False
        if not isinstance(planned, Put):
            value = planned
        else:
            if planned.moved is not None:
                return False
            value, code, over = planned.value, planned.number_format, planned.over
            style = style if planned.style is None else planned.style
        if after is None:
            return value is None and not style
        column = after.column if style is None else 0
        key = (style, after.style, code, over, type(value), column)
        fits = self._fitting.get(key)
        if fits is None:
            usual = [style] if style is not None else self._blank_styles(column)
            fits = any(self._fits(s, after.style, as_put(planned)) for s in usual)
            self._fitting[key] = fits
        return fits and self._reads_back(after, value)

    def _blank_styles(self, column: int) -> set[int]:
        """Styles that a cell may take after its column or row where there was none."""
        tags = re.findall(rb"<%bcol\s[^>]*>" % re.escape(self.old.prefix), self.old.head)
        spans = [[int(markup.get(t, n) or 0) for n in (b"min", b"max", b"style")] for t in tags]
        own = next((s for low, high, s in spans if low <= column <= high and s), 0)
        return {own, *self._row_styles}

    @cached_property
    def _row_styles(self) -> set[int]:
        row = rb"<%brow\s[^>]*customFormat[^>]*>" % re.escape(self.old.prefix)
        tags = re.findall(row, self.old.data) if b"customFormat" in self.old.data else ()
        return {int(markup.get(t, b"s") or 0) for t in tags}

    def _fits(self, old: int, new: int, put: Put) -> bool:
        """Whether a style is the old one, or that with the number format which the value needs."""
        code, shows_date = wanted_format(put.value), self.styles.is_date(old)
        if put.value is None or (code and shows_date):
            code = None
        elif code or put.over or self.styles.number_format(old) == "General":
            code = put.number_format or code
        if code is None:
            return new == old
        a, b = (without(self.styles.xf(i), b"numFmtId", b"applyNumberFormat") for i in (old, new))
        return new in self.formats and self.styles.number_format(new) == code and a == b

    def _reads_back(self, cell: RawCell, value: Value) -> bool:
        kind, raw = cell.kind, cell.value
        if cell.formula or value is None or raw is None:
            return not cell.formula and value is None and raw is None and kind == b"n"
        if isinstance(value, str):
            at = int(raw) if kind == b"s" and raw.isdigit() else len(self.texts)
            return at < len(self.texts) and self.texts[at] == value
        if isinstance(value, bool):
            return kind == b"b" and raw == b"%d" % value
        if not isinstance(value, (int, float)):
            value = to_serial(value, date1904=self.date1904)
        return kind == b"n" and float(raw) == float(value)


def without(element: bytes, *names: bytes) -> bytes:
    """An element whose start tag lacks those attributes."""
    end = element.index(b">") + 1
    tag = re.sub(rb"\s+(/?>)$", rb"\1", element[:end])
    for name in names:
        tag = re.sub(rb"\s%b\s*=\s*(?:\"[^\"]*\"|'[^']*')" % name, b"", tag)
    return tag + element[end:]
