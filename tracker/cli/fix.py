"""tracker fix: the corrections that findings propose, shown before they are made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.books import each
from tracker.cli.options import PATH, Common, checking, common, writing

if TYPE_CHECKING:
    from tracker.api.report import Report


@click.command()
@click.argument("book", type=PATH)
@click.option("--yes", is_flag=True, help="Make the corrections; else they are only shown.")
@click.option(
    "-o", "--out", type=PATH, metavar="FILE", help="With --yes: write into this file instead."
)
@writing
@checking()
def fix(
    book: Path, yes: bool, out: Path | None, ignore_owner_file: bool, break_signature: bool,
    **options: Any,
) -> int:  # fmt: skip
    """Put right what findings propose: stray spaces, dates and numbers typed as text, slips.

    Each cell is shown with its old and its new value. With --yes they are written; without it, a
    terminal asks and a script writes nothing. Formulas, merged cells and ids are never touched.
    --select and --ignore say which findings are put right. tracker undo takes it back.
    """
    shared = common(options)
    if out is not None and not yes:
        raise click.UsageError("-o 要与 --yes 同用 / -o goes with --yes")
    consent = _Consent(shared, yes=yes)

    def one(path: Path) -> Report:
        from tracker.api.run import fix as run_fix
        from tracker.checks.catalogue import Grading

        config = shared.config(path)
        codes = Grading(select=frozenset(shared.select), ignore=frozenset(shared.ignore))
        return run_fix(
            path, shared.day(config), config, codes=codes, agree=consent if consent.may else None,
            out=out, ignore_owner=ignore_owner_file, break_signature=break_signature,
            password=shared.password,
        )  # fmt: skip

    def show(report: Report, *, diff: bool) -> None:
        from tracker.cli import fixtext

        fixtext.show(report, shared, diff=diff and not consent.shown, out=out)

    return each("fix", (book,), shared, one, exit_code=shared.verdict, diff=True, show=show)


class _Consent:
    """Shows the corrections and finds out whether they are wanted."""

    def __init__(self, shared: Common, *, yes: bool) -> None:
        self.shared, self.yes, self.shown = shared, yes, False
        quiet = shared.console.quiet or shared.output != "text"
        self.may = yes or (not quiet and sys.stdin.isatty() and sys.stderr.isatty())

    def __call__(self, report: Report) -> bool:
        from tracker.cli import fixtext

        if self.shared.output == "text":
            fixtext.cells(report, self.shared)
            self.shown = True
        if self.yes or not (report.changes and report.changes.cells):
            return True
        return click.confirm(fixtext.question(report, self.shared), err=True)
