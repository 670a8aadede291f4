"""What is due today and on the days that follow: a workbook read, nothing written into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.output import write_own
from tracker.api.report import Report
from tracker.api.source import rep_of, source_of
from tracker.opc.crypt import Password
from tracker.summary.agenda.ical import calendar
from tracker.summary.agenda.route import Agenda, agenda
from tracker.summary.marks import fill
from tracker.summary.page import template_folders, texts

Speak = Callable[[str], str]
"""From a workbook's language to the one to speak."""
TEXTS = "agenda.texts.yaml"
DAYS = 3


@dataclass(frozen=True)
class Today:
    """An agenda with the words to tell it in.

    Attributes:
        report: what a check says of the workbook.
        calendar: where the calendar was written, or None.
        entries: how many entries it has.
        written: whether its file changed.
    """

    path: Path
    lang: str
    agenda: Agenda
    words: Mapping[str, str]
    report: Report
    calendar: Path | None = None
    entries: int = 0
    written: bool = False


def words_of(config: Config, lang: str) -> Mapping[str, str]:
    """The words of agendas, those of the user's own templates first."""
    return texts(template_folders(config.templates), lang, TEXTS)


def today(
    path: Path, as_of: date, config: Config, *, days: int | None = None, ics: Path | None = None,
    speak: Speak = str, show: bool = False, schema: Path | None = None, password: Password = None,
) -> Today:  # fmt: skip
    """The agenda of a workbook from a day on; nothing is written but the calendar `ics`.

    Args:
        path: the workbook.
        as_of: the first day.
        config: the configuration that holds for it.
        days: how many days are looked at, else three, and for the calendar all that lies ahead.
        ics: the calendar's file; one that is there already is replaced.
        speak: from the workbook's language to the one to speak.
        show: tell what is personal, too (phones, days to remember). A calendar has such days
            in any case: it is written because somebody asks for it.
        schema: a folder of schema files instead of the shipped ones.
        password: of an encrypted workbook.

    Raises:
        UnsuitableFileError: it cannot be read.
        RefusedError: the calendar cannot be written, or something else has its name.
        ConfigError: a calendar is asked for, and its package is not installed.
    """
    book = Book(path, schema=schema, config=config, password=password)
    analysis = book.session.analyse(as_of)
    lang = speak(book.lang)
    source, words = (
        source_of(book.session, analysis, analysis.findings, lang),
        words_of(config, lang),
    )
    found = agenda(source, days or DAYS, show=show)
    plain = Today(path, lang, found, words, book.reported(analysis))
    if ics is None:
        return plain
    until = as_of + timedelta(days=days - 1) if days else None
    title = fill(words["calendar_name"], rep=rep_of(book.session) or "").strip()
    entries, data = calendar(source, words, book.session.workbook_id, config.zone, until, title)
    written = write_own(ics, data, path, starts=b"BEGIN:VCALENDAR")
    return replace(plain, calendar=ics, entries=entries, written=written)
