"""The command that writes the rows of a rollup for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracker.cli.options import PATH, console_of, speaking

FORMATS = ("parquet", "csv", "jsonl", "duckdb")


@click.command()
@click.argument("rollup", type=PATH)
@click.option("-o", "--out", type=PATH, required=True, metavar="DIR", help="Folder of the files.")
@click.option("--format", "fmt", type=click.Choice(FORMATS), required=True,
              help="What is written: one file a table, or one database.")  # fmt: skip
@speaking
def export(rollup: Path, out: Path, fmt: str, **options: Any) -> int:
    """Write the rows of a rollup for other programs, as values and codes.

    ROLLUP is a workbook that tracker rollup made, or the folder of its --parquet. What is hidden
    there stays hidden. Files of an earlier export are replaced.
    """
    from tracker.api import config as configs
    from tracker.api.export import export as run_export

    console = console_of(options)
    found = run_export(rollup, configs.load(configs.find(rollup)), out=out, fmt=fmt)
    zh = console.language("zh") == "zh"
    for path in found.files:
        console.print(f"{'已写入' if zh else 'written'}: {path}")
    if found.elsewhere:
        names = ", ".join(found.elsewhere)
        said = f"没有行: {names}（若汇总时用了 --parquet，请导出那个文件夹）"
        en = f"without rows: {names} (where the rollup has --parquet, export that folder)"
        console.print(said if zh else en)
    return 0
