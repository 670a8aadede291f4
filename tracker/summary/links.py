"""Links that still find their row after the sheet was sorted: by its id, looked up when followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.xlsx.refs import letters, quoted

_WILD = re.compile(r"([~*?])")
_NUMBER = re.compile(r"(?!0\d)\d{1,15}")  # an id that a person may have typed as a number
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_KEY = 250  # MATCH looks for texts of at most 255 characters


@dataclass(frozen=True, slots=True)
class Goal:
    """A row to go to.

    Attributes:
        sheet: name of its sheet.
        row: where it stood when the link was made (1-based).
        key: its id, "" where it has none of its own.
        column: the column of the ids (1-based), 0 where there is none.
    """

    sheet: str
    row: int
    key: str
    column: int

    @property
    def sought(self) -> str:
        """The id as MATCH looks for it: nothing in it is a wildcard."""
        return _WILD.sub(r"~\1", self.key)[:LONGEST_KEY]


def formula(goal: Goal, sought: str, shown: str) -> str:
    """A link to the goal; `sought` and `shown` are cells that hold the id and the text to show.

    Both are cells because a formula must hold nothing that a person typed but the sheet's name.
    """
    return (
        f'=HYPERLINK("{_start(goal)}A"&IFERROR(MATCH({sought},{_ids(goal)},0),{goal.row}),{shown})'
    )


def written_out(goal: Goal, column: int) -> str:
    """A link to the cell of a column in the goal's row, shown as its reference.

    The id stands in the formula itself, for sheets whose cells do not hold it.
    """
    at, target = str(goal.row), f"{letters(column)}{goal.row}"
    literals = list(_literals(goal))
    if not literals:
        return f'=HYPERLINK("{_start(goal)}{target}","{target}")'
    for literal in literals:
        at = f"IFERROR(MATCH({literal},{_ids(goal)},0),{at})"
    return f'=HYPERLINK("{_start(goal)}{letters(column)}"&{at},"{target}")'


def _literals(goal: Goal) -> Iterator[str]:
    """The id as formulas hold it, as a number too where it may be one; none if it cannot be held."""
    sought = _WILD.sub(r"~\1", goal.key).replace('"', '""')
    if not sought or not goal.column or len(sought) > LONGEST_KEY or UNFIT.search(sought):
        return
    if _NUMBER.fullmatch(goal.key):
        yield goal.key
    yield f'"{sought}"'


def _start(goal: Goal) -> str:
    return f"#{quoted(goal.sheet)}!".replace('"', '""')


def _ids(goal: Goal) -> str:
    column = letters(goal.column)
    return f"{quoted(goal.sheet)}!${column}:${column}"
