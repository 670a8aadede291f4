"""The central file: rows that are kept centrally, each with whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as having

from tracker.api.binding import Held
from tracker.book.coerce import cell_text
from tracker.book.locate import find_lookup, locate
from tracker.book.lookups import Context, context
from tracker.book.read import read_table
from tracker.book.rows import Plain, Rows, as_cell, key_text, list_rows, table_rows
from tracker.bundles.model import Entry, Place
from tracker.bundles.patch import Scope, Spoken
from tracker.bundles.settings import CentralSettings, Kept
from tracker.findings import Finding
from tracker.schema.model import Schema
from tracker.schema.names import plain
from tracker.xlsx import Workbook

NO_OWNER, NOBODY, TWICE, UNREAD = "DST811", "DST812", "DST813", "DST814"
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the central file."""

    entry: Entry
    owner: str
    row: int
    record: str


@dataclass
class Central:
    """What a central file says.

    Attributes:
        rows: owner in compared form -> row by place; rows for everybody under "".
        spoken: what the file speaks of.
        first: the same -> a finding at the first row of that owner, to be told where nobody has it.
        findings: what is wrong with the file; rows that it names are left out.
        lang, sender: its language, and who sends, "" where it does not say.
    """

    spoken: Spoken
    lang: str
    sender: str
    rows: dict[str, dict[Place, Entry]] = having(default_factory=dict)
    first: dict[str, Finding] = having(default_factory=dict)
    findings: list[Finding] = having(default_factory=list)
    tables: list[str] = having(default_factory=list)

    def wanted(self, owner: str, *, routed: bool) -> dict[Place, Entry]:
        """The rows for one owner, those for everybody first; without his own unless `routed`."""
        own = self.rows.get(plain(owner), {}) if routed and owner else {}
        return {**self.rows.get(EVERYBODY, {}), **own}


def central_file(book: Workbook, schema: Schema) -> Central:
    """Read a central file. Tables that it does not have are not spoken of."""
    settings, ctx = CentralSettings.of(schema), context(book, schema)
    found = _tables(book, schema, settings, ctx)
    within = {n: settings.tables[n].within for n in found}
    scopes = set[Scope]()
    central = Central(Spoken(within, scopes), ctx.lang, ctx.settings.get(settings.sender, ""))
    central.tables += found
    names, said = _owner_names(schema, settings.owner), dict[str, str]()
    for name, rows in found.items():
        kept, routed = settings.tables[name], name in schema.modules
        lines = list(_lines(rows, kept, ctx, names, central, routed=routed))
        for line in _single(lines, rows, name, central):
            central.rows.setdefault(plain(line.owner), {})[name, line.entry.key] = line.entry
        # what a faulty row means is not known, so it must not look as if it were gone
        if not any(f.module == name for f in central.findings):
            scopes |= {central.spoken.scope(name, line.entry.at) for line in lines}
        said |= {plain(line.owner): line.owner for line in reversed(lines)}
    _count(central, said)
    return central


def is_central(held: Held) -> bool:
    """Whether a workbook is a central file: rows of somebody else, and none but centrally kept ones."""
    settings = CentralSettings.of(held.schema)
    if any(t.rows for name, t in held.tables.items() if name not in settings.tables):
        return False
    names, mine = _owner_names(held.schema, settings.owner), ("", plain(held.ctx.owner))
    listed = [_owners(table_rows(t, (), held.ctx), names)[1] for t in held.tables.values()]
    return any(plain(owner) not in mine for owners in listed for owner in owners.values())


def _tables(
    book: Workbook, schema: Schema, settings: CentralSettings, ctx: Context
) -> dict[str, Rows]:
    """The kept tables that the file has."""
    places = locate(book, schema)[0]
    found: dict[str, Rows] = {}
    for name, kept in settings.tables.items():
        fields = (*kept.key, *kept.fields)
        if name in places:
            found[name] = table_rows(read_table(places[name], ctx), fields, ctx)
        elif name in schema.lookups:
            look = schema.lookups[name]
            sheet = find_lookup(book, look)
            rows = list_rows(sheet, look, ctx) if sheet is not None else None
            if rows is not None:
                found[name] = rows
    return found


def _owner_names(schema: Schema, key: str) -> dict[str, str]:
    """How the column that says whose a row is may be headed: as the line of the settings sheet.

    Its label by language, and every name under itself.
    """
    known = [s for look in schema.lookups.values() for s in look.rows if s.key == key]
    labels = {lang: text for s in known for lang, text in (("zh", s.zh), ("en", s.en))}
    return {n: n for s in known for n in (s.key, s.zh, s.en, *s.aliases)} | labels


def _owners(rows: Rows, names: Mapping[str, str]) -> tuple[int | None, dict[int, str]]:
    """Column number and texts of the column that says whose a row is."""
    sheet, column, known = rows.sheet, None, set(map(plain, names.values()))
    for cell in sheet.scan.cells(sheet.scan.rows[rows.header_row]):
        value = sheet.value(cell)
        if isinstance(value, str) and plain(value) in known:
            column = cell.column
            break
    found = {}
    for row in rows.cells if column is not None else ():
        raw = next((c for c in sheet.scan.cells(sheet.scan.rows[row]) if c.column == column), None)
        value = sheet.value(raw) if raw else None
        found[row] = "" if value is None else cell_text(value).strip()
    return column, found


def _lines(
    rows: Rows, kept: Kept, ctx: Context, names: Mapping[str, str], central: Central, *,
    routed: bool,
) -> Iterator[_Line]:  # fmt: skip
    """The rows that can be sent; what is wrong with the others becomes findings."""
    lost = list(_lacks(rows, kept, ctx.lang))
    central.findings += lost
    if lost:
        return
    column, owners = _owners(rows, names)
    label = names.get(ctx.lang, "") if column is None else _header(rows, column)
    for row, cells in rows.cells.items():
        wrong = _wrong(rows, kept, row, cells, ctx)
        if wrong is not None:
            central.findings.append(wrong)
            continue
        owner = owners.get(row, EVERYBODY)
        if routed and not owner:
            central.findings.append(
                Finding(NO_OWNER, rows.sheet.name, kept.table, None, row, column, facts={"what": label})
            )  # fmt: skip
            if column is None:
                return
            continue
        at = {f: _canonical(cells.get(f), kept, f, ctx) for f in kept.key}
        values = {f: cells.get(f) for f in kept.fields if f in rows.columns}
        entry = Entry(kept.table, key_text(list(at.values())), at, values)
        said = (as_cell(v, kept.columns[f], rows.picks.get(f), ctx.lang) for f, v in at.items())
        yield _Line(entry, owner, row, " · ".join(cell_text(v) for v in said if v is not None))


def _lacks(rows: Rows, kept: Kept, lang: str) -> Iterator[Finding]:
    """The columns without which no row of a table can be told from another."""
    for f in (f for f in kept.key if kept.columns[f].need == "required"):
        if f not in rows.columns:
            header = kept.columns[f].label(lang)
            facts = {"lacks": header}
            sheet, row = rows.sheet.name, rows.header_row
            yield Finding(UNREAD, sheet, kept.table, f, row, None, header, facts=facts)


def _header(rows: Rows, column: int) -> str:
    cell = rows.sheet.raw(rows.header_row, column)
    return str(rows.sheet.value(cell)) if cell else ""


def _unread(rows: Rows, kept: Kept, row: int, cells: Mapping[str, Plain]) -> str | None:
    """The first field whose value must not be sent on: not read, not in its list, or missing."""
    for f in (*kept.key, *kept.fields):
        value, picks = cells.get(f), rows.picks.get(f)
        strange = picks is not None and value is not None and str(value) not in picks.by_code
        missing = f in kept.key and value is None and kept.columns[f].need == "required"
        if (row, f) in rows.faults or strange or missing:
            return f
    return None


def _wrong(
    rows: Rows, kept: Kept, row: int, cells: Mapping[str, Plain], ctx: Context
) -> Finding | None:
    """Why a row must not be sent on (DST814); None where it may."""
    field = _unread(rows, kept, row, cells)
    facts: dict[str, object] = {}
    if field is None:
        field = next((f for f in kept.key if _is_unlisted(cells.get(f), kept, f, ctx)), None)
        facts = {"unlisted": True}
    if field is None:
        return None
    column, header = rows.columns.get(field), rows.headers.get(field, field)
    value = cells.get(field)
    return Finding(
        UNREAD, rows.sheet.name, kept.table, field, row, column, header, value, facts
    )  # fmt: skip


def _is_unlisted(value: Plain, kept: Kept, field: str, ctx: Context) -> bool:
    """Whether a value is none of a list that the file itself has."""
    ref = kept.columns[field].ref
    names = ctx.lists.get(ref.to) if ref is not None else None
    if names is None or not names.by_spelling or not isinstance(value, str):
        return False
    return names.canonical(value) is None


def _canonical(value: Plain, kept: Kept, field: str, ctx: Context) -> Plain:
    """The canonical name of what a list of the file knows in several spellings."""
    ref = kept.columns[field].ref
    names = ctx.lists.get(ref.to) if ref is not None else None
    return (names.canonical(value) or value) if names and isinstance(value, str) else value


def _single(lines: list[_Line], rows: Rows, name: str, central: Central) -> Iterator[_Line]:
    """Rows that say one thing each; of several that differ none is sent (DST813)."""
    known: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        known.setdefault((plain(line.owner), line.entry.key), []).append(line)
    for first, *others in known.values():
        differ = [o for o in others if o.entry.values != first.entry.values]
        for other in differ:
            facts = {"first": str(first.row), "record": other.record}
            central.findings.append(
                Finding(TWICE, rows.sheet.name, name, None, other.row, 1, facts=facts)
            )
        if not differ:
            yield first


def _count(central: Central, said: Mapping[str, str]) -> None:
    """How many rows each owner has, as a finding for owners that nobody is."""
    for owner, rows in central.rows.items():
        if owner != EVERYBODY:
            table = next(iter(rows))[0]
            facts = {"count": len(rows)}
            central.first[owner] = Finding(NOBODY, "", table, value=said[owner], facts=facts)
