"""What is left to decide between a workbook and the central side: seen, said and asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tracker.api.binding import Binding, Held, binding_of
from tracker.book.coerce import coercer
from tracker.book.rows import as_cell, plain_value
from tracker.bundles.desk import Choice, Desk
from tracker.bundles.memory import of_lines
from tracker.bundles.model import Dispute, Synced
from tracker.bundles.sheet import Asked, Typed, read_typed, shown, side, token
from tracker.findings import Finding
from tracker.summary.links import Goal

OPEN, UNHEEDED = "DST805", "DST808"


def remembered(session: Held) -> Synced:
    """What the workbook remembers of the centrally kept rows; nothing once it changed hands."""
    return of_lines(session.state.synced, session.workbook_id)


def visible(synced: Synced) -> list[Dispute]:
    """The conflicts to ask about; cells of a row that is asked about as a whole wait behind it."""
    found = synced.disputes
    return [d for w, d in sorted(found.items()) if not d.field or (*w[:2], "") not in found]


def asked(session: Held, binding: Binding, disputes: Iterable[Dispute]) -> Iterator[Asked]:
    """The conflicts as a person sees them."""
    for d in disputes:
        rows, row = binding.tables.get(d.table), binding.at.get(d.place)
        kept = binding.kept.get(d.table)
        if rows is None or kept is None or (row is None and d.kind != "deleted_mine"):
            continue
        at, column = rows.columns.get(d.field, 1), kept.columns.get(d.field)
        mine = rows.cells[row].get(d.field) if row is not None and d.field else None
        picks, lang = rows.picks.get(d.field), session.lang
        ours, theirs, base = (
            as_cell(v, column, picks, lang) if column is not None else v
            for v in (mine, d.theirs, d.base)
        )
        header = rows.headers.get(d.field, "") if d.field else ""
        goal, record = _goal(session, d, rows.sheet.name, row), _record(session, binding, d)
        yield Asked(d, goal, rows.sheet.name, record, header, ours, theirs, base, at)


def _goal(session: Held, d: Dispute, sheet: str, row: int | None) -> Goal | None:
    if row is None:
        return None
    table = session.tables.get(d.table)
    at = table.place.columns.get(table.module.id_field, 0) if table else 0
    key = session.verdicts[d.table].ids.get(row, "") if table else ""
    return Goal(sheet, row, key, at)


def _record(session: Held, binding: Binding, d: Dispute) -> str:
    """What names a row to a person: the fields that make it the same on both sides."""
    kept, known = binding.kept[d.table], remembered(session).rows.get(d.place)
    at = known.at if known else {}
    lists = session.ctx.picks
    said = []
    for f in kept.key:
        picks = lists.get((d.table, f))
        text = as_cell(at.get(f), kept.columns[f], picks, session.lang)
        if text not in (None, ""):
            said.append(shown(text))
    return " · ".join(said)


def open_conflicts(session: Held) -> list[Asked]:
    """What is left to decide, going by what the workbook remembers."""
    synced = remembered(session)
    disputes = visible(synced)
    if not disputes:
        return []
    return list(asked(session, binding_of(session, synced.rows), disputes))


def findings(session: Held, about: Iterable[Asked]) -> Iterator[Finding]:
    """A finding at each cell, or row, that is disputed (DST805)."""
    for one in about:
        d, row = one.dispute, one.goal.row if one.goal else None
        module = d.table if d.table in session.tables else None
        facts = {
            "record": one.record,
            "kind": _KINDS[d.kind],
            "theirs": _said(one.theirs),
            "sender": d.sender,
        }
        field, column = d.field or None if module else None, one.column if row else None
        header = one.header or one.sheet
        yield Finding(OPEN, one.sheet, module, field, row, column, header, one.mine, facts)


_KINDS = {
    "value": {"zh": "与下发的不同", "en": "differs from what was sent"},
    "deleted_mine": {"zh": "这一行在本表已删除，下发方又有更新", "en": "was deleted here and changed centrally"},
    "deleted_theirs": {"zh": "下发方撤回了这一行", "en": "was withdrawn centrally"},
}  # fmt: skip


def _said(value: object) -> object:
    return {"zh": "（空白）", "en": "(blank)"} if value is None else value


def typed_on(session: Held) -> Mapping[str, Typed]:
    """What people typed on the sheet of conflicts, by the token of the line."""
    sheet = session.own_sheet("conflicts")
    return read_typed(sheet, session.ctx) if sheet is not None else {}


def obey(
    session: Held, binding: Binding, desk: Desk, typed: Mapping[str, Typed]
) -> Iterator[Finding]:
    """Do what was chosen on the sheet of conflicts; what cannot be done is told (DST808)."""
    sheet = session.own_sheet("conflicts")
    for which, d in list(desk.synced.disputes.items()):
        line = typed.get(token(d), Typed())
        if sheet is None or (not line.adopt and line.other is None):
            continue
        choice = _choice(session, binding, d, line)
        blocked = choice is not None and choice.side != "mine" and binding.is_blocked(which)
        if choice is None or blocked or not desk.choose(which, choice):
            said = shown(line.other) if not line.adopt else line.adopt
            yield Finding(UNHEEDED, sheet.name, value=said, facts={"ref": token(d)})


def _choice(session: Held, binding: Binding, d: Dispute, line: Typed) -> Choice | None:
    """What a line says; None where that is nothing, or two things at once."""
    chosen = side(line.adopt) if line.adopt else "other"
    if chosen in ("mine", "theirs") and line.other is None:
        return Choice("mine" if chosen == "mine" else "theirs")
    if chosen != "other" or line.other is None or not d.field:
        return None
    rows, kept = binding.tables[d.table], binding.kept[d.table]
    book, column = session.book, kept.columns[d.field]
    read = coercer(
        column, session.ctx.variants, rows.picks.get(d.field), date1904=book.date1904, lang=session.lang
    )  # fmt: skip
    value, _ = read(line.other, False)
    return None if value is None else Choice("other", plain_value(value))
