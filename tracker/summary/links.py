"""Links that still find their row after the sheet was sorted: by its id, looked up when followed."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WILD = re.compile(r"([~*?])")
LONGEST_KEY = 250  # MATCH looks for texts of at most 255 characters


@dataclass(frozen=True, slots=True)
class Goal:
    """A row to go to.

    Attributes:
        sheet: name of its sheet.
        row: where it stood when the link was made (1-based).
        key: its id.
        column: the column of the ids (1-based).
    """

    sheet: str
    row: int
    key: str
    column: int

    @property
    def sought(self) -> str:
        """The id as MATCH looks for it: nothing in it is a wildcard."""
        return _WILD.sub(r"~\1", self.key)[:LONGEST_KEY]


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and places hold it."""
    return "'" + sheet.replace("'", "''") + "'"


def formula(goal: Goal, sought: str, shown: str) -> str:
    """A link to the goal; `sought` and `shown` are cells that hold the id and the text to show.

    Both are cells because a formula must hold nothing that a person typed but the sheet's name.
    """
    from xlsxwriter.utility import xl_col_to_name

    column = xl_col_to_name(goal.column - 1)
    start = f"#{quoted(goal.sheet)}!A".replace('"', '""')
    ids = f"{quoted(goal.sheet)}!${column}:${column}"
    return f'=HYPERLINK("{start}"&IFERROR(MATCH({sought},{ids},0),{goal.row}),{shown})'
