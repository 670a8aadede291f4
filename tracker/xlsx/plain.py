"""A hidden sheet of plain values, written straight as XML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.xlsx import markup
from tracker.xlsx.refs import letters
from tracker.xlsx.values import number_text

_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="' + markup.MAIN.encode() + b'"><sheetData>'
)


def plain_sheet(rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """A worksheet part that holds the rows from A1 on, its texts inline.

    Inline texts keep what only the program reads out of everybody's shared strings.
    """
    out = [_HEAD]
    for n, row in enumerate(rows, 1):
        out.append(b'<row r="%d">' % n)
        for c, value in enumerate(row, 1):
            ref = f"{letters(c)}{n}".encode()
            if isinstance(value, str):
                text = markup.text_element(b"", value)
                out.append(b'<c r="%b" t="inlineStr"><is>%b</is></c>' % (ref, text))
            elif value is not None:
                out.append(b'<c r="%b"><v>%b</v></c>' % (ref, number_text(value).encode()))
        out.append(b"</row>")
    return b"".join([*out, b"</sheetData></worksheet>"])
