"""What a rollup takes from a file, as plain values that travel between processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import TYPE_CHECKING, Literal, NamedTuple

from tracker.findings import Finding
from tracker.schema.names import plain

if TYPE_CHECKING:
    import pandas as pd

Words = Mapping[str, str]
"""One sentence by language."""
State = Literal["read", "partial", "copy", "skipped", "missing"]


@dataclass(frozen=True)
class Head:
    """What is known of one workbook as of a day, without its rows; small enough for thousands.

    Attributes:
        digest: SHA-256 of the file, hexadecimal.
        workbook: its id; two files with one id are two states of one book.
        revision: how often it was refreshed with a change.
        saved: when it was last saved by its own record, ISO 8601, "" where it does not say.
        refreshed: the as-of day of its last refresh, "" where it never had one.
        version: schema version it was last refreshed with, "" likewise.
        owner, owner_name: who keeps it, by its settings.
        lang: its language.
        sheets: module -> name of its sheet.
        columns: module -> fields that its rows have, in the order of the schema.
        rows: module -> how many records.
        counts: severity -> how many findings.
        remarks: what a reader of the rollup should know about it.
    """

    digest: str
    workbook: str
    revision: int
    saved: str
    refreshed: str
    version: str
    owner: str
    owner_name: str
    lang: str
    sheets: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    counts: Mapping[str, int] = having(default_factory=dict)
    remarks: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Gist:
    """What one workbook adds to the whole, read book by book and never held for all.

    Attributes:
        findings: graded, in the order of the book.
        spellings: list -> spelling -> canonical name, of the lists that people keep.
        tallies: name -> a small table of sums that add up over books, a list a column.
    """

    findings: tuple[Finding, ...] = ()
    spellings: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    tallies: Mapping[str, Mapping[str, Sequence[object]]] = having(default_factory=dict)


@dataclass(frozen=True)
class Extract:
    """One workbook as of a day, with its rows.

    Attributes:
        sightings: what may be shared with other owners.
        frames: module -> its records: input, id and computed columns (words as codes); index =
            Excel row.
        leaves: the rows as `tracker.rollups.leaves` makes them in `lang`, where they were asked for.
    """

    head: Head
    gist: Gist
    sightings: tuple[Sighting, ...]
    frames: Mapping[str, pd.DataFrame]
    lang: str = ""
    leaves: bytes | None = None


class Sighting(NamedTuple):
    """A row that may stand in other owners' books as well; a tuple, which is read back fast.

    Attributes:
        module, row, id: which row.
        key: what makes it the same thing, normalised part by part; the first `told` parts say
            what a finding is about.
        said: the same as people wrote it.
        facts: what owners may disagree about, by field.
        sound: whether the row has no error.
        kind: what several rows of a book name alike, "" for the row itself.
    """

    module: str
    row: int
    id: str
    key: tuple[str, ...]
    said: tuple[str, ...]
    told: int
    facts: Mapping[str, object]
    sound: bool = True
    kind: str = ""


@dataclass(frozen=True)
class Unread:
    """A file that could not be taken in, and why; `bug` where the program is at fault."""

    why: Words
    bug: bool = False


@dataclass(frozen=True)
class Book:
    """A file among the sources of a rollup.

    Attributes:
        name: its path below the folder that all sources have in common, with "/".
        state: whether its rows are in the rollup ("read"; "partial" where something is amiss).
        head: what is known of it; None where it could not be read.
        remarks: why its rows are not in, or what to know about them.
        known: whether it was unchanged since an earlier run and not read again.
        of: the book that counts in the place of this copy.
    """

    name: str
    state: State
    head: Head | None = None
    remarks: tuple[Words, ...] = ()
    known: bool = False
    of: Book | None = None

    @property
    def taken(self) -> bool:
        """Whether its rows are in the rollup."""
        return self.state in ("read", "partial")

    @property
    def owner(self) -> str:
        """Who keeps the book; its file name where it does not say."""
        return (self.head.owner if self.head else "") or self.name

    @property
    def who(self) -> str:
        """The same in compared form: codes that only differ in case or width are one."""
        return plain(self.owner)
