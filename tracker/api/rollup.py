"""Many workbooks as one: read in any order and in parallel, put together in one order."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as having
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Self

from tracker.api import config as configs
from tracker.api.book import schema_for
from tracker.api.cache import Cache, key
from tracker.api.conditions import conditions
from tracker.api.config import Config
from tracker.api.extract import extract
from tracker.api.gather import workbooks
from tracker.api.pool import run
from tracker.api.team import Figures, team_figures, team_page
from tracker.checks.catalogue import grade
from tracker.errors import ConfigError, TrackerError, UnsuitableFileError
from tracker.findings import RANK, Finding
from tracker.opc.owners import live_owner
from tracker.opc.readbook import read_file
from tracker.opc.save import write_new
from tracker.rollup import choose, texts
from tracker.rollup.mask import Mask, unknown_fields
from tracker.rollup.model import Book, Extract, Unread, Words
from tracker.rollup.parquet import ParquetWriter, require
from tracker.rollup.settings import RollupSettings
from tracker.rollup.shared import Meeting, meetings
from tracker.rollup.sheets import MOST_ROWS, RollupBook
from tracker.rollup.verdicts import verdicts
from tracker.schema.model import Schema
from tracker.summary.sheet import draw_sheet

_LOST: Words = {
    "zh": "读取时进程多次异常结束，没有计入；请单独用 tracker check 检查",
    "en": "the processes that read it died; look at it alone with tracker check",
}


@dataclass(frozen=True)
class Rollup:
    """What a rollup came to.

    Attributes:
        books: every source, those taken first.
        findings: of the books and about them, errors first; each with its book.
        shared: what several owners have.
        figures: those of the team's Summary, in codes; JSON can hold them.
        written: files that were written.
    """

    as_of: date
    lang: str
    schema: Schema
    books: tuple[Book, ...]
    findings: tuple[tuple[Book, Finding], ...]
    shared: tuple[Meeting, ...]
    figures: Figures
    written: tuple[Path, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        """Records by module."""
        found: dict[str, int] = {}
        for book in self.books:
            for name, count in book.head.rows.items() if book.taken and book.head else ():
                found[name] = found.get(name, 0) + count
        return found


@dataclass(frozen=True)
class Request:
    """What a rollup is asked for.

    Attributes:
        paths: files and folders.
        out: the workbook to write, or None.
        parquet: folder for the rows as parquet, or None.
        expected: owners or file names that should be there.
        unmask: personal fields whose values are let through; recorded in the workbook.
        key: for pseudonyms in the place of hidden values.
        jobs: processes; `scheduler`: address of a Dask scheduler instead.
        schema: a schema folder of one's own; `lang`: of the workbook, by default that of most books.
        fresh: read every workbook although it is known.
    """

    paths: Sequence[Path]
    as_of: date
    out: Path | None = None
    parquet: Path | None = None
    expected: Sequence[str] = ()
    unmask: Sequence[str] = ()
    key: bytes | None = None
    jobs: int = 1
    scheduler: str | None = None
    schema: Path | None = None
    lang: str | None = None
    fresh: bool = False
    progress: Callable[[int, int], object] = having(default=lambda _done, _all: None)


def rollup(request: Request) -> Rollup:
    """Read the workbooks, put them together, and write what is asked for.

    A workbook that cannot be read is named among the sources. The order of paths, the number of
    processes and what is cached never show in the result.

    Raises:
        UnsuitableFileError: a path does not exist, or none of the files could be read.
        ConfigError: what is asked for cannot be, or an extra is missing.
        RefusedError: the output exists and is open or not to be replaced.
    """
    config = configs.load(configs.find(_start(request.paths)))
    schema = schema_for(config, request.schema)
    schema = replace(schema, thresholds=configs.overlaid(schema.thresholds, config.thresholds))
    settings = RollupSettings.of(schema.thresholds)
    _require(request, schema)
    files = workbooks(request.paths, [request.out] if request.out else ())
    with _Store(request) as store:
        taken, known = _read(files, request, store)
        books = [_as_of_now(b, files) for b in choose.books(taken, known)]
        books += choose.missing(request.expected, books)
        if not any(b.taken for b in books):
            raise _nothing(request, books)
        met = meetings(books)
        own = verdicts(books, met, schema.version, request.as_of, settings.stale_days)
        mask = Mask(frozenset(request.unmask), settings.scrub, request.key)
        result = Rollup(
            request.as_of, request.lang or _language(books), schema, tuple(books),
            _graded(books, own, schema, config), tuple(met),
            team_figures(books, met, schema, request.as_of, mask),
        )  # fmt: skip
        out = _Output(result, request, mask, config.templates, files)
        return replace(result, written=tuple(_write(out, store)))


def _start(paths: Sequence[Path]) -> Path:
    """The path whose folder decides which configuration holds."""
    first = min(Path(os.path.realpath(p)) for p in paths)
    return first / "x" if first.is_dir() else first


def _require(request: Request, schema: Schema) -> None:
    wrong = unknown_fields(request.unmask, schema.modules)
    if wrong:
        raise ConfigError(
            path="--unmask",
            zh=f"不是个人信息字段：{'、'.join(wrong)}",
            en=f"no personal field: {', '.join(wrong)}",
        )
    if request.parquet is not None:
        require()


class _Store:
    """Where extracts lie between reading and writing: the cache, or a folder for this run."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._spill = tempfile.TemporaryDirectory()
        self._places = (Cache(), Cache(Path(self._spill.name)))
        self._keys: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._places[0].sweep()
        self._spill.cleanup()

    def known(self, name: str, path: Path) -> Extract | None:
        """What was taken from this very content in an earlier run, under the same conditions."""
        digest = "" if self._request.fresh else _digest(path)
        return self.get(name) if digest and self._enter(name, path, digest) else None

    def _enter(self, name: str, path: Path, digest: str) -> bool:
        try:
            held = conditions(path, self._request.as_of, self._request.schema)
        except TrackerError:  # reading the book says what is wrong
            return False
        self._keys[name] = key(digest, held)
        return True

    def get(self, name: str) -> Extract | None:
        """The extract of a source."""
        found = (place.get(self._keys[name]) for place in self._places)
        return next((f for f in found if f is not None), None)

    def put(self, name: str, path: Path, found: Extract) -> None:
        """Keep what was taken from a source just now."""
        self._enter(name, path, found.head.digest)
        for place in self._places:
            if place.put(self._keys[name], found):
                return


def _read(
    files: Mapping[str, Path], request: Request, store: _Store
) -> tuple[dict[str, choose.Taken], set[str]]:
    """What comes of each file, by name, and which of them were known already."""
    found: dict[str, choose.Taken] = {}
    for name, path in files.items():
        held = store.known(name, path)
        if held is not None:
            found[name] = held.head
    known = set(found)
    todo = {
        n: partial(extract, p, request.schema, as_of=request.as_of)
        for n, p in files.items()
        if n not in known
    }
    results = run(todo, request.jobs, request.scheduler, lambda: Unread(_LOST))
    for done, (name, result) in enumerate(results, 1):
        if isinstance(result, Extract):
            store.put(name, files[name], result)
            found[name] = result.head
        else:
            found[name] = result
        request.progress(done, len(todo))
    return found, known


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except TrackerError:
        return ""


def _as_of_now(book: Book, files: Mapping[str, Path]) -> Book:
    """The book with what does not lie in its bytes: whether somebody has it open."""
    owner = live_owner(files[book.name])
    if owner is None or not book.taken:
        return book
    said: Words = {
        "zh": f"正被 {owner.who} 打开；读到的是最近一次保存的内容",
        "en": f"open ({owner.who}); what was saved last is what counts",
    }
    return replace(book, state="partial", remarks=(*book.remarks, said))


def _language(books: Sequence[Book]) -> str:
    langs = [b.head.lang for b in books if b.taken and b.head]
    return max(sorted(set(langs), reverse=True), key=langs.count)


def _nothing(request: Request, books: Sequence[Book]) -> UnsuitableFileError:
    path = ", ".join(str(p) for p in request.paths)
    first = books[0] if books else None
    zh = (
        f"没有一个工作簿可以汇总（{first.name}：{first.remarks[0]['zh']}）"
        if first
        else "里面没有工作簿"
    )
    en = (
        f"no workbook could be read ({first.name}: {first.remarks[0]['en']})"
        if first
        else "no workbook in it"
    )
    return UnsuitableFileError(path=path, zh=zh, en=en)


def _graded(
    books: Sequence[Book], own: Sequence[tuple[Book, Finding]], schema: Schema, config: Config
) -> tuple[tuple[Book, Finding], ...]:
    """All findings, errors first, then in order of book and place."""
    ranked = {b.name: i for i, b in enumerate(books)}
    about = [(b, f) for b, one in own for f in grade([one], schema, config.grading)]
    inside = [(b, f) for b in books if b.taken and b.head for f in b.head.findings]
    return tuple(sorted(about + inside, key=lambda p: (RANK[p[1].severity], ranked[p[0].name])))


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
class _Output:
    """What is to be written of a rollup, and how."""

    result: Rollup
    request: Request
    mask: Mask
    templates: Path | None
    files: Mapping[str, Path]

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        return _columns(self.result.books, self.result.schema)

    @cached_property
    def elsewhere(self) -> dict[str, int]:
        """Modules whose rows the workbook leaves to the parquet files, and how many they are."""
        beside = RollupSettings.of(self.result.schema.thresholds).rows_beside
        most = MOST_ROWS if self.request.parquet is None else min(beside, MOST_ROWS)
        return {n: c for n, c in self.result.rows.items() if c > most}

    def detail(self) -> ParquetWriter | None:
        modules, lang = self.result.schema.modules, self.result.lang
        folder = self.request.parquet
        if folder is None:
            return None
        return ParquetWriter(folder, modules, self.columns, self.mask, lang)

    def book(self, part: Path) -> RollupBook | None:
        """The workbook with all but the rows of modules."""
        result, lang = self.result, self.result.lang
        if self.request.out is None:
            return None
        html = team_page(result.figures, result.schema, lang, self.templates)
        draw = partial(draw_sheet, html, result.schema.sheet_title("summary", lang))
        links = _links(self.files, self.request.out)
        book = RollupBook(part, result.schema, self.columns, self.mask, lang, links, draw)
        book.sources(result.books, self._said())
        book.findings(result.findings)
        book.shared(result.shared)
        meta = {
            "as_of": result.as_of.isoformat(), "schema": result.schema.version, "lang": lang,
            "unmask": ",".join(sorted(self.request.unmask)),
        }  # fmt: skip
        book.state(meta, result.figures)
        return book

    def _said(self) -> list[str]:
        """What stands above the list of sources."""
        lang, unmask = self.result.lang, self.request.unmask
        unmasked = texts.UNMASKED[lang].format(fields="、".join(sorted(unmask)))
        return [self.result.as_of.isoformat(), unmasked if unmask else texts.MASKED[lang]]

    def refuse_too_many(self) -> None:
        """ConfigError where rows fit neither a sheet nor are asked for as parquet."""
        if not self.elsewhere or self.request.out is None or self.request.parquet is not None:
            return
        name, count = max(self.elsewhere.items(), key=lambda p: p[1])
        sheet = self.result.schema.modules[name].sheet[self.result.lang]
        raise ConfigError(
            path=self.request.out,
            zh=f"“{sheet}”有 {count} 行，一张工作表放不下；加 --parquet 文件夹",
            en=f'"{sheet}" has {count} rows, more than a sheet holds; add --parquet DIR',
        )


def _links(files: Mapping[str, Path], out: Path) -> dict[str, str]:
    """How to reach each file from the folder that the rollup lies in."""
    here = Path(os.path.realpath(out)).parent
    return {n: Path(os.path.relpath(p, here)).as_posix() for n, p in files.items()}


def _write(out: _Output, store: _Store) -> Iterator[Path]:
    out.refuse_too_many()
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "rollup.xlsx"
        detail, book = out.detail(), out.book(part)
        for source in out.result.books if detail or book else ():
            held = store.get(source.name) if source.taken else None
            if held is not None and detail is not None:
                detail.add(source, held)
            if held is not None and book is not None:
                fitting = {n: f for n, f in held.frames.items() if n not in out.elsewhere}
                book.add(source, replace(held, frames=fitting))
        if detail is not None and out.request.parquet is not None:
            detail.close()
            yield out.request.parquet
        if book is not None and out.request.out is not None:
            book.elsewhere(out.elsewhere)
            book.close()
            write_new(out.request.out, part.read_bytes(), overwrite=True)
            yield out.request.out
