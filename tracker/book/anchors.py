"""Hidden defined names that follow tables and columns through renames, moves and insertions."""

from __future__ import annotations

from tracker.book.locate import Place, anchor, locate
from tracker.schema.model import Schema
from tracker.xlsx import Workbook
from tracker.xlsx.refs import Range, absolute, sheet_area


def set_anchors(book: Workbook, schema: Schema) -> None:
    """Plan the names of every table and column found that have none or point elsewhere."""
    for place in locate(book, schema)[0].values():
        anchor_place(book, place)


def anchor_place(book: Workbook, place: Place) -> None:
    """Plan the names of one table; a name that already points to its place is left alone."""
    first, last = min(place.columns.values()), max(place.columns.values())
    wanted = {anchor(place.module.name): Range(place.header_row, first, place.header_row, last)}
    for name, column in place.columns.items():
        here = Range(place.header_row, column, place.header_row, column)
        wanted[anchor(place.module.name, name)] = here
    for name, where in wanted.items():
        if sheet_area(book.names.get(name, "")) != (place.sheet.name, where):
            book.set_name(name, absolute(place.sheet.name, where), hidden=True)
