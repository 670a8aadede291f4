"""tracker history, tracker undo, tracker restore: what was done to a workbook, and the way back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import FORMAT, IGNORE_OWNER, PATH, console_of, speaking
from tracker.cli.output import Console, quoted

if TYPE_CHECKING:
    from tracker.api.history import Purge, PutBack

_FORCE = click.option(
    "--force", is_flag=True, help="Go back although it was edited since; the edits go into the history."
)  # fmt: skip


@click.command()
@click.argument("book", type=PATH)
@_FORCE
@IGNORE_OWNER
@FORMAT
@speaking
def undo(book: Path, force: bool, ignore_owner_file: bool, output: str, **options: Any) -> int:
    """Bring back the bytes from before the last change; again, from before the one before.

    tracker restore takes an undo back.
    """
    console = console_of(options)
    from tracker.api.history import undo as run_undo

    _told("undo", run_undo(book, force=force, ignore_owner=ignore_owner_file), console, output)
    return 0


@click.command()
@click.argument("book", type=PATH)
@click.option(
    "--to", required=True, metavar="N|DIGEST|DATE",
    help="N: as it was before change N. DATE: as it was at the end of that day. DIGEST: a version "
    "by 7 or more of its digits.",
)  # fmt: skip
@click.option("-o", "--out", type=PATH, metavar="FILE", help="Write it into this new file instead.")
@_FORCE
@IGNORE_OWNER
@FORMAT
@speaking
def restore(
    book: Path, to: str, out: Path | None, force: bool, ignore_owner_file: bool, output: str,
    **options: Any,
) -> int:  # fmt: skip
    """Bring back the exact bytes of an earlier version.

    tracker history numbers the changes. --to 3 is the workbook as it was before change 3. --to
    2026-06-30 is what the first change after that day found, with the edits it found. What stands
    in the workbook now goes into the history first; tracker undo takes a restore back.
    """
    console = console_of(options)
    from tracker.api.history import restore as run_restore

    done = run_restore(book, to, out=out, force=force, ignore_owner=ignore_owner_file)
    _told("restore", done, console, output)
    return 0


def _told(said: str, done: PutBack, console: Console, output: str) -> None:
    n, command, path = done.entry.seq, done.entry.command, done.path
    if output == "json":
        document = {
            "book": str(path), "before": {"number": n, "command": command, "digest": done.entry.before},
            "written": done.written, "rescued": [str(r) for r in done.rescued],
        }  # fmt: skip
        _write(said, document)
        return
    for rescued in done.rescued:
        _say(
            console,
            f"发现另存的文件，请查看：{rescued}",
            f"found a file saved by another program: {rescued}",
        )
    if done.written:
        zh = f"{path} 已恢复到第 {n} 次改动（{command}）之前"
        _say(console, zh, f"{path} is as it was before change {n} ({command})")
    else:
        _say(
            console,
            f"{path} 已经是这一版本，没有写入",
            f"{path} is that version already; nothing was written",
        )


def _write(command: str, document: dict[str, Any]) -> None:
    from tracker.cli.jsonout import FORMAT as VERSION
    from tracker.cli.jsonout import write

    write({"format": VERSION, "command": command, **document})


def _say(console: Console, zh: str, en: str) -> None:
    console.print(zh if console.language() == "zh" else en)


@click.command()
@click.argument("book", type=PATH, required=False)
@click.option(
    "-n", "count", type=click.IntRange(min=1), metavar="N", help="Only the last N changes."
)
@FORMAT
@click.option("--show-values", is_flag=True, help="Print the values that were typed over too.")
@click.option(
    "--purge", is_flag=True, help="Remove the versions of this workbook from the history."
)
@click.option(
    "--keep", type=click.IntRange(min=0), metavar="N", help="With --purge: all but the last N."
)
@click.option("--all", "everything", is_flag=True, help="With --purge: of every workbook.")
@click.option("--yes", is_flag=True, help="With --purge: do not ask.")
@speaking
def history(
    book: Path | None, count: int | None, output: str, show_values: bool, purge: bool,
    keep: int | None, everything: bool, yes: bool, **options: Any,
) -> int:  # fmt: skip
    """What was done to a workbook, newest first, and which versions are kept.

    Each line is a change: its number, when it was made, and the version before it, which tracker
    restore --to NUMBER brings back.
    """
    console = console_of(options)
    _check_usage(book, purge=purge, everything=everything, keep=keep, yes=yes)
    if purge:
        _purge(None if everything else book, keep or 0, console, output, yes=yes)
    else:
        assert book is not None
        _show(book, count, console, output, show=show_values)
    return 0


def _check_usage(
    book: Path | None, *, purge: bool, everything: bool, keep: int | None, yes: bool
) -> None:
    if not purge and (everything or yes or keep is not None):
        raise click.UsageError(
            "--keep、--all、--yes 只与 --purge 同用 / --keep, --all and --yes go with --purge"
        )
    if everything and (book is not None or keep is not None):
        raise click.UsageError(
            "--all 不带工作簿，也不与 --keep 同用 / --all takes no workbook and no --keep"
        )
    if book is None and not everything:
        raise click.UsageError("缺少工作簿 / Missing argument 'BOOK'")


def _show(book: Path, count: int | None, console: Console, output: str, *, show: bool) -> None:
    from tracker.api import config as configs
    from tracker.api.history import history as run_history
    from tracker.cli import historytext

    changes = run_history(book)[:count]
    zone, lang = configs.load(configs.find(book)).zone, console.language()
    if output == "json":
        entries = [historytext.as_dict(c, zone, show=show) for c in changes]
        _write("history", {"book": str(book), "entries": entries})
        return
    if not changes:
        _say(console, f"{book}：没有历史记录", f"{book}: no history")
        return
    head, *lines = historytext.table(changes, zone, lang)
    console.print(console.paint(head, "bold"))
    for line in lines:
        console.print(line)
    for line in historytext.details(changes) if show else ():
        console.print(line)
    if not console.quiet:
        said = "恢复到某次改动之前" if lang == "zh" else "as it was before a change"
        number = "编号" if lang == "zh" else "NUMBER"
        console.print(console.paint(f"{said}: tracker restore {quoted(book)} --to {number}", "dim"))


def _purge(book: Path | None, keep: int, console: Console, output: str, *, yes: bool) -> None:
    """Say what would go, ask, and remove it."""
    from tracker.api import history as api

    def run(*, dry: bool) -> api.Purge:
        if book is not None:
            return api.purge(book, keep=keep, dry=dry)
        usage = api.purge_all(dry=dry)
        return api.Purge(usage.snapshots, usage.bytes)

    plan = run(dry=True)
    _ask(plan, console, yes=yes)
    done = run(dry=False)
    if output == "json":
        purged = {"versions": done.versions, "bytes": done.bytes}
        _write("history", {"book": str(book) if book else None, "purged": purged})
    else:
        size = _human(done.bytes)
        _say(
            console,
            f"已清除 {done.versions} 个版本，{size}",
            f"removed {done.versions} versions, {size}",
        )


def _ask(plan: Purge, console: Console, *, yes: bool) -> None:
    size = _human(plan.bytes)
    zh = f"将从历史中永久清除 {plan.versions} 个版本，共 {size}；之后不能再恢复到这些版本"
    en = f"{plan.versions} versions ({size}) will be removed from the history for good"
    if plan.copies:
        zh += f"（包括副本的历史：{'、'.join(plan.copies)}）"
        en += f", those of its copies too ({', '.join(plan.copies)})"
    words = zh if console.language() == "zh" else en
    console.error(words)
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(
            "没有终端可以询问；确认要清除请加 --yes / add --yes to go on without a terminal"
        )
    click.confirm("继续吗？" if console.language() == "zh" else "Go on?", abort=True, err=True)


def _human(size: int) -> str:
    from tracker.cli.historytext import human

    return human(size)
