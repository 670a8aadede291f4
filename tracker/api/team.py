"""The Summary of a team: figures out of what the books tell, and the pages made of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from tracker.metrics.settings import Settings
from tracker.rollups.mask import HIDDEN, Mask
from tracker.rollups.model import Book, Words
from tracker.rollups.result import Figures
from tracker.rollups.settings import RollupSettings
from tracker.rollups.shared import Meeting
from tracker.schema.model import Schema
from tracker.summary.page import template_folders, texts
from tracker.summary.team.figures import figures
from tracker.summary.team.members import Columns, Common, Member
from tracker.summary.team.page import WORDS, Goto, render_team
from tracker.summary.team.tally import PERSONAL


def member(book: Book, tallies: Mapping[str, Columns], schema: Schema, mask: Mask) -> Member:
    """A book that counts, with its tallies; texts that people typed are masked."""
    assert book.head is not None
    shown = {n: _masked(f, PERSONAL.get(n, {}), schema, mask) for n, f in tallies.items()}
    return Member(book.owner, book.head.owner_name, book.head.refreshed, shown)


def team_figures(
    members: Sequence[Member], met: Sequence[Meeting], schema: Schema, as_of: date, mask: Mask,
    spoken: Mapping[str, str],
) -> Figures:  # fmt: skip
    """The figures of the books that count.

    Args:
        members: those books, in order.
        met: what several owners have.
        schema: with the thresholds that hold.
        as_of: the day of the rollup.
        mask: what is hidden.
        spoken: other spellings of names, see `Spoken.names`.
    """
    rollup = RollupSettings.of(schema.thresholds)
    keys = {s.module: s.key for s in rollup.shared if not s.kind}
    commons = {name: _commons(met, name, fields, schema, mask) for name, fields in keys.items()}
    settings = Settings.of(schema.thresholds)
    return figures(members, as_of, settings, rollup.limits, commons=commons, spoken=spoken)


def odd_periods(
    books: Sequence[Book], members: Sequence[Member], found: Figures
) -> list[tuple[Book, Words]]:
    """Books whose figures are all kept by periods of another length than the team's."""
    odd = list[tuple[Book, Words]]()
    for book, one in zip(books, members, strict=True):
        periods = one.periods
        if periods and found["period"] not in periods:
            mine = "、".join(periods)
            zh = f"指标按 {mine} 填写，团队按 {found['period']}；未计入团队达成"
            en = f"its targets are kept by {mine}, the team's by {found['period']}; they are not in its sums"
            odd.append((book, {"zh": zh, "en": en}))
    return odd


def _masked(
    table: Columns, personal: Mapping[str, tuple[str, str]], schema: Schema, mask: Mask
) -> Columns:
    """The table with what people typed as it may be shown."""
    shown = dict(table)
    for name, (module, field) in personal.items():
        column = schema.modules[module].by_name[field]
        hidden = mask.hides(schema.modules[module], column)
        shown[name] = [v and (HIDDEN if hidden else mask.text(str(v))) for v in table[name]]
    return {name: _packed(values) for name, values in shown.items()}


def _packed(values: Sequence[object]) -> Sequence[object]:
    """Numbers in a quarter of the room: they are held of all books at once."""
    numbers = [v for v in values if isinstance(v, float)]
    return array("d", numbers) if len(numbers) == len(values) else values


def _commons(
    met: Iterable[Meeting], name: str, fields: Sequence[str], schema: Schema, mask: Mask
) -> Iterator[Common]:
    """The rows of one module that meet, one after the other: there may be many."""
    module = schema.modules[name]
    hidden = [mask.hides(module, module.by_name[f]) for f in fields]
    for m in (m for m in met if m.module == name and not m.kind):
        texts = zip(hidden, m.seen[0][1].said, strict=True)
        said = [HIDDEN if text and hide else mask.text(text) for hide, text in texts]
        owners = tuple(dict.fromkeys(b.owner for b, _ in m.seen))
        facts = tuple(s.facts for _, s in m.seen if s.sound)
        key = dict(zip(fields, m.key, strict=True))
        yield Common(key, dict(zip(fields, said, strict=True)), facts, owners, m.differ)


def team_page(
    found: Figures, schema: Schema, lang: str, templates: Path | None, goto: Goto | None = None
) -> str:
    """The page of a team as HTML, which the sheet is drawn from; `goto` as for `render_team`."""
    return render_team(found, schema, lang, team_word("title", lang, templates), templates, goto)


def team_word(key: str, lang: str, templates: Path | None) -> str:
    """One of the words of the team's page."""
    return texts(template_folders(templates), lang, WORDS["t"])[key]
