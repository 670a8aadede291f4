"""tracker undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracker.cli.options import PATH, console_of, speaking


@click.command()
@click.argument("book", type=PATH)
@click.option(
    "--force",
    is_flag=True,
    help="Undo although it was edited since; the edits go into the history.",
)
@click.option(
    "--ignore-owner-file",
    is_flag=True,
    help="Go on although an owner file says that the workbook is open.",
)
@speaking
def undo(book: Path, force: bool, ignore_owner_file: bool, **options: Any) -> int:
    """Bring back the bytes from before the last refresh."""
    console = console_of(options)
    from tracker.api.run import undo as run_undo

    run_undo(book, force=force, ignore_owner=ignore_owner_file)
    zh, en = f"已恢复到上次刷新之前：{book}", f"{book} is as it was before the last refresh"
    console.print(zh if console.language() == "zh" else en)
    return 0
