"""All books of a rollup put together, one read after the other; no book's rows are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.api.store import Store
from tracker.api.team import member, odd_periods, team_figures
from tracker.checks.catalogue import Grading, grade
from tracker.findings import RANK, Finding
from tracker.rollups.alike import Alike, alike
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.rollups.result import Figures
from tracker.rollups.settings import RollupSettings
from tracker.rollups.shared import Meeting, meetings
from tracker.rollups.spoken import Spoken
from tracker.rollups.verdicts import verdicts
from tracker.rollups.worst import Worst
from tracker.schema.model import Schema


@dataclass(frozen=True)
class Whole:
    """What the books come to; the attributes are those of `Rollup`."""

    findings: tuple[tuple[Book, Finding], ...]
    by_code: Mapping[tuple[str, str], int]
    shared: tuple[Meeting, ...]
    alike: tuple[Alike, ...]
    figures: Figures


def put_together(
    books: Sequence[Book], store: Store, schema: Schema, as_of: date, mask: Mask, grading: Grading
) -> Whole:
    """Read what each book adds to the whole, in the order of the books.

    Args:
        books: all sources in order.
        store: where their extracts lie.
        schema: with the thresholds that hold.
        as_of: the day of the rollup.
        mask: what is hidden in texts of the team's Summary.
        grading: severities of findings about books.
    """
    settings = RollupSettings.of(schema.thresholds)
    taken = [b for b in books if b.taken and b.head]
    spoken, members, inside, counts = Spoken(), [], Worst(), Counter[tuple[str, str]]()
    for book in taken:
        gist = store.gist(book)
        spoken.add(book, gist.spellings)
        members.append(member(book, gist.tallies, schema, mask))
        inside.add(book, gist.findings)
        counts.update((f.severity, f.code) for f in gist.findings)
    met = meetings(taken, store.sightings, spoken.names)
    figures = team_figures(members, met, schema, as_of, mask, spoken.names)
    odd = odd_periods(taken, members, figures)
    own = verdicts(books, met, schema, as_of, settings.stale_days, spoken.conflicts, odd)
    about = [(b, f) for b, one in own for f in grade([one], schema, grading)]
    ranked = {b.name: i for i, b in enumerate(books)}
    found = sorted(
        about + list(inside.listed()), key=lambda p: (RANK[p[1].severity], ranked[p[0].name])
    )
    counts.update((f.severity, f.code) for _, f in about)
    near = alike(taken, store.sightings, spoken.names, settings.alike, settings.near)
    return Whole(tuple(found), counts, tuple(met), tuple(near), figures)
