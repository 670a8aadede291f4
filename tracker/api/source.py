"""What pages and lists are made of: the facts of one workbook on one day."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.api.blocks import refuse_unknown_blocks
from tracker.api.session import Analysis, Session
from tracker.findings import Finding
from tracker.summary.choice import Choice, chosen
from tracker.summary.model import usual
from tracker.summary.page import template_folders, texts, titles
from tracker.summary.source import Source


def source_of(
    session: Session, analysis: Analysis, findings: Sequence[Finding], lang: str | None = None
) -> Source:
    """The facts with the findings to be counted; words in `lang`, else in the workbook's."""
    rows = session.ctx.settings.get("summary_rows", "").strip()
    return Source(
        frames=session.frames, computed=analysis.computed, findings=findings, valid=analysis.valid,
        as_of=analysis.as_of, schema=session.schema, settings=session.settings,
        lang=lang or session.lang, sheets={n: p.sheet.name for n, p in session.places.items()},
        id_columns=_id_columns(session), longest=int(rows) if rows.isdecimal() else None,
    )  # fmt: skip


def rep_of(session: Session) -> str | None:
    """Who keeps the workbook: the name in the settings, else the code."""
    return session.ctx.owner_name or session.ctx.owner or None


def title_of(session: Session, lang: str) -> str:
    """What heads the Summary."""
    return texts(template_folders(session.config.templates), lang)["title"]


def choice_of(session: Session) -> Choice:
    """The blocks of the Summary: as the sheet of settings says, else the configuration.

    ConfigError as `refuse_unknown_blocks`.
    """
    folders = template_folders(session.config.templates)
    names = usual(session.schema.thresholds)
    refuse_unknown_blocks(session.config, names)
    asked = session.ctx.settings.get("summary_blocks", "")
    return chosen(asked, titles(folders), names) if asked.strip() else Choice(names)


def _id_columns(session: Session) -> dict[str, int]:
    tables = session.tables.items()
    places = {name: t.place.columns.get(t.module.id_field) for name, t in tables}
    return {name: column for name, column in places.items() if column is not None}
