"""What a workbook remembers of the rows that are kept centrally, and what a bundle says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having

from tracker.history.threeway import Kind, Value

Place = tuple[str, str]
"""(table, key): a row by what makes it the same row on both sides."""
Cells = Mapping[str, Value]
"""Field -> value; a field that is not there is blank."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the central side last said of a row.

    Attributes:
        at: the fields that make up its key, as they are written into a new row.
        values: the fields that are kept centrally.
        id: the row's id in the workbook, "" where it has none.
        withdrawn: whether it was taken back since.
    """

    at: Cells
    values: Cells
    id: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """A cell that both sides changed and not alike, or a row that one of them deleted.

    Attributes:
        table, key, field: where; "" as the field for a whole row.
        kind: whether values differ, or which side deleted the row.
        base, theirs: the cell before, and as the central side has it now; None for a row.
        bundle, sender, day: where the central side's word comes from.
    """

    table: str
    key: str
    field: str
    kind: Kind
    base: Value = None
    theirs: Value = None
    bundle: int = 0
    sender: str = ""
    day: str = ""

    @property
    def place(self) -> Place:
        """The row that it is about."""
        return self.table, self.key


@dataclass
class Synced:
    """What a workbook remembers: enough to tell who changed what since the last bundle.

    Attributes:
        workbook: id of the workbook that it belongs to.
        taken: number of every bundle that was taken in -> its checksum.
        rows: what the central side last said, by row.
        disputes: what is left to decide, by table, key and field.
    """

    workbook: str = ""
    taken: dict[int, str] = having(default_factory=dict)
    rows: dict[Place, Known] = having(default_factory=dict)
    disputes: dict[tuple[str, str, str], Dispute] = having(default_factory=dict)

    @property
    def last(self) -> int:
        """Number of the last bundle taken in; 0 for none."""
        return max(self.taken, default=0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a bundle: new or changed. Fields that it does not name stay as they were."""

    table: str
    key: str
    at: Cells
    values: Cells


@dataclass(frozen=True, slots=True)
class Bundle:
    """One patch for one workbook.

    Attributes:
        workbook: id of the workbook that it is for.
        owner: whose workbook that is.
        number: counts up from 1; `follows` is the number of the one that it builds on.
        schema: version of the schema that its fields are of.
        base: digest of what the central side had said before (`codec.digest`).
        day, sender: as-of day and name of the side that sends it.
        rows, gone: new or changed rows, and those that are withdrawn.
        checksum: of its content, set by reading and writing.
    """

    workbook: str
    owner: str
    number: int
    follows: int
    schema: str
    base: str
    day: str
    sender: str
    rows: tuple[Entry, ...] = ()
    gone: tuple[Place, ...] = ()
    checksum: str = ""
