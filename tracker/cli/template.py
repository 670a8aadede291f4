"""tracker template export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracker.cli.options import PATH, console_of, speaking


@click.group()
def template() -> None:
    """The templates of the Summary, the report and the customer's page."""


@template.command()
@click.argument("folder", type=PATH, default=Path("templates"), metavar="[DIR]")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="How results are printed.")  # fmt: skip
@speaking
def export(folder: Path, output: str, **options: Any) -> int:
    """Copy the shipped templates into DIR (templates), to change them there.

    Then name DIR in tracker.toml: templates = "DIR". What a folder lacks comes from the shipped
    ones, so keep only the files that you change. Nothing is overwritten.
    """
    console = console_of(options)
    from tracker.api.templates import export_templates

    made = export_templates(folder)
    if output == "json":
        from tracker.cli.jsonout import FORMAT, write

        files = [p.relative_to(folder).as_posix() for p in made]
        write(
            {"format": FORMAT, "command": "template export", "folder": str(folder), "files": files}
        )
        return 0
    zh = (
        f"已导出 {len(made)} 个文件到 {folder}。只留下要改的，并在 tracker.toml 里写："
        f'templates = "{folder.as_posix()}"'
    )
    en = (
        f"{len(made)} files written to {folder}. Keep those you change, and write in tracker.toml: "
        f'templates = "{folder.as_posix()}"'
    )
    console.print(zh if console.language() == "zh" else en)
    return 0
