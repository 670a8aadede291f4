"""The command that sends centrally kept rows down to the workbooks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import PATH, Common, checking, common
from tracker.cli.streams import worst

if TYPE_CHECKING:
    from tracker.api.distribute import Distribution, Sent


@click.command()
@click.argument("plan", type=PATH, metavar="PLAN")
@click.argument("books", nargs=-1, required=True, type=PATH, metavar="BOOK...")
@click.option("--to", type=PATH, metavar="DIR",
              help="Lay all bundles into this folder instead of tracker-inbox beside each book.")  # fmt: skip
@click.option("--dry", is_flag=True, help="Write nothing, say what would be sent.")
@checking()
def distribute(
    plan: Path, books: tuple[Path, ...], to: Path | None, dry: bool, **options: Any
) -> int:
    """Send centrally kept rows (targets, products, aliases) down to the workbooks.

    PLAN is a workbook with these tables; a column with the rep code says whose a row is. BOOKs are
    workbooks and folders of them. No workbook is written: a numbered bundle is laid beside each
    that has news, and its owner's next refresh takes it in.
    """
    from tracker.api.distribute import Order
    from tracker.api.distribute import distribute as run_distribute

    shared = common(options)
    order = Order(
        plan, books, shared.day(shared.config(plan)), to=to, dry=dry, password=shared.password
    )  # fmt: skip
    result = run_distribute(order)
    wanted = tuple(p for p in result.findings if shared.wants(p[1].code))
    result = replace(result, findings=wanted)
    if shared.output == "json":
        _show_json(result, shared, dry=dry)
    else:
        _show(result, shared, dry=dry)
    return _verdict(result, shared)


def _verdict(result: Distribution, shared: Common) -> int:
    bad = {"error", "warning"} if shared.strict else {"error"}
    codes = [1 for _, f in result.findings if f.severity in bad]
    codes += [
        b.error.exit_code if b.error and b.error.exit_code == 3 else 1
        for b in result.books
        if b.state == "skipped"
    ]
    return worst(codes)


def _show(result: Distribution, shared: Common, *, dry: bool) -> None:
    from tracker.checks.catalogue import cell, hint, message

    console, lang = shared.console, shared.console.language(result.lang)
    for name, f in result.findings:
        at = "!".join(p for p in (f.sheet, cell(f) or (f"{f.row}" if f.row else "")) if p)
        said = message(f, result.schema, lang, show=shared.show_values)
        console.print(f"{name}{':' + at if at else ''}: {f.code} {said}")
        if not console.quiet:
            console.print(f"    {hint(f, result.schema, lang, show=shared.show_values)}")
    for book in result.books:
        console.print(f"{book.name}: {_line(book, result, lang, dry=dry)}")
    sent = sum(b.state == "sent" for b in result.books)
    zh = f"{len(result.books)} 个工作簿，{'将下发' if dry else '已下发'} {sent}"
    en = f"{len(result.books)} workbooks, {sent} {'would be' if dry else ''} sent to".replace(
        "  ", " "
    )
    console.print(console.paint(zh if lang == "zh" else en, "bold"))


def _line(book: Sent, result: Distribution, lang: str, *, dry: bool) -> str:
    """What went to one workbook, as text."""
    if book.state == "skipped":
        return book.remark[lang]
    if book.state == "unchanged":
        return "没有新内容" if lang == "zh" else "nothing new"
    parts = [f"{_title(n, result, lang)} {c}" for n, c in book.rows.items()]
    back = "撤回" if lang == "zh" else "withdrawn"
    parts += [f"{_title(n, result, lang)} {back} {c}" for n, c in book.gone.items()]
    said = ("，" if lang == "zh" else ", ").join(parts)
    zh = f"第 {book.number} 号下发包：{said}" + ("" if dry else f" → {book.file}")
    en = f"bundle {book.number}: {said}" + ("" if dry else f" -> {book.file}")
    return zh if lang == "zh" else en


def _title(name: str, result: Distribution, lang: str) -> str:
    found = result.schema.modules.get(name) or result.schema.lookups[name]
    return found.sheet[lang]


def _show_json(result: Distribution, shared: Common, *, dry: bool) -> None:
    from tracker.cli.jsonout import FORMAT, finding_dict, write

    lang = shared.console.language(result.lang)
    books = [
        {
            "path": b.name, "state": b.state, "rep": b.owner or None, "workbook": b.workbook or None,
            "number": b.number, "bundle": str(b.file) if b.file else None, "rows": dict(b.rows),
            "withdrawn": dict(b.gone), "written": b.state == "sent" and not dry,
            "remark": b.remark.get(lang),
        }
        for b in result.books
    ]  # fmt: skip
    findings = [
        {"path": name, **finding_dict(f, result.schema, shared, lang)}
        for name, f in result.findings
    ]
    write({
        "format": FORMAT, "command": "distribute", "as_of": result.as_of.isoformat(),
        "books": books, "findings": findings,
        "written": [str(b.file) for b in result.books if b.file and not dry],
    })  # fmt: skip
