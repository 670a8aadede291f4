"""Tables of the page: a template names the columns, the rows come from the context."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.summary import marks, svg

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        head: what stands above it.
        field: the field of the rows that it shows.
        span: how many columns of the sheet's grid it takes.
        kind: one of KINDS.
        fmt: Excel format of its numbers.
        high: the value at which a bar is full.
        tone: the field with the class of a cell, such as "behind"; or "" for none.
        none: what stands where there is no value.
        words: what is shown for codes.
    """

    head: str
    field: str
    span: int = 1
    kind: str = "text"
    fmt: str = "#,##0"
    high: float = 1.0
    tone: str = ""
    none: str = ""
    words: Mapping[str, str] | None = None


def column(
    head: object,
    field: str,
    span: int = 1,
    kind: str = "text",
    *,
    fmt: str = "#,##0",
    high: float | None = None,
    tone: str = "",
    none: object = "",
    words: Mapping[str, str] | None = None,
) -> Column:
    """A column for `table`. Raises ValueError for a kind that there is not."""
    if kind not in KINDS:
        raise ValueError(f"column kind {kind!r}; known: {', '.join(sorted(KINDS))}")
    return Column(
        str(head), field, int(span), kind, fmt, float(high or 1.0), tone, str(none), words
    )


def table(rows: Sequence[Row], columns: Sequence[Column], foot: Row | None = None) -> Markup:
    """A table with heads and a line for each row; numbers, dates and links keep their type.

    `foot` is a last line, for sums.
    """
    starts = [_opening(c) for c in columns]
    lines = [_line(row, columns, starts) for row in rows]
    if foot is not None:
        lines.append(_line(foot, columns, [s + Markup("sum ") for s in starts]))
    heads = Markup("").join(_head(c) for c in columns)
    body = Markup("</tr>\n<tr>").join([heads, *lines])
    return Markup("<table>\n<tr>") + body + Markup("</tr>\n</table>")


def _line(row: Row, columns: Sequence[Column], starts: Sequence[Markup]) -> Markup:
    cells = (_cell(row, c, start) for c, start in zip(columns, starts, strict=True))
    return Markup("").join(cells)


def functions(words: Mapping[str, str]) -> dict[str, Callable[..., object]]:
    """What templates call: `column`, `table`, `notes` and `listing`, in the words of a language."""

    def notes(block: Row) -> Markup:
        """How many more rows there are, and how many stay out because of errors."""
        total, rows, excluded = block.get("total", 0), block.get("rows", ()), block.get("excluded")
        assert isinstance(rows, Sequence)
        said = []
        if isinstance(total, int) and total > len(rows):
            said.append(marks.fill(words["more"], n=total, shown=len(rows)))
        if excluded:
            said.append(marks.fill(words["excluded"], n=excluded))
        note = Markup('<p class="note">{}</p>')
        return note.format(" · ".join(said)) if said else Markup("")

    def listing(block: Row, none: str, columns: Sequence[Column], *, left: str = "") -> Markup:
        """The rows of a block as a table with its notes; a sentence where it has none.

        `left` is said instead of it where there could be rows but for errors.
        """
        rows, excluded = block["rows"], block.get("excluded")
        assert isinstance(rows, Sequence)
        if left and excluded and not rows:
            return Markup('<p class="note">{}</p>').format(marks.fill(left, n=excluded))
        said = Markup('<p class="note">{}</p>').format(none)
        return (table(rows, columns) if rows else said) + notes(block)

    return {"column": column, "table": table, "notes": notes, "listing": listing}


def _head(c: Column) -> Markup:
    side = Markup(' class="{}"').format(_SIDES[c.kind]) if _SIDES[c.kind] != "mid" else ""
    return Markup("<th{}{}>{}</th>").format(side, _span(c), marks.plain(c.head))


def _opening(c: Column) -> Markup:
    """The cell's tag but for its class."""
    return Markup('<td{} data-label="{}" class="').format(_span(c), marks.plain(c.head))


def _span(c: Column) -> Markup:
    return Markup(' colspan="{}"').format(c.span) if c.span > 1 else Markup("")


def _cell(row: Row, c: Column, start: Markup) -> Markup:
    tone = row.get(c.tone) if c.tone else None
    value = row[c.field]
    value = c.words.get(str(value), value) if c.words else value
    shown = escape(marks.plain(c.none)) if marks.blank(value) else KINDS[c.kind](value, c, row)
    side = escape(_CLASSES[c.kind] if tone is None else f"{_CLASSES[c.kind]} {tone}")
    return start + side + Markup('">') + shown + Markup("</td>")


def _text(value: object, _column: Column, _row: Row) -> Markup:
    if isinstance(value, bool):
        return escape("√" if value else "")
    return marks.date(value) if isinstance(value, dt.date) else escape(marks.plain(value))


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _link(value: object, _column: Column, row: Row) -> Markup:
    place = row.get("link")
    return marks.goto(value, place if isinstance(place, Mapping | str) else None)


def _points(value: object, c: Column, _row: Row) -> Markup:
    return svg.spark(value, c.fmt) if isinstance(value, list | tuple) else Markup("")


KINDS: Mapping[str, Callable[[object, Column, Row], Markup]] = {
    "text": _text,
    "wrap": _text,
    "mid": _text,
    "link": _link,
    "num": lambda value, c, _: marks.num(_number(value), c.fmt),
    "amount": lambda value, _, __: marks.amount(_number(value)),
    "bar": lambda value, c, _: marks.bar(_number(value), c.high, c.fmt),
    "spark": _points,
}
_CLASSES = {"text": "left", "wrap": "wrap", "mid": "mid", "link": "left strong", "num": "num",
            "amount": "num", "bar": "num", "spark": "mid"}  # fmt: skip
_SIDES = {"text": "left", "wrap": "left", "link": "left", "mid": "mid", "spark": "mid",
          "num": "num", "amount": "num", "bar": "num"}  # fmt: skip
