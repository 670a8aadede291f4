"""The tint of faulty cells: one conditional format a table that looks a cell up in a hidden list.

It asks by the row's id and the column's header, so it follows a row that is sorted elsewhere. In
a row whose check column is blank it looks nothing up.
"""

from __future__ import annotations

from tracker.book.lists import FAULTS, ROWS, list_name
from tracker.xlsx.refs import Range, letters
from tracker.xlsx.rules import Rule

MARK = list_name(*FAULTS)
FILL = "FFE2B8"


def fault_key(row_id: str, header: str) -> str:
    """What the hidden list calls a cell."""
    return f"{row_id}|{header}"


def tint(header_row: int, columns: Range, row_id: int, check: int | None) -> Rule:
    """The rule of one table.

    Args:
        header_row: the row of its headers.
        columns: the cells of its records.
        row_id: column of the id.
        check: column of the row's check, None where there is none.
    """
    first = header_row + 1
    key = f'${letters(row_id)}{first}&"|"&{letters(columns.left)}${header_row}'
    found = f"ISNUMBER(MATCH({key},{MARK},0))"
    formula = f'IF(${letters(check)}{first}="",0,{found})' if check else found
    where = columns._replace(top=first, bottom=max(columns.bottom, header_row + ROWS))
    return Rule(where, formula, FILL, max(columns.bottom, first))
