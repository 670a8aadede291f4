"""From a cell of the page's tables to a cell of the sheet: type, number format, link, sparkline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.summary import links
from tracker.summary.canvas import LONGEST, Canvas
from tracker.xlsx.refs import quoted

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from tracker.summary.styles import StyleSheet

_BREAK = "\ufdd0"  # stands for no character, so no text has it
_TYPED = frozenset({"data", "time", "a", "meter", "svg"})
_LINK = {"font_color": "#2F6690", "underline": 1}


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the grid: first row and column from 0, and how many columns it spans."""

    row: int
    column: int
    span: int = 1


def classes(element: HtmlElement) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def text_of(element: HtmlElement) -> str:
    """Its text on one line a `<br>`, as a browser would show it."""
    for br in element.iter("br"):
        br.tail = _BREAK + (br.tail or "")
    lines = str(element.text_content()).split(_BREAK)
    return "\n".join(" ".join(line.split()) for line in lines)[:LONGEST]


def typed_child(cell: HtmlElement) -> HtmlElement | None:
    """The one element that gives the cell its type, if nothing but it stands there."""
    children = list(cell)
    if len(children) != 1 or (cell.text or "").strip() or (children[0].tail or "").strip():
        return None
    child = children[0]
    if child.tag == "span" and "bar" in classes(child):
        return next(iter(child.iter("meter")), None)
    return child if child.tag in _TYPED else None


def write(canvas: Canvas, styles: StyleSheet, cell: HtmlElement, box: Box) -> HtmlElement | None:
    """Write one cell (merged over its columns); its typed element, if it has one."""
    parent = cell.getparent()
    chain = [(e.tag, classes(e)) for e in (parent, cell) if e is not None]
    form = styles.format_of(*chain)
    canvas.need_height(box.row, styles.height_of(*chain))
    if box.span > 1:
        last = box.column + box.span - 1
        canvas.sheet.merge_range(box.row, box.column, box.row, last, "", canvas.format(form))
    child = typed_child(cell)
    text = text_of(cell)
    canvas.need_text(box.row, text, canvas.room(box.column, box.span), form)
    if child is None:
        _write_text(canvas, text, box, form)
    else:
        _WRITERS[child.tag](canvas, child, box, form)
    return child


def _write_text(canvas: Canvas, text: str, box: Box, form: dict[str, object]) -> None:
    if text:
        canvas.sheet.write_string(box.row, box.column, text, canvas.format(form))
    else:
        canvas.sheet.write_blank(box.row, box.column, None, canvas.format(form))


def _number(canvas: Canvas, child: HtmlElement, box: Box, form: dict[str, object]) -> None:
    form = {"align": "right", **form, "num_format": child.get("data-fmt") or "General"}
    value = float(child.get("value") or "nan")
    canvas.sheet.write_number(box.row, box.column, value, canvas.format(form))


def _date(canvas: Canvas, child: HtmlElement, box: Box, form: dict[str, object]) -> None:
    form = {"align": "center", **form, "num_format": "yyyy-mm-dd"}
    day = dt.date.fromisoformat((child.get("datetime") or "")[:10])
    canvas.sheet.write_datetime(box.row, box.column, day, canvas.format(form))


def _link(canvas: Canvas, child: HtmlElement, box: Box, form: dict[str, object]) -> None:
    sheet, text = child.get("data-sheet") or "", text_of(child)
    if not sheet or not text:
        _write_text(canvas, text, box, form)
        return
    link, row = canvas.format({**form, **_LINK}), int(child.get("data-row") or 1)
    key, column = child.get("data-id"), child.get("data-column")
    if key and column:
        formula = canvas.seek(box.row, links.Goal(sheet, row, key, int(column)), text)
        canvas.sheet.write_formula(box.row, box.column, formula, link, text)
    else:
        place = f"internal:{quoted(sheet)}!A{row}"
        canvas.sheet.write_url(box.row, box.column, place, link, text)


def _spark(canvas: Canvas, child: HtmlElement, box: Box, form: dict[str, object]) -> None:
    _write_text(canvas, "", box, form)
    raw = (child.get("data-values") or "").split(",")
    values = [float(v) if v else None for v in raw]
    if all(v is None for v in values):
        return
    place = canvas.spark_values(box.row, values, child.get("data-fmt") or "General")
    look = {
        "range": place,
        "show_hidden": True,
        "series_color": "#2F6690",
        "last_point": True,
        "markers": True,
    }
    look |= {"last_color": "#C05A3C", "markers_color": "#2F6690", "weight": 1.25}
    canvas.sheet.add_sparkline(box.row, box.column, look)


_WRITERS = {"data": _number, "meter": _number, "time": _date, "a": _link, "svg": _spark}
