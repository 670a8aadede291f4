"""read -> check -> enrich -> render -> plan: what a refresh would write, as a plain value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as having
from itertools import count
from typing import Any

from tracker.api import intake
from tracker.api.conflicts import open_conflicts, typed_on
from tracker.api.notes import Unnoted, plan_notes
from tracker.api.session import Analysis, Session, base_rows
from tracker.api.source import choice_of, rep_of, source_of, title_of
from tracker.api.tint import plan_tint
from tracker.book.anchors import anchor_place
from tracker.book.changes import CellChanges, ColumnChange
from tracker.book.generated import changed_cells, sheet_marks
from tracker.book.lists import hidden_lists, list_ranges, lists_sheet
from tracker.book.memory import REMEMBERED, Memory
from tracker.book.plan import (
    column_changes,
    display_values,
    marks_of,
    put,
    spare_changes,
    typed_over,
)
from tracker.book.read import Table
from tracker.book.state import AS_OF, OWNER, WORKBOOK, Marks, State, state_sheet
from tracker.book.tablesheet import CHECK
from tracker.bundles import sheet as conflicts
from tracker.checks.catalogue import grade, message
from tracker.errors import RefusedError
from tracker.findings import Finding
from tracker.summary.findings_sheet import TABLE, Places, findings_sheet
from tracker.summary.model import build
from tracker.summary.page import render_page
from tracker.summary.sheet import render_sheet
from tracker.xlsx import Workbook
from tracker.xlsx.graft import Donor
from tracker.xlsx.scan import scan

_NAMED = 12
TOLD_ONCE = frozenset({"GEN014", "GEN017", "GEN018", "GEN020"}) | intake.TOLD
_PERSONS = {"conflicts": conflicts.TYPED_COLUMNS}
_NOTHING: dict[int, str] = {}
_WRITTEN = ("summary", "findings", "conflicts")
_SIGNS = {"error": "×", "warning": "▲"}


@dataclass
class Plan:
    """What a refresh writes.

    Attributes:
        analysis: what it was computed from.
        cells: computed cells and ids that change, in sheet order.
        told: what happened once (GEN014, GEN017, GEN018, GEN020), graded.
        vanished: module -> ids that stood there at the last refresh and are gone.
        ids: how many rows got an id.
        unnoted: sheets in which faulty cells get no note although notes are wanted.
        came: what bundles and choices about conflicts did to the workbook before.
    """

    analysis: Analysis
    cells: CellChanges = having(default_factory=CellChanges)
    told: list[Finding] = having(default_factory=list)
    vanished: Mapping[str, Sequence[str]] = having(default_factory=dict)
    ids: int = 0
    unnoted: Sequence[Unnoted] = ()
    came: intake.Intake | None = None

    def let_go(self) -> None:
        """Forget what was computed, which stands in the workbook's plan by now."""
        self.analysis = replace(self.analysis, computed={}, memory=Memory())


def is_told_once(finding: Finding) -> bool:
    """Whether a finding tells what happened since the last refresh; the workbook forgets it then."""
    return finding.code in TOLD_ONCE or is_lost(finding)


def is_lost(finding: Finding) -> bool:
    """Whether a finding is about a table that is gone as a whole."""
    return "lost" in finding.facts


def plan_refresh(session: Session, analysis: Analysis, came: intake.Intake | None = None) -> Plan:
    """Plan the cells, generated sheets, names and state of a refresh into the session's workbook.

    Nothing is written; the workbook's `to_bytes` carries the plan out and proves it.
    """
    plan = Plan(analysis, came=came, cells=CellChanges([came.cells] if came else ()))
    lasting = [f for f in analysis.findings if not is_told_once(f)]
    plan.told = [f for f in analysis.findings if is_told_once(f)]
    plan.told += came.told if came else []
    state = State(meta=_meta(session, analysis), rows=base_rows(session))
    state.memory, state.synced = analysis.memory.of_rows(state.rows), session.state.synced
    for name, table in session.tables.items():
        _plan_table(session, plan, name, table, lasting, state)
    plan.vanished = session.vanished()
    _plan_sheets(session, analysis, lasting, state)
    plan.told = grade([*plan.told, *_typed_into(session)], session.schema, session.config.grading)
    _plan_lists(session, plan_tint(session, lasting, CHECK))
    marks, plan.unnoted = plan_notes(session, lasting)
    state.meta |= marks
    for place in session.places.values():
        anchor_place(session.book, place)
    _plan_state(session, state)
    return plan


def _meta(session: Session, analysis: Analysis) -> dict[str, str]:
    old = session.state.meta
    counters = {f"counter.{n}": str(v.counter) for n, v in session.verdicts.items()}
    return {
        **{k: v for k, v in old.items() if k.startswith("counter.")},
        **counters,
        WORKBOOK: session.workbook_id,
        OWNER: session.ctx.owner or old.get(OWNER, ""),
        "schema": session.schema.version,
        "revision": old.get("revision", "0"),
        "lang": session.lang,
        AS_OF: analysis.as_of.isoformat(),
        REMEMBERED: analysis.memory.day,
    }


def _plan_table(
    session: Session, plan: Plan, name: str, table: Table, lasting: Iterable[Finding], state: State
) -> None:
    module, columns = table.module, table.place.columns
    ids = session.row_ids(name)
    computed = plan.analysis.computed[name]
    wanted: dict[str, list[Any]] = {}
    for column in module.owned("computed"):
        if column.name in columns and column.name in computed:
            wanted[column.name] = display_values(column, computed[column.name], session.lang)
    if CHECK in columns:
        wanted[CHECK] = _row_checks(session, table, lasting)
    changes = [column_changes(table, n, values, ids) for n, values in wanted.items()]
    plan.told += _typed_over(session, table, changes)
    if module.id_field in columns:
        given = [ids[r] for r in table.rows]
        own = column_changes(table, module.id_field, given, ids)
        plan.ids += len(own)
        changes = [own, *changes]
    changes += spare_changes(table)
    for change in changes:
        put(table, change)
        plan.cells.add(change)
    _grow(table)
    date1904 = session.book.date1904
    state.marks[name] = marks_of(wanted, (ids[r] for r in table.rows), date1904=date1904)


def _row_checks(session: Session, table: Table, findings: Iterable[Finding]) -> list[str | None]:
    """The text of each row's check column: blank, or sign, count and first message."""
    by_row: dict[int, list[Finding]] = {}
    for f in findings:
        if f.module == table.module.name and f.row and f.severity in _SIGNS:
            by_row.setdefault(f.row, []).append(f)
    texts: list[str | None] = []
    for row in table.rows:
        mine = sorted(by_row.get(row, ()), key=lambda f: f.severity != "error")
        if mine:
            said = message(mine[0], session.schema, session.lang, show=False)
            texts.append(f"{_SIGNS[mine[0].severity]}{len(mine)} {said}")
        else:
            texts.append(None)
    return texts


def _typed_over(session: Session, table: Table, changes: Iterable[ColumnChange]) -> list[Finding]:
    marks = session.state.marks.get(table.module.name, Marks())
    return [
        table.finding(
            "GEN014", t.field, t.row, {"old": t.old, "new": "" if t.new is None else t.new},
        )
        for t in typed_over(table, changes, marks)
    ]  # fmt: skip


def _grow(table: Table) -> None:
    """Let the Excel table reach down over rows that were typed below it."""
    own = table.place.table
    if own and table.rows and not own.totals:
        table.place.sheet.grow_table(own.name, table.rows[-1])


def _plan_sheets(
    session: Session, analysis: Analysis, lasting: Sequence[Finding], state: State
) -> None:
    book, lang = session.book, session.lang
    source = source_of(session, analysis, lasting)
    context = build(
        source, title=title_of(session, lang), rep=rep_of(session), choice=choice_of(session)
    )
    html = render_page(context, session.config.templates)
    title = session.title("summary")
    book.put_sheet(title, render_sheet(html, title))
    title = session.title("findings")
    told = (lasting, _places(session), session.schema, lang, title, analysis.as_of.isoformat())
    book.put_sheet(title, findings_sheet(*told, _free_table(book, title)))
    written = [*_WRITTEN[:2], *_plan_conflicts(session)]
    for key in written:
        donor, _ = book.planned_grafts[session.title(key)]
        assert isinstance(donor, Donor)
        sheet = scan(donor.package.read(donor.part))
        state.sheets[key] = sheet_marks(sheet, donor.strings, _PERSONS.get(key, ()))


def _plan_conflicts(session: Session) -> Iterator[str]:
    """The sheet of conflicts where there are any; none else, but for a person's of that name."""
    sheet = session.own_sheet("conflicts")
    if session.state.synced and (asked := open_conflicts(session)):
        title = session.title("conflicts")
        table = _free_table(session.book, title, conflicts.TABLE)
        made = conflicts.conflicts_sheet(asked, typed_on(session), session.lang, title, table)
        session.book.put_sheet(title, made)
        yield "conflicts"
    elif sheet is not None and "conflicts" in session.state.sheets:
        session.book.drop_sheet(sheet.name)


def _free_table(book: Workbook, title: str, wanted: str = TABLE) -> str:
    """A name for the list on a generated sheet that no table of another sheet has."""
    others = (book.sheet(n) for n in book.worksheet_names if n != title)
    taken = {t.name.lower() for sheet in others for t in sheet.tables}
    names = (wanted + (str(i) if i else "") for i in count())
    return next(n for n in names if n.lower() not in taken)


def _places(session: Session) -> Places:
    records, id_columns = {}, {}
    for name, table in session.tables.items():
        label = table.module.label_field
        if label is not None and label in table.raw:
            texts = ("" if v is None else str(v) for v in table.raw[label])
            records[name] = dict(zip(table.rows, texts, strict=True))
        if table.module.id_field in table.place.columns:
            id_columns[name] = table.place.columns[table.module.id_field]
    ids = {n: v.ids for n, v in session.verdicts.items()}
    return Places(ids, records, id_columns)


def _typed_into(session: Session) -> list[Finding]:
    """Cells of generated sheets that no longer hold what the last refresh wrote (GEN020).

    In a sheet that no refresh wrote before this one they are all a person's; of a new workbook's
    that is not known.
    """
    found, known = list[Finding](), session.state.sheets
    if known or not session.state.meta:
        known = dict.fromkeys(_WRITTEN, _NOTHING) | known
    for key, written in known.items():
        sheet = session.own_sheet(key) if key in session.schema.sheets else None
        if sheet is not None and (written or sheet.name in session.book.planned_grafts):
            mine = _PERSONS.get(key, ())
            cells = changed_cells(written, sheet.scan, session.book.strings, mine)
            if cells:
                facts = {"cells": (*cells[:_NAMED], *(["…"] if len(cells) > _NAMED else []))}
                value = sheet.get(cells[0])
                found.append(Finding("GEN020", sheet.name, value=value, facts=facts))
    return found


def _plan_lists(session: Session, faults: Sequence[str]) -> None:
    """The hidden lists and the names of their ranges, values that people added included."""
    modules = [t.module for t in session.tables.values()]
    lists = hidden_lists(modules, session.ctx.picks, session.lang, faults)
    title = session.title("lists")
    session.book.put_plain(title, lists_sheet(lists))
    for name, text in list_ranges(lists, title).items():
        if session.book.names.get(name) != text:
            session.book.set_name(name, text, hidden=True)


def _plan_state(session: Session, state: State) -> None:
    """The state goes last: its revision counts up only where anything else changes."""
    revision = int(state.meta["revision"])

    def make(changed: bool) -> bytes:
        state.meta["revision"] = str(revision + changed)
        return state_sheet(state)

    session.book.put_last(session.title("state"), make)


def refuse_vanished(session: Session, plan: Plan, path: str) -> None:
    """RefusedError where more rows of a module are gone than the limits under `vanish` allow."""
    limits: Any = session.schema.thresholds["vanish"]
    for name, ids in plan.vanished.items():
        known = len(session.state.rows.get(name, ()))
        if len(ids) > limits["count"] and len(ids) > limits["share"] * known:
            sheet = session.sheet_of(name)
            zh = f"“{sheet}”一次少了 {len(ids)} 行（上次共 {known} 行）"
            en = f'"{sheet}" lost {len(ids)} of {known} rows at once'
            if name not in session.tables:
                zh = f"表“{sheet}”不见了（上次有 {known} 行）"
                en = f'the table "{sheet}" is gone (it had {known} rows)'
            raise RefusedError(
                path=path,
                zh=f"{zh}。若确实删除了，加 --accept-deletes；若是误删，用 tracker undo 或备份找回",
                en=f"{en}. If that was meant, add --accept-deletes; if not, bring them back with "
                "tracker undo or a backup",
            )
