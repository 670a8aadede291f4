"""Pages made of a workbook that is read and never written: the report, and one customer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.find import found_customer
from tracker.api.output import PAGES, refuse_book, refuse_misnamed, write_own
from tracker.api.refresh import is_told_once
from tracker.api.report import Report
from tracker.api.session import base_rows
from tracker.api.source import choice_of, rep_of, source_of, title_of
from tracker.api.today import Speak, words_of
from tracker.opc.crypt import Password
from tracker.summary.agenda.listed import listed
from tracker.summary.agenda.route import agenda
from tracker.summary.changes import Past, changes
from tracker.summary.customer.page import build as build_customer
from tracker.summary.model import build
from tracker.summary.page import render_page, template_folders, texts
from tracker.summary.review.page import review
from tracker.summary.review.spans import Kind
from tracker.summary.standalone import WORDS, customer_page, report_page

PAGE = b"<!doctype html>"
PERSONAL = frozenset({"dates"})
"""Blocks of the Summary that tell what is personal."""
_AHEAD: dict[str | None, int] = {None: 7, "week": 7, "month": 14, "quarter": 14}
"""Days that a review of a period looks ahead."""


@dataclass(frozen=True)
class Page:
    """A page that was written.

    Attributes:
        report: what a check says of the workbook.
        out: its file.
        written: whether the file changed.
        lang: the page's language.
        facts: what it tells, in numbers, for scripts.
    """

    report: Report
    out: Path
    written: bool
    lang: str
    facts: dict[str, object]


def report(
    path: Path, as_of: date, config: Config, *, out: Path, period: Kind | None = None,
    customer: str | None = None, speak: Speak = str, show: bool = False,
    schema: Path | None = None, password: Password = None,
) -> Page:  # fmt: skip
    """Write the Summary of a workbook, or one customer, as a page that stands alone.

    Args:
        path: the workbook; it is only read.
        as_of: the day that everything is computed for.
        config: the configuration that holds for it.
        out: the page's file; a page that is there already is replaced.
        period: "week", "month" or "quarter" puts a review of the one that holds the day in front.
        customer: an id, a name or name@institution: the page of that customer instead.
        speak: from the workbook's language to that of the page.
        show: tell what is personal, too.
        schema: a folder of schema files instead of the shipped ones.
        password: of an encrypted workbook.

    Raises:
        UnsuitableFileError: it cannot be read.
        ConfigError: no customer, or several, go by that name.
        RefusedError: the page cannot be written, or something else has its name.
        TemplateError: a mistake in a template.
    """
    refuse_book(out, path)
    refuse_misnamed(out, PAGES)
    book = Book(path, schema=schema, config=config, password=password)
    maker = _Maker(book, as_of, speak(book.lang), show=show)
    html, facts = maker.report(period) if customer is None else maker.customer(customer)
    written = write_own(out, html.encode(), path, starts=PAGE)
    return Page(book.reported(maker.analysis), out, written, maker.lang, facts)


class _Maker:
    """Makes the pages of one workbook on one day."""

    def __init__(self, book: Book, as_of: date, lang: str, *, show: bool) -> None:
        self.book, self.lang, self.show = book, lang, show
        self.analysis = book.session.analyse(as_of)
        lasting = [f for f in self.analysis.findings if not is_told_once(f)]
        self.source = source_of(book.session, self.analysis, lasting, lang)

    def report(self, period: Kind | None) -> tuple[str, dict[str, object]]:
        """The page of the whole workbook, and what it tells in numbers."""
        session, source = self.book.session, self.source
        past = Past(session.tables, base_rows(session), session.state)
        rep, folder = rep_of(session), self.book.config.templates
        due = agenda(source, _AHEAD[period], show=self.show)
        ahead = listed(due, words_of(self.book.config, self.lang), source.limit("ahead", "agenda"))
        changed = changes(source, past, show=self.show)
        context = {
            "lang": self.lang, "title": self._word("title"), "rep": rep, "as_of": source.as_of,
            "review": review(source, period) if period else None,
            "changes": changed, "ahead": ahead,
        }  # fmt: skip
        choice = choice_of(session)
        if not self.show:
            choice = replace(choice, blocks=tuple(b for b in choice.blocks if b not in PERSONAL))
        summary = render_page(
            build(source, title=title_of(session, self.lang), rep=rep, choice=choice), folder
        )
        facts: dict[str, object] = {
            "due": dict(Counter(i.kind for i in due.items)),
            "changes": changed and {str(t["sheet"]): t["total"] for t in _tables(changed)},
        }
        return report_page(context, summary, folder), facts

    def customer(self, name: str) -> tuple[str, dict[str, object]]:
        """The page of one customer, and what it tells in numbers."""
        session, folder = self.book.session, self.book.config.templates
        who = found_customer(session, name)
        context = build_customer(self.source, who, rep=rep_of(session), show=self.show)
        return customer_page(context, folder), {"customer": who}

    def _word(self, key: str) -> str:
        return texts(template_folders(self.book.config.templates), self.lang, WORDS["t"])[key]


def _tables(changed: dict[str, object]) -> list[dict[str, object]]:
    tables = changed["tables"]
    assert isinstance(tables, list)
    return tables
