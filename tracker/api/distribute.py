"""Centrally kept rows down to the workbooks: one bundle for each that has news. No book is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as having
from datetime import date
from pathlib import Path

from tracker.api import config as configs
from tracker.api.book import schema_for
from tracker.api.centralfile import Central, central_file
from tracker.api.conffile import TAKEN
from tracker.api.gather import none_usable, workbooks
from tracker.api.inbox import bundle_name, collect, inbox, numbers
from tracker.book.locate import own_sheet
from tracker.book.lookups import context
from tracker.book.state import WORKBOOK, read_state
from tracker.bundles.codec import digest, encode
from tracker.bundles.desk import following, told
from tracker.bundles.memory import of_lines
from tracker.bundles.model import Bundle, Synced
from tracker.bundles.patch import patch
from tracker.bundles.settings import CentralSettings
from tracker.checks.catalogue import grade
from tracker.errors import TrackerError, UnsuitableFileError
from tracker.findings import Finding
from tracker.opc.crypt import Password, opened
from tracker.opc.readbook import read_file
from tracker.opc.save import write_new
from tracker.opc.temp import refusing
from tracker.rollups.kept import KIND, ROLLUP
from tracker.rollups.verdicts import two_books
from tracker.schema.model import Schema
from tracker.schema.names import plain
from tracker.xlsx import Workbook

Words = Mapping[str, str]
_NONE: Words = {"zh": "没有一个工作簿可以下发", "en": "no workbook can be sent to"}
_NO_ID: Words = {
    "zh": "从未刷新过，没有工作簿编号；请其代表先刷新一次（tracker refresh）",
    "en": "never refreshed, so it has no id; let its owner refresh it first (tracker refresh)",
}
_ROLLUP: Words = {
    "zh": "这是汇总结果，不是代表的工作簿",
    "en": "the result of a rollup, no workbook that somebody keeps",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A workbook that rows may go to: what it says of itself."""

    name: str
    path: Path
    workbook: str
    owner: str
    revision: int
    synced: Synced


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to one workbook.

    Attributes:
        state: "sent", "unchanged" or "skipped".
        number, file: the bundle; None where there is none.
        rows, gone: new or changed rows and withdrawn ones, by table.
        remark: why it was skipped.
    """

    name: str
    state: str
    owner: str = ""
    workbook: str = ""
    number: int | None = None
    file: Path | None = None
    rows: Mapping[str, int] = having(default_factory=dict)
    gone: Mapping[str, int] = having(default_factory=dict)
    remark: Words = having(default_factory=dict)
    error: TrackerError | None = None


@dataclass(frozen=True)
class Distribution:
    """What a distribution came to; findings are about the central file and about books."""

    as_of: date
    lang: str
    schema: Schema
    books: tuple[Sent, ...]
    findings: tuple[tuple[str, Finding], ...]


@dataclass(frozen=True)
class Order:
    """What is asked for: the central file, workbooks and folders, and where bundles are laid.

    `to` is one folder for all bundles instead of the inbox beside each workbook. With `dry`
    nothing is written.
    """

    plan: Path
    paths: Sequence[Path]
    as_of: date
    to: Path | None = None
    dry: bool = False
    schema: Path | None = None
    password: Password = None


def distribute(order: Order) -> Distribution:
    """Lay a bundle for each workbook that has news; nothing is sent twice.

    Raises:
        UnsuitableFileError: the central file, or all of the workbooks, cannot be read.
        ConfigError: the configuration is wrong.
    """
    config = configs.load(configs.find(order.plan))
    schema = config.over(schema_for(config, order.schema))
    central = _central(order, schema)
    found = [_target(n, p, schema, order) for n, p in workbooks(order.paths, [order.plan]).items()]
    books = _single([f for f in found if isinstance(f, Target)])
    skipped = [f for f in found if isinstance(f, Sent)]
    if not any(isinstance(b, Target) for b in books):
        first = (skipped[0].name, skipped[0].remark) if skipped else None
        raise none_usable(order.paths, first, _NONE)
    targets = [b for b in books if isinstance(b, Target)]
    claimed = _claimed(targets)
    sent = [
        b if isinstance(b, Sent) else _send(b, central, order, schema, routed=plain(b.owner) not in claimed)
        for b in books
    ]  # fmt: skip
    findings = _findings(order, central, targets, claimed, schema)
    graded = [(name, f) for name, one in findings for f in grade([one], schema, config.grading)]
    rows = sorted([*sent, *skipped], key=lambda s: s.name)
    return Distribution(order.as_of, central.lang, schema, tuple(rows), tuple(graded))


def _central(order: Order, schema: Schema) -> Central:
    data = opened(order.plan, read_file(order.plan), order.password).plain
    central = central_file(Workbook(data, str(order.plan)), schema)
    if not central.tables:
        kept = CentralSettings.of(schema).tables
        titles = [(schema.modules.get(n) or schema.lookups[n]).sheet for n in kept]
        zh, en = ("、".join(t["zh"] for t in titles), ", ".join(t["en"] for t in titles))
        raise UnsuitableFileError(
            path=order.plan,
            zh=f"没有统一维护的表（{zh}）；表名或表头要与工作簿中的一致",
            en=f"it holds no table that is kept centrally ({en}); name sheets or headers as in the workbooks",
        )
    return central


def _target(name: str, path: Path, schema: Schema, order: Order) -> Target | Sent:
    """Read what a workbook says of itself, no more."""
    try:
        data = opened(path, read_file(path), order.password).plain
        book = Workbook(data, str(path))
        state, ctx = read_state(own_sheet(book, schema, "state")), context(book, schema)
        workbook, known = state.meta.get(WORKBOOK, ""), state.meta
        if known.get(KIND) == ROLLUP or not workbook:
            return Sent(name, "skipped", remark=_ROLLUP if known.get(KIND) == ROLLUP else _NO_ID)
        owner = ctx.settings.get(CentralSettings.of(schema).owner, "").strip()
        synced = of_lines(state.synced, workbook)
        return Target(name, path, workbook, owner, int(known.get("revision", "0")), synced)
    except TrackerError as e:
        said = {lang: e.message(lang) for lang in ("zh", "en")}
        return Sent(name, "skipped", remark=said, error=e)


def _single(targets: Sequence[Target]) -> list[Target | Sent]:
    """Of several files with one id the one that was refreshed most often; the others are skipped."""
    best: dict[str, Target] = {}
    for t in sorted(targets, key=lambda t: (-t.revision, t.name)):
        best.setdefault(t.workbook, t)
    found: list[Target | Sent] = []
    for t in targets:
        kept = best[t.workbook]
        zh, en = (
            f"与 {kept.name} 是同一个工作簿，以它为准",
            f"the same workbook as {kept.name}, which counts",
        )
        copy = Sent(t.name, "skipped", t.owner, t.workbook, remark={"zh": zh, "en": en})
        found.append(t if kept is t else copy)
    return found


def _claimed(targets: Sequence[Target]) -> dict[str, list[Target]]:
    """Owners that several workbooks name: nobody knows whose their rows are."""
    by_owner: dict[str, list[Target]] = {}
    for t in targets:
        if t.owner:
            by_owner.setdefault(plain(t.owner), []).append(t)
    return {o: ts for o, ts in by_owner.items() if len(ts) > 1}


def _findings(
    order: Order, central: Central, targets: Sequence[Target],
    claimed: Mapping[str, Sequence[Target]], schema: Schema,
) -> Iterator[tuple[str, Finding]]:  # fmt: skip
    name = order.plan.name
    for f in central.findings:
        yield name, f
    known = {plain(t.owner) for t in targets}
    for owner, f in central.first.items():
        if owner not in known:
            module = schema.modules.get(f.module or "")
            yield name, replace(f, sheet=module.sheet[central.lang] if module else "")
    for first, *others in claimed.values():
        for other in others:
            yield other.name, two_books(other.owner, first.name)


def _send(target: Target, central: Central, order: Order, schema: Schema, *, routed: bool) -> Sent:
    """Make the bundle of one workbook and lay it down."""
    folder = order.to or inbox(target.path)
    folders = [order.to] if order.to else []
    synced = _waiting(target, folders)
    rows, gone = patch(synced.rows, central.wanted(target.owner, routed=routed), central.spoken)
    if not routed:
        gone = tuple(place for place in gone if place[0] not in schema.modules)
    sent = Sent(target.name, "unchanged", target.owner, target.workbook)
    if not (rows or gone):
        return sent
    places = (inbox(target.path), inbox(target.path) / TAKEN, *folders)
    highest = max((n for f in places for n in numbers(f, target.workbook)), default=0)
    number = max(highest, synced.last) + 1
    bundle = Bundle(
        target.workbook, target.owner, number, synced.last, schema.version, digest(synced.rows),
        order.as_of.isoformat(), central.sender or order.plan.stem, rows, gone,
    )  # fmt: skip
    file = folder / bundle_name(target.workbook, number)
    sent = replace(
        sent, state="sent", number=number, file=file, rows=_counted(e.table for e in rows),
        gone=_counted(table for table, _ in gone),
    )  # fmt: skip
    try:
        if not order.dry:
            _lay(file, encode(bundle))
    except TrackerError as e:
        said = {lang: e.message(lang) for lang in ("zh", "en")}
        return replace(sent, state="skipped", number=None, file=None, remark=said, error=e)
    return sent


def _waiting(target: Target, folders: Sequence[Path]) -> Synced:
    """What the workbook will remember once it has taken in what waits for it already."""
    post = collect(target.path, target.workbook, target.synced.last, folders)
    synced, bundles = target.synced, [b for _, b in post.bundles]
    synced = Synced(synced.workbook, dict(synced.taken), dict(synced.rows))
    while (due := following(bundles, synced)) is not None:
        synced.rows = told(synced.rows, due)
        synced.taken[due.number] = due.checksum
    return synced


def _lay(file: Path, data: bytes) -> None:
    """Write a bundle: whole or not at all, and never over another. RefusedError as `write_new`."""
    with refusing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_new(file, data)


def _counted(tables: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in tables:
        found[table] = found.get(table, 0) + 1
    return found
