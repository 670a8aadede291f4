"""Many workbooks as one: read in any order and in parallel, put together in one order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as having
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from tracker.api import config as configs
from tracker.api.book import schema_for
from tracker.api.cache import Packed
from tracker.api.conditions import conditions
from tracker.api.gather import is_folder, none_usable, workbooks
from tracker.api.pool import run
from tracker.api.rolledup import refuse_other
from tracker.api.rollout import Output
from tracker.api.run import today
from tracker.api.store import Store, packed
from tracker.api.whole import put_together
from tracker.errors import ConfigError
from tracker.opc.crypt import Password, is_encrypted_file
from tracker.opc.owners import live_owner
from tracker.rollups import choose
from tracker.rollups.leaves import View
from tracker.rollups.mask import Mask, personal_fields, unknown_fields
from tracker.rollups.model import Book, Unread, Words
from tracker.rollups.parquet import require
from tracker.rollups.result import Rollup
from tracker.rollups.settings import RollupSettings
from tracker.schema.model import Schema

_NONE: Words = {"zh": "没有一个工作簿可以汇总", "en": "no workbook could be read"}
_LOST: Words = {
    "zh": "读取时进程多次异常结束，没有计入；请单独用 tracker check 检查",
    "en": "the processes that read it died; look at it alone with tracker check",
}


@dataclass(frozen=True)
class Request:
    """What a rollup is asked for.

    Attributes:
        paths: files and folders.
        as_of: the day; None for today, in the zone of the configuration that holds for the paths.
        out: the workbook to write, or None.
        parquet: folder for the rows as parquet, or None.
        expected: owners or file names that should be there.
        unmask: personal fields whose values are let through; recorded in the workbook.
        key: for pseudonyms in the place of hidden values.
        jobs: processes; `scheduler`: address of a Dask scheduler instead.
        schema: a schema folder of one's own; `lang`: of the workbook, by default that of most books.
        fresh: read every workbook although it is known.
        password: of encrypted workbooks, or what gives it; they are read in this process, and
            nothing of them is kept.
    """

    paths: Sequence[Path]
    as_of: date | None = None
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
    password: Password = None
    progress: Callable[[int, int], object] = having(default=lambda _done, _all: None)


def rollup(request: Request) -> Rollup:
    """Read the workbooks, put them together, and write what is asked for.

    A workbook that cannot be read is named among the sources. The order of paths, the number of
    processes and what is cached never show in the result.

    Raises:
        UnsuitableFileError: a path does not exist, or none of the files could be read.
        ConfigError: what is asked for cannot be, or an extra is missing.
        RefusedError: the output exists and is open, or is no rollup.
    """
    config = configs.load(configs.find(_start(request.paths)))
    day = request.as_of or today(config)
    schema = config.over(schema_for(config, request.schema))
    settings = RollupSettings.of(schema.thresholds)
    _require(request, schema)
    if request.out is not None:
        refuse_other(request.out, schema)
    files = workbooks(request.paths, [request.out] if request.out else ())
    mask = Mask(frozenset(request.unmask), settings.scrub, request.key)
    view = View(conditions(_start(request.paths), day, request.schema), mask, request.lang)
    with Store(day, request.schema, view, fresh=request.fresh) as store:
        unit = partial(packed, schema=request.schema, as_of=day)
        if request.parquet:
            unit = partial(unit, view=view)
        taken, known = _read(files, request, store, unit)
        books = [_as_of_now(b, files) for b in choose.books(taken, known)]
        books += choose.missing(request.expected, books)
        if not any(b.taken for b in books):
            first = (books[0].name, books[0].remarks[0]) if books else None
            raise none_usable(request.paths, first, _NONE)
        found = put_together(books, store, schema, day, mask, config.grading)
        result = Rollup(
            day, request.lang or _language(books), schema, tuple(books),
            found.findings, found.by_code, found.shared, found.alike, found.figures, mask,
        )  # fmt: skip
        out = Output(
            result, request.out, request.parquet, request.unmask, mask, config.templates, files
        )
        return replace(result, written=tuple(out.write(store)))


def _start(paths: Sequence[Path]) -> Path:
    """The path whose folder decides which configuration holds. ConfigError where there is none."""
    if not paths:
        zh, en = "没有给出工作簿或文件夹", "no workbook or folder is named"
        raise ConfigError(path="rollup", zh=zh, en=en)
    first = min(Path(os.path.realpath(p)) for p in paths)
    return first / "x" if is_folder(first) else first


def _require(request: Request, schema: Schema) -> None:
    wrong = unknown_fields(request.unmask, schema.modules)
    if wrong:
        known = personal_fields(schema.modules)
        raise ConfigError(
            path="--unmask",
            zh=f"不是个人信息字段：{'、'.join(wrong)}（可用：{'、'.join(known)}）",
            en=f"no personal field: {', '.join(wrong)} (known: {', '.join(known)})",
        )
    if request.parquet is not None:
        require()


def _read(
    files: Mapping[str, Path], request: Request, store: Store, unit: Callable[..., Packed | Unread]
) -> tuple[dict[str, choose.Taken], set[str]]:
    """What comes of each file, by name, and which of them were known already."""
    held = ((name, store.known(name, path)) for name, path in files.items())
    found: dict[str, choose.Taken] = {name: head for name, head in held if head is not None}
    known = set(found)
    todo = {n: p for n, p in files.items() if n not in known}
    sealed = {n: p for n, p in todo.items() if is_encrypted_file(p)}
    plain = {n: partial(unit, p) for n, p in todo.items() if n not in sealed}
    locked = {n: partial(unit, p, password=request.password) for n, p in sealed.items()}
    results = chain(
        run(plain, request.jobs, request.scheduler, lambda: Unread(_LOST)),
        run(locked, 1, None, lambda: Unread(_LOST)),
    )
    for done, (name, result) in enumerate(results, 1):
        if isinstance(result, Unread):
            found[name] = result
        else:
            found[name] = result.head
            store.hold(name, result) if name in sealed else store.put(name, files[name], result)
        request.progress(done, len(todo))
    return found, known


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
