"""The library's face of one workbook: its tables as frames, its findings, its refresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.api import config as configs
from tracker.api.answers import content_digest
from tracker.api.commit import FIX, commit
from tracker.api.config import Config
from tracker.api.fix import plan_fixes
from tracker.api.intake import Intake, take_in
from tracker.api.refresh import Plan, is_lost, is_told_once, plan_refresh, refuse_vanished
from tracker.api.report import Changes, Report
from tracker.api.session import Analysis, Session
from tracker.checks.catalogue import Grading, grade
from tracker.errors import SignedError
from tracker.findings import Finding
from tracker.opc.crypt import Password, check_outside, opened
from tracker.opc.readbook import read_file
from tracker.opc.save import BookFile
from tracker.schema.load import load
from tracker.schema.model import Schema
from tracker.xlsx import Workbook
from tracker.xlsx.refs import ref

if TYPE_CHECKING:
    import pandas as pd

_ALL = Grading()


def schema_for(config: Config, folder: Path | None = None) -> Schema:
    """The schema that holds: a folder given, else the configuration's, else the shipped one."""
    return load(folder or config.schema)


class Book:
    """An opened workbook. Reading is done once; the file is not held.

    `modules["visits"]` is a frame with typed columns under their field names, its index the row
    id; `cells("visits")` has the A1 reference of every value in the same shape.
    """

    def __init__(
        self, path: Path, data: bytes | None = None, *, schema: Path | None = None,
        config: Config | None = None, password: Password = None,
    ) -> None:  # fmt: skip
        self.path = path
        self.config = configs.load(configs.find(path)) if config is None else config
        self.schema = schema_for(self.config, schema)
        self._folder, self._password = schema, password
        self.envelope = opened(path, read_file(path) if data is None else data, password)
        self.workbook = Workbook(self.envelope.plain, str(path))
        self.session = Session(self.workbook, self.schema, self.config)
        self._planned = False

    @property
    def lang(self) -> str:
        """The workbook's language."""
        return self.session.lang

    @cached_property
    def modules(self) -> dict[str, pd.DataFrame]:
        """Module -> its records; index = row id, columns = field names, typed."""
        found = {}
        for name, frame in self.session.frames.items():
            key = self.session.tables[name].module.id_field
            found[name] = frame.set_index(key)
        return found

    def cells(self, module: str) -> pd.DataFrame:
        """A1 references of a module's values, in the shape of `modules[module]`.

        None stands where a column has no cell of its own (resolved references).
        """
        import pandas as pd

        table, frame = self.session.tables[module], self.modules[module]
        columns = table.place.columns
        refs = {
            name: [ref(r, columns[name]) if name in columns else None for r in table.rows]
            for name in frame.columns
        }
        return pd.DataFrame(refs, index=frame.index, dtype=object)

    def check(self, as_of: date) -> list[Finding]:
        """Findings as of a day, sorted by place."""
        return self.session.analyse(as_of).findings

    def report(self, as_of: date) -> Report:
        """Check as of a day."""
        return self.reported(self.session.analyse(as_of))

    def reported(self, analysis: Analysis) -> Report:
        """An analysis as a report."""
        return _report(self, analysis)

    def plan(self, as_of: date) -> Plan:
        """What a refresh as of a day would write; nothing is written."""
        return self._plan(as_of)[0]

    def _plan(self, as_of: date) -> tuple[Plan, Session]:
        """A plan, and the session whose workbook holds it."""
        session = self._unplanned()
        came = take_in(session, self.path, break_signature=True)
        session = came.session if came else session
        return plan_refresh(session, session.analyse(as_of), came), session

    def _unplanned(self) -> Session:
        """A session whose workbook holds no plan as yet."""
        planned, self._planned = self._planned, True
        if not planned:
            return self.session
        fresh = Workbook(self.workbook.package.zip.data, str(self.path))
        return Session(fresh, self.schema, self.config)

    def prepare(
        self, as_of: date, *, accept_deletes: bool = False, break_signature: bool = False,
        last: bool = False,
    ) -> tuple[Report, bytes]:  # fmt: skip
        """Plan a refresh, carry it out in memory and prove it: the report and the file's new bytes.

        Where it is the `last` thing that is asked of this object, the tables are let go of before.
        Raises RefusedError where too many rows vanished or a signature would break, ProofError
        where the proof fails.
        """
        plan, session = self._plan(as_of)
        if accept_deletes:
            plan.told = [replace(f, severity="warning") if is_lost(f) else f for f in plan.told]
        else:
            refuse_vanished(session, plan, str(self.path))
        if last:
            plan.let_go()
            session.let_go()
        data = session.book.to_bytes(break_signature=break_signature)
        would_write = data != self.workbook.package.zip.data
        if would_write and self.workbook.is_signed and not break_signature:
            raise SignedError(path=self.path)
        came = plan.came or Intake(session)
        changes = Changes(
            plan.cells, plan.ids, would_write,
            bundles=tuple(came.files), taken=tuple(came.numbers),
            unnoted=tuple(plan.unnoted),
        )  # fmt: skip
        return _report(self, plan.analysis, plan, changes, session), self.envelope.sealed(data)

    def prepare_fixes(
        self, as_of: date, codes: Grading = _ALL, *, break_signature: bool = False
    ) -> tuple[Report, Report, bytes]:
        """Put right what findings of some codes propose, in memory, and prove it.

        Returns the reports of the workbook as it stands and as it will, each with the changes, and
        the file's new bytes. Raises as `prepare`.
        """
        fixes = plan_fixes(self._unplanned(), as_of, codes, break_signature=break_signature)
        changes = Changes(tuple(fixes.cells), 0, bool(fixes.cells))
        as_is = _report(self, fixes.before, changes=changes)
        fixed = _report(self, fixes.after, changes=changes)
        return as_is, fixed, self.envelope.sealed(fixes.data)

    def fix(self, as_of: date, codes: Grading = _ALL) -> Changes:
        """Put right in the file on disk what findings propose, as `refresh` writes: safely, once.

        `codes` selects among the findings. This object keeps what it read.
        """
        with BookFile.open(self.path, check=check_outside) as held:
            fresh = self._again(held.data)
            _, report, data = fresh.prepare_fixes(as_of, codes)
            changes = commit(held, data, report, fresh.session, FIX).changes
        assert changes is not None
        return changes

    def _again(self, data: bytes) -> Book:
        return Book(
            self.path, data, schema=self._folder, config=self.config, password=self._password
        )

    def refresh(
        self, as_of: date, *, accept_deletes: bool = False, break_signature: bool = False
    ) -> Changes:
        """Refresh the file on disk as of a day: safely, with a backup, or not at all.

        This object keeps what it read; open the workbook again to see what was written.
        """
        with BookFile.open(self.path, check=check_outside) as held:
            fresh = self._again(held.data)
            report, data = fresh.prepare(
                as_of, accept_deletes=accept_deletes, break_signature=break_signature, last=True
            )
            changes = commit(held, data, report, fresh.session).changes
        assert changes is not None
        return changes


def _report(
    book: Book, analysis: Analysis, plan: Plan | None = None, changes: Changes | None = None,
    session: Session | None = None,
) -> Report:  # fmt: skip
    """`session`: the workbook with what bundles added to it, whose rows are counted."""
    findings, plain, held = analysis.findings, book.envelope.plain, session or book.session
    if plan is not None:
        lasting = [f for f in findings if not is_told_once(f)]
        findings = grade([*lasting, *plan.told], book.schema, book.config.grading)
    return Report(
        path=book.path, schema=book.session.schema, lang=book.lang, as_of=analysis.as_of,
        rows={n: len(t.rows) for n, t in held.tables.items()},
        findings=tuple(findings),
        excluded={n: int((~v).sum()) for n, v in analysis.valid.items() if not v.all()},
        changes=changes, content=content_digest(plain) if plain is book.envelope.outside else "",
        row_ids={n: held.row_ids(n) for n in held.tables},
    )  # fmt: skip
