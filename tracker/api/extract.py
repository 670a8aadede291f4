"""What a rollup takes from one workbook: the unit of work of many processes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api import config as configs
from tracker.api import faultreport
from tracker.api.book import Book
from tracker.api.centralfile import is_central
from tracker.api.conditions import conditions
from tracker.api.config import Config
from tracker.api.session import Session
from tracker.api.source import source_of
from tracker.errors import TrackerError
from tracker.opc.crypt import Password
from tracker.opc.readbook import read_file
from tracker.rollups.leaves import View, leaves
from tracker.rollups.model import Extract, Gist, Head, Unread, Words
from tracker.rollups.settings import RollupSettings
from tracker.rollups.shared import sightings
from tracker.summary.team.tally import tallies
from tracker.xlsx import docprops

if TYPE_CHECKING:
    import pandas as pd

_CENTRAL: Words = {
    "zh": "这是统一下发的计划（有别的代表的行），不是代表的工作簿；内容以各代表的工作簿为准",
    "en": "a central file for tracker distribute (it has rows of several reps), no rep's workbook; "
    "the reps' own workbooks count",
}


def extract(
    path: Path, schema: Path | None = None, *, as_of: date, config: Config | None = None,
    data: bytes | None = None, view: View | None = None, password: Password = None,
) -> Extract | Unread:  # fmt: skip
    """Read, check and compute one workbook; nothing is written, and nothing is raised for its faults.

    Args:
        path: the workbook.
        schema: a schema folder of one's own.
        as_of: the day everything is computed for.
        config: the configuration; None finds that of the workbook.
        data: the file's bytes where they are read already.
        view: how a rollup shows the rows; with one they are made ready, if its conditions hold here.
        password: of an encrypted workbook, or what gives it.
    """
    digest = ""
    try:
        raw = read_file(path) if data is None else data
        digest = hashlib.sha256(raw).hexdigest()
        held = configs.load(configs.find(path)) if config is None else config
        book = Book(path, raw, schema=schema, config=held, password=password)
        if is_central(book.session):
            return Unread(_CENTRAL)
        same = view is not None and view.conditions == conditions(path, as_of, schema)
        return _taken(book, digest, as_of, view if same else None)
    except TrackerError as e:
        return Unread({lang: _reason(e, path, lang) for lang in ("zh", "en")})
    except Exception as e:  # noqa: BLE001 - the other workbooks are to be had all the same
        return _fault(e)


def _fault(error: Exception) -> Unread:
    """A workbook over which the program itself stumbles; the report says where."""
    name, file = type(error).__name__, faultreport.leave(error) or "—"
    why: Words = {
        "zh": f"读它时程序出错（{name}），没有计入；报告在 {file}，请发给维护者",
        "en": f"a fault in the program while reading it ({name}), left out; "
        f"please send the report at {file} to the maintainers",
    }
    return Unread(why, bug=True)


def _reason(error: TrackerError, path: Path, lang: str) -> str:
    """An error's message without the path that the source's line names already."""
    said = error.message(lang)
    for start in (f"{path}：", f"{path}: "):
        said = said.removeprefix(start)
    return said


def _taken(book: Book, digest: str, as_of: date, view: View | None) -> Extract:
    session = book.session
    always = RollupSettings.of(session.schema.thresholds).always
    grading = replace(session.config.grading, always=always)
    session.config = replace(session.config, grading=grading)
    analysis = session.analyse(as_of)
    frames = {n: _with(f, analysis.computed[n]) for n, f in session.frames.items()}
    modules, wanted = session.schema.modules, RollupSettings.of(session.schema.thresholds)
    gist = Gist(
        findings=tuple(analysis.findings),
        spellings={n: dict(v.by_spelling) for n, v in session.ctx.lists.items()},
        tallies=tallies(source_of(session, analysis, analysis.findings)),
    )
    seen = sightings(frames, analysis.valid, modules, wanted.shared, session.lang, as_of)
    head = _head(session, digest, frames, Counter(f.severity for f in analysis.findings))
    lang = (view and view.lang) or head.lang
    ready = leaves(frames, modules, view.mask, lang) if view else None
    return Extract(head, gist, seen, frames, lang, ready)


def _head(
    session: Session, digest: str, frames: Mapping[str, pd.DataFrame], counts: Mapping[str, int]
) -> Head:
    meta, modules = session.state.meta, session.schema.modules
    names = RollupSettings.of(session.schema.thresholds)
    return Head(
        digest=digest,
        workbook=session.workbook_id,
        revision=int(meta.get("revision", "0")),
        saved=docprops.saved_at(session.book.package),
        refreshed=meta.get("as_of", ""),
        version=meta.get("schema", ""),
        owner=session.ctx.settings.get(names.owner, "").strip(),
        owner_name=session.ctx.settings.get(names.owner_name, "").strip(),
        lang=session.lang,
        sheets={n: p.sheet.name for n, p in session.places.items()},
        columns={
            n: tuple(c.name for c in modules[n].columns if c.name in f) for n, f in frames.items()
        },
        rows={n: len(f) for n, f in frames.items()},
        counts=dict(counts),
        remarks=(*_absent(session), *_unfit(session)),
    )


def _with(frame: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """Input and computed columns side by side."""
    return frame.join(computed[[c for c in computed if c not in frame]])


def _absent(session: Session) -> list[Words]:
    """Tables that the workbook lacks."""
    gone = [m for n, m in session.schema.modules.items() if n not in session.tables]
    said = {lang: "、".join(m.sheet[lang] for m in gone) for lang in ("zh", "en")}
    said["en"] = said["en"].replace("、", ", ")
    zh, en = f"没有这些表：{said['zh']}", f"it has no table of {said['en']}"
    return [{"zh": zh, "en": en}] if gone else []


def _unfit(session: Session) -> list[Words]:
    """Columns without which rows say too little and that the workbook lacks: another layout."""
    found = list[Words]()
    needed = RollupSettings.of(session.schema.thresholds).needed
    for name, table in session.tables.items():
        lost = [
            c.label(session.lang)
            for c in table.module.columns
            if c.name not in table.place.columns
            and (c.need == "required" or c.name in needed.get(name, ()))
        ]
        if lost:
            sheet = table.place.sheet.name
            zh = f"“{sheet}”缺少列：{'、'.join(lost)}（版式较旧或被删），相关的行不完整"
            en = f'"{sheet}" lacks {", ".join(lost)} (an older layout, or deleted)'
            found.append({"zh": zh, "en": en})
    known, own = session.state.meta.get("schema", ""), session.schema.version
    if known not in ("", own):
        zh = f"上次刷新用的表结构版本是 {known}，现为 {own}；请该代表刷新一次"
        en = f"last refreshed with schema version {known}, now {own}; let its owner refresh it"
        found.append({"zh": zh, "en": en})
    return found
