"""One workbook as a database: read once, then checked and computed for any day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.api.blocks import refuse_unknown_blocks
from tracker.api.config import Config
from tracker.book.fixes import settled
from tracker.book.identity import Row, Verdict, identify
from tracker.book.ids import Drawer, new_workbook_id
from tracker.book.locate import Copy, locate, own_sheet
from tracker.book.lookups import Context, context
from tracker.book.memory import Memory, columns, recall
from tracker.book.read import Table, read_table
from tracker.book.resolve import resolve
from tracker.book.state import OWNER, WORKBOOK, State, kept, read_state
from tracker.bundles.memory import glance
from tracker.checks.catalogue import grade
from tracker.checks.columns import check_columns
from tracker.checks.firing import World
from tracker.checks.rules import Rules
from tracker.checks.run import valid_rows
from tracker.checks.years import settle_years
from tracker.errors import UnsuitableFileError
from tracker.findings import Finding
from tracker.metrics.enrich import enrich
from tracker.metrics.settings import Settings
from tracker.rollups.kept import KIND, ROLLUP
from tracker.schema.model import Schema
from tracker.schema.names import plain
from tracker.xlsx import Sheet, Workbook

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Analysis:
    """A workbook as of a day: findings with severities, valid rows, computed columns (codes).

    Beside a column with a memory stands its past (`tracker.book.memory.columns`); `memory` is what
    the workbook will remember of the days before.
    """

    as_of: date
    findings: list[Finding]
    valid: Mapping[str, pd.Series[bool]]
    computed: Mapping[str, pd.DataFrame]
    memory: Memory


class Session:
    """A workbook's tables, identities and references; everything that does not depend on the day."""

    def __init__(
        self, book: Workbook, schema: Schema, config: Config,
        synced: list[Sequence[object]] | None = None,
    ) -> None:  # fmt: skip
        """`synced` stands in for what the workbook itself remembers of the centrally kept rows."""
        self.book, self.config = book, config
        self.schema = config.over(schema)
        if "summary" in config.thresholds:
            refuse_unknown_blocks(config, config.thresholds["summary"].get("blocks", ()))
        self.settings = Settings.of(self.schema.thresholds)
        self.ctx: Context = context(book, self.schema, config.settings)
        self.places, self.copies = locate(book, self.schema)
        self.tables: dict[str, Table] = {n: read_table(p, self.ctx) for n, p in self._ordered()}
        self.state: State = self._remembered()
        self.state.synced = self.state.synced if synced is None else synced
        if self.state.meta.get(KIND) == ROLLUP:
            raise _rolled_up(book)
        if not self.places and not self.state.meta:
            raise _no_tables(book)
        self.inputs = {n: _inputs(t) for n, t in self.tables.items()}
        self.workbook_id = self._workbook_id()
        self.verdicts = {n: self._identify(n, t) for n, t in self.tables.items()}
        self._static = self._static_findings()

    def _remembered(self) -> State:
        """What the workbook remembers; the sheet that says so is not kept."""
        sheet = self.own_sheet("state")
        state = read_state(sheet)
        if sheet is not None:
            self.book.let_go(sheet)
        return state

    def let_go(self) -> None:
        """Forget what cells hold and held, where nobody asks for more than what a report tells."""
        for name, table in self.tables.items():
            table.raw, table.frame = {}, table.frame[[]]
            self.state.rows.pop(name, None)
        self.inputs, self.state.marks = {}, {}
        vars(self).pop("frames", None)

    def _ordered(self) -> list[tuple[str, Any]]:
        return [(n, self.places[n]) for n in self.schema.modules if n in self.places]

    @property
    def lang(self) -> str:
        """The workbook's language: what is written into it follows this."""
        return self.ctx.lang

    def own_sheet(self, key: str) -> Sheet | None:
        """A generated or hidden sheet, or None.

        One that bears the name of another language is a person's, unless a refresh wrote it.
        """
        sheet = own_sheet(self.book, self.schema, key, self.lang)
        if sheet and plain(sheet.name) != plain(self.schema.sheet_title(key, self.lang)):
            return sheet if key in self.state.sheets else None
        return sheet

    def title(self, key: str) -> str:
        """Name of a generated sheet: that which it has, else that of the workbook's language."""
        sheet = self.own_sheet(key)
        return sheet.name if sheet else self.schema.sheet_title(key, self.lang)

    def _workbook_id(self) -> str:
        """The id that the workbook carries; another once it is handed to another rep (G3).

        So is a template, nobody's yet, once somebody gives a code. A workbook that carries no id
        gets one that follows from what it holds.
        """
        known, rep = self.state.meta.get(WORKBOOK, ""), self.ctx.owner
        if not known:
            return new_workbook_id("adopted", rep, json.dumps(self.inputs, ensure_ascii=False))
        handed_on = rep and rep != self.state.meta.get(OWNER, "").strip()
        return new_workbook_id(known, rep) if handed_on else known

    def _identify(self, name: str, table: Table) -> Verdict:
        module, frame = table.module, table.frame
        counter = int(self.state.meta.get(f"counter.{name}", "0"))
        drawer = Drawer(self.workbook_id, module.id_letter, counter)
        ids = frame[module.id_field] if module.id_field in frame else [None] * len(frame)
        rows = [
            Row(r, i, self.inputs[name][r]) for r, i in zip(table.rows, ids, strict=True)
        ]  # fmt: skip
        verdict = identify(rows, self.state.rows.get(name, {}), module.natural_key, drawer)
        if module.id_field not in table.place.columns:  # an edited key is no vanished row
            spare = max(0, len(self.state.rows.get(name, ())) - len(rows))
            verdict.vanished = verdict.vanished[:spare]
        frame[module.id_field] = _objects([verdict.ids[r] for r in table.rows], frame.index)
        return verdict

    def forget(self, name: str, row_id: str) -> None:
        """Know nothing more of a row that was taken out on purpose: it did not vanish."""
        self.state.rows.get(name, {}).pop(row_id, None)
        gone = self.verdicts[name].vanished
        gone[:] = [i for i in gone if i != row_id]

    def vanished(self) -> dict[str, list[str]]:
        """Ids by module that stood here at the last refresh and are gone, whole tables included."""
        found = {n: v.vanished for n, v in self.verdicts.items() if v.vanished}
        lost = {
            n: list(rows) for n, rows in self.state.rows.items() if rows and n not in self.tables
        }
        return found | lost

    def sheet_of(self, name: str) -> str:
        """Name of a module's sheet; the schema's where the workbook has lost it."""
        if name in self.places:
            return self.places[name].sheet.name
        known = self.schema.modules.get(name)
        return known.sheet[self.lang] if known else name

    def _static_findings(self) -> list[Finding]:
        """Findings that do not depend on the day, in the order in which one silences the other."""
        found = [*self.ctx.faults, *(f for t in self.tables.values() for f in t.findings)]
        found += [_copy_finding(c) for c in self.copies]
        found += self._lost_tables()
        for name, table in self.tables.items():
            found += _layout(table, self.lang) + _identities(table, self.verdicts[name])
        found += resolve(self.tables, self.ctx)
        for table in self.tables.values():
            found += check_columns(table, self.ctx)
        return found

    def _lost_tables(self) -> Iterator[Finding]:
        """Tables that had rows at the last refresh and are gone from the workbook."""
        for name in self.schema.modules:
            rows = self.state.rows.get(name)
            if rows and name not in self.tables:
                sheet = self.sheet_of(name)
                facts = {"lost": len(rows)}
                yield Finding("GEN005", sheet, name, header=sheet, facts=facts)

    def _undecided(self) -> list[Finding]:
        """Conflicts with the central side that are open, going by what the workbook remembers."""
        if not glance(self.state.synced, self.workbook_id).is_open:
            return []
        from tracker.api.conflicts import findings, open_conflicts

        return list(findings(self, open_conflicts(self)))

    def analyse(self, as_of: date) -> Analysis:
        """Check and compute everything for a day.

        Rules over computed columns come last. Where one of them is graded an error, its rows stay
        out of what is computed from several rows, which is then computed once more.
        """
        world = World(self.tables, self.ctx, as_of)
        rules, memory = Rules(world), self._memory(as_of)
        static = [*self._static, *self._undecided()]
        found = self._settled([*settle_years(static, world), *rules.early()])
        valid = valid_rows(self.tables, self._graded(found))
        computed = self._computed(valid, memory, as_of)
        world.see(computed)
        graded = self._graded([*found, *self._settled(rules.late())])
        final = valid_rows(self.tables, graded)
        if any(not final[name].equals(valid[name]) for name in final):
            computed = self._computed(final, memory, as_of)
        return Analysis(as_of, graded, final, computed, memory)

    def _settled(self, found: Iterable[Finding]) -> list[Finding]:
        return settled(found, self.tables, self.ctx)

    def _graded(self, found: Iterable[Finding]) -> list[Finding]:
        return grade(found, self.schema, self.config.grading)

    def _computed(
        self, valid: Mapping[str, pd.Series[bool]], memory: Memory, as_of: date
    ) -> dict[str, pd.DataFrame]:
        """Computed columns by module, with the past of every column that has a memory."""
        frames = self._remembering(self.frames, memory, as_of)
        found = enrich(frames, valid, as_of, self.settings)
        own = {n: f.drop(columns=self.frames[n].columns) for n, f in frames.items()}
        beside = {n: df.join(own[n]) for n, df in found.items()}
        return self._remembering(beside, memory, as_of)

    def _memory(self, as_of: date) -> Memory:
        remembered = {
            (n, c.name): (c, self.ctx.picks[n, c.name])
            for n, m in self.schema.modules.items()
            for c in m.columns
            if c.memory
        }
        return recall(self.state, remembered, as_of.isoformat())

    def _remembering(
        self, frames: Mapping[str, pd.DataFrame], memory: Memory, as_of: date
    ) -> dict[str, pd.DataFrame]:
        """Frames with the past of their columns that have a memory (`tracker.book.memory`)."""
        day, found = as_of.isoformat(), dict(frames)
        known = memory.before(day).rows
        for name, table in self.tables.items():
            ids, past = self.row_ids(name), known.get(name, {})
            for c in (c for c in table.module.columns if c.memory and c.name in frames[name]):
                parts = columns(frames[name][c.name], ids, past, c.name, day)
                found[name] = found[name].assign(**parts)
        return found

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Typed frames by module; index = Excel row."""
        return {n: t.frame for n, t in self.tables.items()}

    def row_ids(self, name: str) -> dict[int, str]:
        """Row id by Excel row."""
        return self.verdicts[name].ids


def _objects(values: list[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(values, index=index, dtype=object)


def _inputs(table: Table) -> dict[int, dict[str, object]]:
    """What the input cells of each row hold, as the state keeps it; blank ones are left out."""
    names = [c.name for c in table.module.owned("input") if c.name in table.raw]
    columns = [_kept(table.raw[n]) for n in names]
    return {
        row: {n: v for n, v in zip(names, values, strict=True) if v is not None}
        for row, *values in zip(table.rows, *columns, strict=True)
    }


def _kept(values: Sequence[Any]) -> list[object]:
    """As the state keeps a column's values; None for blank ones. Equal texts are looked at once."""
    known = {v: kept(v) for v in {v for v in values if isinstance(v, str)}} | {"": None}
    return [None if v is None else known[v] if isinstance(v, str) else kept(v) for v in values]


def base_rows(session: Session) -> dict[str, dict[str, dict[str, object]]]:
    """The input cells of every row by id, as the state keeps them; exact copies left out."""
    found = {}
    for name, verdict in session.verdicts.items():
        inputs, ids = session.inputs[name], verdict.ids
        rows = (r for r in session.tables[name].rows if r not in verdict.copies)
        found[name] = {ids[r]: inputs[r] for r in rows}
    return found


def _rolled_up(book: Workbook) -> UnsuitableFileError:
    return UnsuitableFileError(
        path=book.path,
        zh="这是汇总结果，不是代表的工作簿；看汇总用 tracker report，导出用 tracker export",
        en="this is a rollup and no representative's workbook; tracker report makes its page, "
        "tracker export its tables",
    )


def _no_tables(book: Workbook) -> UnsuitableFileError:
    if not book.worksheet_names:
        return UnsuitableFileError(
            path=book.path,
            zh="里面只有宏表或图表，没有数据表；请指定有数据表的工作簿（带宏的 .xlsm 也可以）",
            en="it holds nothing but macro sheets or charts; name a workbook with tables in it "
            "(.xlsm with macros will do)",
        )
    return UnsuitableFileError(
        path=book.path,
        zh="没有找到要管理的表（按表名或表头都没有）；请用 tracker new 新建，或把表头改成约定的名称",
        en="none of its sheets holds a table of this schema, by name or by headers; make a workbook "
        "with tracker new, or give the headers their names",
    )


def _copy_finding(copy: Copy) -> Finding:
    facts = {"sheet": copy.sheet, "original": copy.original}
    return Finding("GEN016", copy.sheet, copy.module, facts=facts)


def _layout(table: Table, lang: str) -> list[Finding]:
    """Required columns that are missing (GEN005), and extra columns that are kept (GEN010)."""
    place, module, found = table.place, table.module, list[Finding]()
    missing = {"zh": "没有这一列", "en": "there is no such column"}[lang]
    for c in module.columns:
        if c.need == "required" and c.name not in place.columns:
            found.append(
                Finding("GEN005", place.sheet.name, module.name, c.name, place.header_row,
                        min(place.headers), c.label(lang), None, {"other": missing})
            )  # fmt: skip
    for column, header in sorted(place.match.extras.items()):
        if column not in {c for _, c, _ in place.match.doubled}:
            found.append(
                Finding("GEN010", place.sheet.name, module.name, None, place.header_row, column,
                        header, header)
            )  # fmt: skip
    return found


def _identities(table: Table, verdict: Verdict) -> list[Finding]:
    field = table.module.id_field
    at = table.place.columns.get(field)
    found = []
    for row, first in {**verdict.alike, **verdict.copies}.items():
        facts = {"first": f"{_letters(at)}{first}" if at else str(first)}
        found.append(table.finding("GEN004", field, row, facts))
    for row, (old, new) in verdict.renewed.items():
        found.append(table.finding("GEN017", field, row, {"old": old, "new": new}))
    for row, new in verdict.restored.items():
        found.append(table.finding("GEN018", field, row, {"new": new}))
    return found


def _letters(column: int) -> str:
    from tracker.xlsx.refs import letters

    return letters(column)
