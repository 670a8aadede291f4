"""tracker new."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from tracker.cli.options import FORMAT, PATH, console_of, speaking
from tracker.cli.output import quoted
from tracker.errors import TrackerError


class _Packs(click.Option):
    """Its help names the packs of the schema that holds here, read when somebody asks."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and what is said of it."""
        from tracker.api import config as configs
        from tracker.schema.load import load

        with suppress(TrackerError):
            packs = load(configs.here().schema).packs
            self.help = f"Optional columns: {', '.join(packs)}."
        return super().get_help_record(ctx)


@click.command()
@click.argument("book", type=PATH)
@click.option("--rep", default="", metavar="CODE", help="The representative's code.")
@click.option("--rep-name", default="", metavar="NAME", help="The representative's name.")
@click.option(
    "--with", "packs", cls=_Packs, multiple=True, metavar="PACK", help="Optional columns."
)
@click.option(
    "--sample", is_flag=True, help="Fill it with an invented year that ends on 2026-06-30."
)
@FORMAT
@speaking
def new(
    book: Path, rep: str, rep_name: str, packs: tuple[str, ...], sample: bool, output: str,
    **options: Any,
) -> int:  # fmt: skip
    """Make a new workbook. --lang is also the language of the workbook (default zh)."""
    chosen = options["lang"]
    console = console_of(options)
    from tracker.api.run import new as run_new

    run_new(book, lang=chosen or "zh", rep=rep, rep_name=rep_name, packs=packs, sample=sample)
    if output == "json":
        from tracker.cli.jsonout import FORMAT as VERSION
        from tracker.cli.jsonout import write

        write({"format": VERSION, "command": "new", "path": str(book), "written": True})
    elif not console.quiet:
        then = f"tracker refresh {quoted(book)}"
        zh = f"已创建 {book}。用 Excel 或 WPS 填写、保存并关闭后运行：{then}"
        en = f"made {book}. Fill it in, save and close it, then run: {then}"
        console.print(zh if console.language(chosen or "zh") == "zh" else en)
    return 0
