"""tracker report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import PATH, checking, common

if TYPE_CHECKING:
    from tracker.api.pages import Page
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
    """
    shared = common(options)
    if customer is not None and period is not None:
        raise click.UsageError("--customer 不能与 --period 同用 / --customer: not with --period")
    from tracker.api.pages import report as run_report

    config = shared.config(book)
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


def _speaker(shared: Common) -> Any:
    """The language of the page: as asked for, else the workbook's, whatever the terminal can show."""
    return lambda of_book: shared.console.lang or of_book


def _say(page: Page, shared: Common) -> None:
    lang = shared.console.language(page.report.lang)
    errors = sum(page.report.excluded.values())
    if page.written:
        said = f"已写入 {page.out}" if lang == "zh" else f"written: {page.out}"
    else:
        said = f"{page.out} 没有变化" if lang == "zh" else f"{page.out} is unchanged"
    shared.console.print(said)
    if errors:
        zh = f"有 {errors} 行因错误未计入（tracker check 查看）"
        en = f"{errors} rows with errors are left out (see tracker check)"
        shared.console.print(shared.console.paint(zh if lang == "zh" else en, "warning"))
