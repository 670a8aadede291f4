"""Planned cells as bytes."""

from __future__ import annotations

import datetime as dt

from tracker.xlsx import markup
from tracker.xlsx.serial import to_serial
from tracker.xlsx.strings import StringPlan
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import Put, Value, as_put, number_text, wanted_format

_MOMENT = (dt.date, dt.time)


class Encoder:
    """Makes the cells of one sheet.

    What does not depend on the value itself (the style, the type, the tags) is put together
    once for each combination; a refresh writes some ten thousand cells in a few of them.
    """

    def __init__(
        self, prefix: bytes, styles: Styles, strings: StringPlan, *, date1904: bool
    ) -> None:
        self.prefix, self.styles, self.strings = prefix, styles, strings
        self.date1904 = date1904
        self._middles: dict[tuple[int, str | None, bool, type], bytes] = {}
        self._start, self._end = b'<%bc r="' % prefix, b"</%bv></%bc>" % (prefix, prefix)

    def cell(self, ref: bytes, style: int, planned: Put | Value) -> bytes:
        """Bytes of a cell; a blank one without a style is no cell at all (b"").

        Args:
            ref: where it stands.
            style: the style index of the cell that was there, or that of its column.
            planned: the value; texts must be known to the string plan.
        """
        code, over = None, False
        if not isinstance(planned, Put):
            value = planned
        else:
            if planned.moved is not None:
                end = planned.moved.index(b">") + 1
                return markup.put(planned.moved[:end], b"r", ref) + planned.moved[end:]
            value, code, over = planned.value, planned.number_format, planned.over
            style = style if planned.style is None else planned.style
        key = (style, code, over, type(value))
        middle = self._middles.get(key)
        if middle is None:
            middle = self._middles[key] = self._middle(style, as_put(planned))
        if value is None:
            return middle and self._start + ref + middle
        return self._start + ref + middle + self._text(value) + self._end

    def _middle(self, style: int, put: Put) -> bytes:
        """From behind the reference to the value."""
        value, p = put.value, self.prefix
        style = self._style(style, put)
        mark = b'" s="%d"' % style if style else b'"'
        if value is None:
            return mark + b"/>" if style else b""
        kind = (
            b' t="s"' if isinstance(value, str) else b' t="b"' if isinstance(value, bool) else b""
        )
        return mark + kind + b"><" + p + b"v>"

    def _style(self, style: int, put: Put) -> int:
        """Style of the planned cell: with a number format where it needs one that it has not."""
        code = put.number_format
        if put.value is None:
            return style
        wanted = wanted_format(put.value)
        if wanted:
            code = None if self.styles.is_date(style) else code or wanted
        elif not put.over and self.styles.number_format(style) != "General":
            code = None
        return self.styles.with_number_format(style, code) if code else style

    def _text(self, value: Value) -> bytes:
        if isinstance(value, str):
            return b"%d" % self.strings.index(value)
        if isinstance(value, _MOMENT):
            value = to_serial(value, date1904=self.date1904)
        assert value is not None
        return b"%d" % value if isinstance(value, bool) else number_text(value).encode()
