"""tracker check, tracker refresh."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from tracker.cli.bugs import bug, tell
from tracker.cli.options import PATH, Common, Line, checking, common, writing
from tracker.cli.streams import Overheard, worst
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.api.report import Report


class Show(Protocol):
    """A way to print a report."""

    def __call__(self, report: Report, *, diff: bool) -> None:
        """Print it, with its changes cell by cell where `diff`."""


_BOOKS = click.argument("books", type=PATH, nargs=-1, required=True, metavar="BOOK...")


@click.command()
@_BOOKS
@checking(("text", "json", "jsonl", "sarif"))
def check(books: tuple[Path, ...], **options: Any) -> int:
    """Check workbooks; nothing is written.

    Every finding points at its cell. Exit code 1 where there are errors.
    """
    shared = common(options)

    def one(path: Path) -> Report:
        from tracker.api.run import check as run_check

        config = shared.config(path)
        return run_check(path, shared.day(config), config, password=shared.password)

    return each("check", books, shared, one, exit_code=shared.verdict)


@click.command()
@_BOOKS
@click.option(
    "--check",
    "dry",
    is_flag=True,
    help="Write nothing; exit 1 if it would change something or has errors.",
)
@click.option("--diff", is_flag=True, help="Write nothing, print each planned cell.")
@click.option("-o", "--out", type=PATH, metavar="FILE", help="Write into this file instead.")
@click.option("--accept-deletes", is_flag=True, help="Go on although many rows are gone.")
@writing
@checking()
def refresh(
    books: tuple[Path, ...], dry: bool, diff: bool, out: Path | None, accept_deletes: bool,
    ignore_owner_file: bool, break_signature: bool, **options: Any,
) -> int:  # fmt: skip
    """Check workbooks, compute, and write back into the same files.

    Only the tool's own columns and sheets are written; everything else keeps its bytes. Nothing is
    written where nothing changes. The previous file goes into the history: see tracker undo.
    """
    shared = common(options)
    if out is not None and (dry or diff):
        raise click.UsageError(
            "--check、--diff 不写文件，不能与 -o 同用 / write nothing: not with -o"
        )
    if out is not None and len(books) > 1:
        raise click.UsageError("-o 只能用于一个工作簿 / -o takes one workbook")

    def one(path: Path) -> Report:
        from tracker.api.run import refresh as run_refresh

        config = shared.config(path)
        return run_refresh(
            path, shared.day(config), config, out=out, dry=dry or diff,
            accept_deletes=accept_deletes, ignore_owner=ignore_owner_file,
            break_signature=break_signature, password=shared.password,
        )  # fmt: skip

    def outcome(report: Report) -> int:
        would = dry and report.changes is not None and report.changes.would_write
        return 1 if would else shared.verdict(report)

    def show(report: Report, *, diff: bool) -> None:
        from tracker.cli import textout

        textout.show(report, shared, diff=diff, out=out)

    return each("refresh", books, shared, one, exit_code=outcome, diff=diff, show=show)


def each(
    command: str, books: tuple[Path, ...], shared: Common, one: Callable[[Path], Report], *,
    exit_code: Callable[[Report], int], diff: bool = False, show: Show | None = None,
) -> int:  # fmt: skip
    """Run a command over books: one that fails is named, and the others go on."""
    from tracker.cli import textout

    _spare_pyarrow()
    telling = _Telling(command, shared, show or partial(textout.show, shared=shared), diff=diff)
    codes, reports, failures = [], [], []
    with Overheard() as said:
        for path in books:
            try:
                report = one(path)
            except TrackerError as e:
                codes.append(tell(e, shared.console))
                failures.append((path, e))
                continue
            except Exception as e:  # noqa: BLE001 - a fault over one book leaves the others theirs
                codes.append(bug(shared.console))
                failures.append((path, TrackerError(why=type(e).__name__)))
                continue
            reports.append(report)
            codes.append(exit_code(shared.narrowed(report)))
            telling.one(shared.narrowed(report))
        telling.all([shared.narrowed(r) for r in reports], failures)
    if not failures:
        _keep(reports, telling, exit_code, said.text)
    return worst(codes)


def _spare_pyarrow() -> None:
    """Let pandas do without pyarrow, of which these commands use nothing: 0.1 s and 50 MB."""
    if "pandas" not in sys.modules:
        sys.modules.setdefault("pyarrow", None)  # type: ignore[arg-type]  # what Python calls blocked


class _Telling:
    """Prints reports in the format that is asked for: one by one, or all at the end."""

    def __init__(self, command: str, shared: Common, show: Show, *, diff: bool) -> None:
        self.command, self.shared, self.show, self.diff = command, shared, show, diff

    def one(self, report: Report) -> None:
        from tracker.cli import jsonout

        if self.shared.output == "text":
            self.show(report, diff=self.diff)
        elif self.shared.output == "jsonl":
            jsonout.show_lines(report, self.shared)

    def all(self, reports: list[Report], failures: list[tuple[Path, TrackerError]]) -> None:
        from tracker.cli import jsonout, sarif

        if self.shared.output == "json":
            jsonout.show(self.command, reports, failures, self.shared, diff=self.diff)
        elif self.shared.output == "sarif":
            sarif.show(reports, failures, self.shared)


def _keep(
    reports: list[Report], telling: _Telling, exit_code: Callable[[Report], int], said: str
) -> None:
    """Keep what was said, so that it need not be found out again while nothing changes."""
    from tracker.api.commit import next_time

    line = click.get_current_context().find_object(Line)
    question = line.question if line else None
    later = [next_time(r) for r in reports]
    settled = [telling.shared.narrowed(r) for r in later if r is not None]
    if question is None or len(settled) < len(reports):
        return
    if [r.as_of.isoformat() for r in reports] != question.days:
        return
    if any(a is not b for a, b in zip(reports, later, strict=True)):
        with Overheard(only=True) as heard:
            for report in settled:
                telling.one(report)
            telling.all(settled, [])
        said = heard.text
    question.keep([r.content for r in reports], worst([exit_code(r) for r in settled]), said)
