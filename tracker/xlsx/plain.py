"""A hidden sheet of plain values, written straight as XML, and the texts read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tracker.xlsx import markup
from tracker.xlsx.refs import letters
from tracker.xlsx.scan import Scan
from tracker.xlsx.values import number_text

_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="' + markup.MAIN.encode() + b'"><sheetData>'
)
_LINE = re.compile(
    rb'<row r="\d++"><c r="A\d++" t="inlineStr"><is><t(?: xml:space="preserve")?+>([^<]*+)</t></is></c></row>'
)


def plain_sheet(rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """A worksheet part that holds the rows from A1 on, its texts inline.

    Inline texts keep what only the program reads out of everybody's shared strings.
    """
    out, columns = [_HEAD], list[bytes]()
    for n, row in enumerate(rows, 1):
        out.append(b'<row r="%d">' % n)
        columns += (letters(c).encode() for c in range(len(columns) + 1, len(row) + 1))
        for column, value in zip(columns, row, strict=False):
            if isinstance(value, str):
                text = markup.text_element(b"", value)
                out.append(b'<c r="%b%d" t="inlineStr"><is>%b</is></c>' % (column, n, text))
            elif value is not None:
                out.append(b'<c r="%b%d"><v>%b</v></c>' % (column, n, number_text(value).encode()))
        out.append(b"</row>")
    return b"".join([*out, b"</sheetData></worksheet>"])


def plain_texts(sheet: Scan) -> list[str] | None:
    """The texts of a sheet of one column as `plain_sheet` writes it; None for any other."""
    rows = _LINE.findall(sheet.data, sheet.first, sheet.last)
    if len(rows) != len(sheet.rows):
        return None
    whole: bytes = b"<".join(rows)  # a character that stands in none of them
    if not rows or b"&" in whole or b"_x" in whole or b"\r" in whole:
        return list(map(markup.unescape_text, rows))
    return whole.decode("utf-8", "replace").split("<")
