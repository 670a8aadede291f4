"""What is written of a rollup: its workbook and its parquet files, as a stream of books."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from tracker.api.commit import replace_own
from tracker.api.gather import way
from tracker.api.store import Store
from tracker.api.team import team_page
from tracker.errors import ConfigError
from tracker.opc.temp import refusing
from tracker.rollups import texts
from tracker.rollups.kept import ROLLUP
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.rollups.parquet import ParquetWriter
from tracker.rollups.places import Places
from tracker.rollups.result import Rollup
from tracker.rollups.settings import RollupSettings
from tracker.rollups.sheets import MOST_ROWS, RollupBook
from tracker.schema.model import Schema
from tracker.summary.sheet import draw_sheet


def _columns(books: Sequence[Book], schema: Schema) -> dict[str, tuple[str, ...]]:
    """Fields of each module that any book has, in the order of the schema."""
    have: dict[str, set[str]] = {}
    for book in books:
        for name, fields in book.head.columns.items() if book.taken and book.head else ():
            have.setdefault(name, set()).update(fields)
    return {
        n: tuple(c.name for c in m.columns if c.name in have[n])
        for n, m in schema.modules.items()
        if n in have
    }


@dataclass(frozen=True)
class Output:
    """What is to be written of a rollup, and how.

    Attributes:
        out, parquet: the workbook and the folder of parquet files, None for what is not asked for.
        unmask: personal fields that are let through; recorded in the workbook.
        files: name of a source -> where it lies.
    """

    result: Rollup
    out: Path | None
    parquet: Path | None
    unmask: Sequence[str]
    mask: Mask
    templates: Path | None
    files: Mapping[str, Path]

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Fields of each module that any book has, in the order of the schema."""
        return _columns(self.result.books, self.result.schema)

    @cached_property
    def elsewhere(self) -> dict[str, int]:
        """Modules whose rows the workbook leaves to the parquet files, and how many they are."""
        beside = RollupSettings.of(self.result.schema.thresholds).rows_beside
        most = MOST_ROWS if self.parquet is None else min(beside, MOST_ROWS)
        return {n: c for n, c in self.result.rows.items() if c > most}

    def detail(self) -> ParquetWriter | None:
        """The parquet files, still without rows; None where they are not asked for."""
        if self.parquet is None:
            return None
        with refusing(self.parquet):
            return ParquetWriter(self.parquet, self.result.schema.modules, self.columns, self.mask)

    def book(self, part: Path) -> RollupBook | None:
        """The workbook with all but the rows of modules."""
        result, lang = self.result, self.result.lang
        if self.out is None:
            return None
        goto = Places(result, self.columns, self.elsewhere).link
        html = team_page(result.figures, result.schema, lang, self.templates, goto)
        draw = partial(draw_sheet, html, result.schema.sheet_title("summary", lang))
        links = _links(self.files, self.out)
        book = RollupBook(part, result.schema, self.columns, self.mask, lang, links, draw)
        book.sources(result.books, self._said())
        book.findings(result.findings, sum(result.counts.values()))
        book.shared(result.shared, result.alike)
        meta = {
            "as_of": result.as_of.isoformat(), "schema": result.schema.version, "lang": lang,
            "unmask": ",".join(sorted(self.unmask)),
        }  # fmt: skip
        book.state(meta, result.figures)
        return book

    def _said(self) -> list[str]:
        """What stands above the list of sources."""
        lang, unmask = self.result.lang, self.unmask
        unmasked = texts.UNMASKED[lang].format(fields="、".join(sorted(unmask)))
        return [self.result.as_of.isoformat(), unmasked if unmask else texts.MASKED[lang]]

    def refuse_too_many(self) -> None:
        """ConfigError where rows fit neither a sheet nor are asked for as parquet."""
        if not self.elsewhere or self.out is None or self.parquet is not None:
            return
        name, count = max(self.elsewhere.items(), key=lambda p: p[1])
        sheet = self.result.schema.modules[name].sheet[self.result.lang]
        raise ConfigError(
            path=self.out,
            zh=f"“{sheet}”有 {count} 行，一张工作表放不下；加 --parquet 文件夹",
            en=f'"{sheet}" has {count} rows, more than a sheet holds; add --parquet DIR',
        )

    def write(self, store: Store) -> Iterator[Path]:
        """Write what is asked for, book by book; names each file or folder once it is whole."""
        self.refuse_too_many()
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "rollup.xlsx"
            detail = self.detail()
            try:
                book = self.book(part)
                for source in self.result.books if detail or book else ():
                    if source.taken:
                        self._add(source, store, detail, book)
                if detail is not None and self.parquet is not None:
                    with refusing(self.parquet):
                        detail.close()
            finally:
                if detail is not None:
                    detail.discard()
            if self.parquet is not None:
                yield self.parquet
            if book is not None and self.out is not None:
                book.elsewhere(self.elsewhere)
                book.close()
                replace_own(self.out, part.read_bytes(), ROLLUP, self.result.as_of)
                yield self.out

    def _add(
        self, source: Book, store: Store, detail: ParquetWriter | None, book: RollupBook | None
    ) -> None:
        if detail is not None and self.parquet is not None:
            rows = store.leaves(source, self.result.schema, self.result.lang)
            with refusing(self.parquet):
                detail.add(source, rows)
        if book is not None and self.columns.keys() - self.elsewhere.keys():
            frames = store.rows(source)
            book.add(source, {n: f for n, f in frames.items() if n not in self.elsewhere})


def _links(files: Mapping[str, Path], out: Path) -> dict[str, str]:
    """How to reach each file from the folder that the rollup lies in."""
    here = Path(os.path.realpath(out)).parent
    return {n: way(p, here) for n, p in files.items()}
