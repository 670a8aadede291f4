"""The workbook of a rollup: sources, findings and the rows of every module, written as a stream."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.book.look import FONT, QUIET, TABS, TONES, Look, shown_width
from tracker.checks.catalogue import cell, hint, is_private, message
from tracker.findings import Finding
from tracker.rollups import kept, texts
from tracker.rollups.alike import Alike
from tracker.rollups.mask import HIDDEN, Mask
from tracker.rollups.model import Book
from tracker.rollups.rows import PROVENANCE, provenance, worded
from tracker.rollups.shared import Meeting, text_of
from tracker.schema.model import Column, Module, Schema
from tracker.xlsx.refs import quoted

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1_048_575
_LONGEST = 32_767
_LONGEST_IN_FORMULA = 255
_SPECIAL = re.compile(r"[][#%]")  # in a link these mean something else
_MOST_LINES = 20_000
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_WIDTHS = {
    "file": 34,
    "remark": 60,
    "digest": 20,
    "workbook": 20,
    "problem": 60,
    "hint": 60,
    "source_file": 30,
}


class RollupBook:
    """The workbook while it is written; rows go to disk as they come.

    Columns: `links` says how to reach a source from where the workbook will lie. Text is written
    as text whatever it says.
    """

    def __init__(
        self, path: Path, schema: Schema, columns: Mapping[str, Sequence[str]], mask: Mask,
        lang: str, links: Mapping[str, str], draw: Callable[[Any], object],
    ) -> None:  # fmt: skip
        """`draw` adds the first sheet, which is not written line by line, to the workbook."""
        import xlsxwriter

        self._book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False},
        )  # fmt: skip
        self._book.set_properties({"created": _CREATED})
        self._schema, self._columns, self._mask, self._lang = schema, columns, mask, lang
        self._look, self._links = Look(self._book), links
        self._drawn(draw)
        self._sources = self._book.add_worksheet(texts.SOURCES[lang])
        self._findings = self._book.add_worksheet(schema.sheet_title("findings", lang))
        self._shared = self._book.add_worksheet(texts.SHARED[lang])
        self._tables = {n: self._table(schema.modules[n], c) for n, c in columns.items()}
        self._next = dict.fromkeys(columns, 1)

    def _drawn(self, draw: Callable[[Any], object]) -> None:
        """A sheet held in memory among those that are written as a stream."""
        self._book.constant_memory = False  # a sheet takes over what holds when it is added
        draw(self._book)
        self._book.constant_memory = True
        for sheet in self._book.worksheets():
            sheet.row_data_fh_closed = True  # it has no file of rows that would want closing

    def _table(self, module: Module, columns: Sequence[str]) -> Any:
        """A module's sheet with its header, where its rows will follow."""
        sheet = self._book.add_worksheet(module.sheet[self._lang])
        sheet.set_tab_color(TABS["table"])
        own = [texts.PROVENANCE[n][self._lang] for n in PROVENANCE]
        head = [*own, texts.LINK[self._lang]]
        widths = [_WIDTHS.get(n, 12) for n in PROVENANCE] + [8]
        for i, (label, width) in enumerate(zip(head, widths, strict=True)):
            sheet.set_column(i, i, width)
            sheet.write_string(0, i, label, self._format("head"))
        for i, name in enumerate(columns, len(head)):
            column = module.by_name[name]
            shown = shown_width(column, self._lang)
            sheet.set_column(i, i, shown, self._look.cell(_plain(column, module, self._mask)))
            sheet.write_string(0, i, column.label(self._lang), self._look.header(column))
        sheet.freeze_panes(1, len(head))
        return sheet

    def _format(self, kind: str) -> Any:
        kinds: Mapping[str, Mapping[str, object]] = {
            "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "text_wrap": True},
            "link": {"font_color": "#2F6690", "underline": 1},
            "day": {"num_format": "yyyy-mm-dd", "align": "center"},
            "title": {"bold": True, "font_size": 16, "font_color": "#1F4E79"},
            "quiet": {"font_color": QUIET},
            "error": TONES["bad"], "warning": TONES["warn"], "info": {"font_color": QUIET},
            "plain": {}, "wrap": {"text_wrap": True},
        }  # fmt: skip
        return self._look.format(font_name=FONT, **kinds[kind])

    def add(self, book: Book, frames: Mapping[str, pd.DataFrame]) -> None:
        """Write one book's rows, by module, behind those before it."""
        for name, frame in frames.items():
            module, sheet = self._schema.modules[name], self._tables[name]
            columns: list[list[Any]] = [[v] * len(frame) for v in provenance(book, name).values()]
            columns.append([float(r) for r in frame.index])
            columns.append([self._link(book, name, int(r)) for r in frame.index])
            columns += worded(frame, module, self._columns[name], self._mask, self._lang)
            for values in zip(*columns, strict=True):
                self._line(sheet, self._next[name], values)
                self._next[name] += 1

    def _link(self, book: Book, module: str, row: int) -> str | None:
        """A formula that opens the source at the row; the row is where it stood when it was read.

        None where the way to it is longer than a text in a formula may be: Excel would call the
        file damaged.
        """
        assert book.head is not None
        path, place = self._links[book.name], f"{quoted(book.head.sheets[module])}!A{row}"
        target = f"{_escaped(path)}#{place}" if _SPECIAL.search(path) else f"[{path}]{place}"
        label = texts.LINK[self._lang]
        if len(target) > _LONGEST_IN_FORMULA:
            return None
        return '=HYPERLINK("{}","{}")'.format(target.replace('"', '""'), label)

    def _line(self, sheet: Any, row: int, values: Sequence[Any]) -> None:
        link = len(PROVENANCE)
        for i, value in enumerate(values):
            if value is None:
                continue
            if i == link:
                sheet.write_formula(row, i, value, self._format("link"), texts.LINK[self._lang])
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, i, value, self._format("day"))
            elif isinstance(value, bool):
                sheet.write_boolean(row, i, value)
            elif isinstance(value, int | float):
                sheet.write_number(row, i, value)
            else:
                sheet.write_string(row, i, _fit(str(value)))

    def sources(self, books: Iterable[Book], said: Sequence[str]) -> None:
        """The sheet of sources: every file and what became of it; `said` are lines above the list."""
        sheet, lang = self._sources, self._lang
        sheet.write_string(0, 0, texts.SOURCES[lang], self._format("title"))
        for i, line in enumerate(said, 1):
            sheet.write_string(i, 0, line, self._format("quiet"))
        top = len(said) + 2
        lines = [self._source(b) for b in books]
        self._listed(
            sheet,
            top,
            [w[lang] for w in texts.SOURCE_HEAD.values()],
            tuple(texts.SOURCE_HEAD),
            lines,
        )

    def _source(self, book: Book) -> list[Any]:
        head, lang = book.head, self._lang
        remark = "；".join(w[lang] for w in book.remarks)
        start: list[Any] = [book.name, texts.STATES[book.state][lang]]
        if head is None:
            return [*start, None, None, remark]
        return [
            *start, head.owner, head.owner_name, remark, float(sum(head.rows.values())),
            float(head.counts.get("error", 0)), float(head.counts.get("warning", 0)), head.refreshed or None,
            float(head.revision), head.workbook, head.digest,
        ]  # fmt: skip

    def findings(self, found: Sequence[tuple[Book, Finding]], total: int) -> None:
        """The sheet of findings, errors first; personal values stay in their workbooks.

        `total` is how many there are.
        """
        lang = self._lang
        head = [w[lang] for w in texts.FINDING_HEAD.values()]
        lines = [self._finding(b, f) for b, f in found[:_MOST_LINES]]
        self._listed(self._findings, 0, head, tuple(texts.FINDING_HEAD), lines, total)

    def _finding(self, book: Book, f: Finding) -> list[Any]:
        schema, lang = self._schema, self._lang
        value = HIDDEN if is_private(f, schema) and f.value is not None else f.value
        said = [self._mask.text(tell(f, schema, lang, show=False)) for tell in (message, hint)]
        shown = None if value is None else self._mask.text(str(value))
        return [
            texts.SEVERITIES[f.severity][lang], book.owner, book.name, f.sheet or None, cell(f),
            f.header and self._mask.text(f.header), shown, *said, f.code,
        ]  # fmt: skip

    def shared(self, met: Sequence[Meeting], near: Sequence[Alike]) -> None:
        """The sheet of what several owners have: a line a field and owner, what differs first.

        Candidates, names that are alike and may mean the same, come before all others.
        """
        ordered = sorted(met, key=lambda m: not m.differ)
        every = chain(
            (v for a in near for v in self._near(a)), (v for m in ordered for v in self._met(m))
        )
        lines = list(islice(every, _MOST_LINES))
        head = [w[self._lang] for w in texts.SHARED_HEAD.values()]
        total = 2 * len(near) + sum(len(m.seen) * len(m.seen[0][1].facts) for m in met)
        self._listed(self._shared, 0, head, tuple(texts.SHARED_HEAD), lines, total)

    def _near(self, near: Alike) -> Iterator[list[Any]]:
        module, lang = self._schema.modules[near.module], self._lang
        column = module.by_name[near.field]
        hidden = self._mask.hides(module, column)
        for one in (near.first, near.second):
            name = HIDDEN if hidden else self._mask.text(one.name)
            what = texts.NEAR[lang].format(score=f"{near.score:.0f}")
            start = [
                module.sheet[lang],
                what,
                column.label(lang),
                texts.MAYBE[lang],
                one.book.owner,
            ]
            yield [*start, name, one.book.name, float(one.row)]

    def _met(self, met: Meeting) -> Iterator[list[Any]]:
        module, lang = self._schema.modules[met.module], self._lang
        what = self._mask.text(" ".join(filter(None, met.seen[0][1].said)))
        for name in met.seen[0][1].facts:
            column = module.by_name[name]
            agree = texts.AGREE[name not in met.differ][lang]
            for book, s in met.seen:
                value = self._fact(module, column, text_of(s.facts.get(name)))
                start = [module.sheet[lang], what, column.label(lang), agree, book.owner]
                yield [*start, value or None, book.name, float(s.row)]

    def _fact(self, module: Module, column: Column, told: str) -> str:
        """What an owner says of a thing, as it may be shown."""
        if told and self._mask.hides(module, column):
            return HIDDEN
        return {p.code: p.label(self._lang) for p in column.picks}.get(told, self._mask.text(told))

    def state(self, meta: Mapping[str, str], figures: object) -> None:
        """The hidden sheet that tells a rollup from a workbook that somebody keeps.

        `figures` (JSON) are kept in pieces that fit a cell, see `tracker.rollups.kept`.
        """
        sheet = self._book.add_worksheet(self._schema.sheet_title("state", self._lang))
        for row, line in enumerate(kept.lines(meta, figures)):
            sheet.write_string(row, 0, line)
        sheet.hide()

    def _listed(
        self, sheet: Any, top: int, labels: Sequence[str], keys: Sequence[str],
        lines: Sequence[Sequence[Any]], total: int = 0,
    ) -> None:  # fmt: skip
        """A filterable list under its header; where `total` is more, a line below says so."""
        for i, (label, key) in enumerate(zip(labels, keys, strict=True)):
            sheet.set_column(i, i, _WIDTHS.get(key, 13))
            sheet.write_string(top, i, label, self._format("head"))
        for row, line in enumerate(lines, top + 1):
            for i, value in enumerate(line):
                if isinstance(value, float):
                    sheet.write_number(row, i, value)
                elif value is not None:
                    sheet.write_string(row, i, _fit(str(value)))
        if total > len(lines):
            said = texts.MORE[self._lang].format(n=total, shown=len(lines))
            sheet.write_string(top + len(lines) + 2, 0, said, self._format("quiet"))
        sheet.autofilter(top, 0, top + max(len(lines), 1), len(labels) - 1)
        sheet.freeze_panes(top + 1, 1)

    def elsewhere(self, counts: Mapping[str, int]) -> None:
        """Say on the sheets of modules whose rows do not fit where they are."""
        for name, count in counts.items():
            said = texts.ELSEWHERE[self._lang].format(n=count)
            self._tables[name].write_string(1, 0, said)

    def close(self) -> None:
        """Finish the file."""
        for name, sheet in self._tables.items():
            width = len(PROVENANCE) + len(self._columns[name])
            sheet.autofilter(0, 0, max(self._next[name] - 1, 1), width)
        self._book.close()


def _plain(column: Column, module: Module, mask: Mask) -> Column:
    """The column as its cells are to look: hidden values are texts."""
    from dataclasses import replace

    return replace(column, type="text", format=None) if mask.hides(module, column) else column


def _escaped(path: str) -> str:
    """A path whose signs that mean something in a link stand as their codes."""
    return _SPECIAL.sub(lambda m: f"%{ord(m[0]):02X}", path)


def _fit(text: str) -> str:
    """A text that a cell can hold."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
