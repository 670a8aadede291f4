"""tracker report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import PATH, checking, common

if TYPE_CHECKING:
    from tracker.api.config import Config
    from tracker.api.pages import Page
    from tracker.api.teampage import TeamPage
    from tracker.cli.options import Common
    from tracker.summary.review.spans import Kind


@click.command()
@click.argument("book", type=PATH)
@click.option("-o", "--out", type=PATH, required=True, metavar="FILE", help="The page to write.")
@click.option("--period", type=click.Choice(["week", "month", "quarter"]),
              help="Put a review of the running one in front, beside the one before.")  # fmt: skip
@click.option("--customer", metavar="NAME",
              help="The page of one customer instead: id, name or name@institution.")  # fmt: skip
@checking()
def report(
    book: Path, out: Path, period: Kind | None, customer: str | None, **options: Any
) -> int:  # fmt: skip
    """The Summary as one page that stands alone: for a browser, a phone, paper.

    Nothing is written into the workbook. Personal fields stay out unless --show-values is given.
    BOOK may be a rollup; its page is of the day on which that was made.
    """
    shared = common(options)
    if customer is not None and period is not None:
        raise click.UsageError("--customer 不能与 --period 同用 / --customer: not with --period")
    config = shared.config(book)
    if period is None and customer is None:
        team = _team(book, out, config, shared)
        if team is not None:
            return team
    from tracker.api.pages import report as run_report

    page = run_report(
        book, shared.day(config), config, out=out, period=period, customer=customer,
        speak=_speaker(shared), show=shared.show_values, password=shared.password,
    )  # fmt: skip
    narrowed = shared.narrowed(page.report)
    if shared.output == "json":
        from tracker.cli.jsonout import FORMAT, write

        counts = {s: narrowed.count(s) for s in ("error", "warning", "info")}
        write(
            {
                "format": FORMAT, "command": "report", "path": str(book),
                "as_of": narrowed.as_of.isoformat(), "out": str(out), "written": page.written,
                "lang": page.lang, "period": period, "counts": counts,
                "excluded_rows": dict(narrowed.excluded), **page.facts,
            }
        )  # fmt: skip
    else:
        _say(page, shared)
    return shared.verdict(narrowed)


def _team(book: Path, out: Path, config: Config, shared: Common) -> int | None:
    """The page of a rollup, and how the command ends; None where the workbook is no rollup."""
    from tracker.api.teampage import team_report

    page = team_report(book, config, out=out, speak=_speaker(shared), as_of=shared.as_of)
    if page is None:
        return None
    if shared.output == "json":
        from tracker.cli.jsonout import FORMAT, write

        write(
            {
                "format": FORMAT, "command": "report", "path": str(book), "rollup": True,
                "as_of": page.as_of.isoformat(), "out": str(out), "written": page.written,
                "lang": page.lang, "counts": {"error": page.errors, "warning": page.warnings},
            }
        )  # fmt: skip
    else:
        shared.console.print(_written(page, shared.console.language(page.lang)))
    return 1 if page.errors or (shared.strict and page.warnings) else 0


def _written(page: Page | TeamPage, lang: str) -> str:
    if page.written:
        return f"已写入 {page.out}" if lang == "zh" else f"written: {page.out}"
    return f"{page.out} 没有变化" if lang == "zh" else f"{page.out} is unchanged"


def _speaker(shared: Common) -> Any:
    """The language of the page: as asked for, else the workbook's, whatever the terminal can show."""
    return lambda of_book: shared.console.lang or of_book


def _say(page: Page, shared: Common) -> None:
    lang = shared.console.language(page.report.lang)
    errors = sum(page.report.excluded.values())
    shared.console.print(_written(page, lang))
    if errors:
        zh = f"有 {errors} 行因错误未计入（tracker check 查看）"
        en = f"{errors} rows with errors are left out (see tracker check)"
        shared.console.print(shared.console.paint(zh if lang == "zh" else en, "warning"))
