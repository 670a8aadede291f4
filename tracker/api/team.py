"""The Summary of a team: figures out of what the books tell, and the pages made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.metrics.settings import Settings
from tracker.rollup.mask import HIDDEN, Mask
from tracker.rollup.model import Book
from tracker.rollup.settings import RollupSettings
from tracker.rollup.shared import Meeting, spoken
from tracker.schema.model import Schema
from tracker.summary.page import template_folders, texts
from tracker.summary.team.figures import figures
from tracker.summary.team.members import Common, Member
from tracker.summary.team.page import WORDS, render_team
from tracker.summary.team.tally import PERSONAL

if TYPE_CHECKING:
    import pandas as pd

Figures = dict[str, object]


def team_figures(
    books: Sequence[Book], met: Sequence[Meeting], schema: Schema, as_of: date, mask: Mask
) -> Figures:
    """The figures of the books that count; texts that people typed are masked.

    Args:
        books: the sources of a rollup, in order.
        met: what several owners have.
        schema: with the thresholds that hold.
        as_of: the day of the rollup.
        mask: what is hidden.
    """
    rollup = RollupSettings.of(schema.thresholds)
    keys = {s.module: s.key for s in rollup.shared}
    taken = [b for b in books if b.taken and b.head]
    members = [_member(b, schema, mask) for b in taken]
    commons = [_common(m, keys[m.module], schema, mask) for m in met]
    settings = Settings.of(schema.thresholds)
    return figures(members, as_of, settings, rollup.limits, commons=commons, spoken=spoken(taken))


def _member(book: Book, schema: Schema, mask: Mask) -> Member:
    assert book.head is not None
    head = book.head
    tallies = {n: _masked(f, PERSONAL.get(n, {}), schema, mask) for n, f in head.tallies.items()}
    return Member(book.owner, head.owner_name, head.refreshed, tallies)


def _masked(
    frame: pd.DataFrame, personal: Mapping[str, tuple[str, str]], schema: Schema, mask: Mask
) -> pd.DataFrame:
    """The frame with what people typed as it may be shown."""
    shown = {}
    for name, (module, field) in personal.items():
        column = schema.modules[module].by_name[field]
        hidden = mask.hides(schema.modules[module], column)
        shown[name] = [v and (HIDDEN if hidden else mask.text(v)) for v in frame[name]]
    return frame.assign(**shown) if shown else frame


def _common(met: Meeting, fields: Sequence[str], schema: Schema, mask: Mask) -> Common:
    module = schema.modules[met.module]
    said = {
        f: HIDDEN if k and mask.hides(module, module.by_name[f]) else mask.text(k)
        for f, k in zip(fields, met.key, strict=True)
    }
    owners = tuple(dict.fromkeys(b.owner for b, _ in met.seen))
    facts = tuple(s.facts for _, s in met.seen if s.sound)
    return Common(met.module, said, facts, owners, met.differ)


def team_page(found: Figures, schema: Schema, lang: str, templates: Path | None) -> str:
    """The page of a team as HTML, which the sheet is drawn from."""
    return render_team(found, schema, lang, team_word("title", lang, templates), templates)


def team_word(key: str, lang: str, templates: Path | None) -> str:
    """One of the words of the team's page."""
    return texts(template_folders(templates), lang, WORDS["t"])[key]
