"""A report as text: findings by cell, what changed, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.cli import findinglist
from tracker.cli.options import Common
from tracker.cli.output import Console, quoted
from tracker.findings import RANK

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.api.report import Report
    from tracker.book.changes import CellChange

_WORDS = {
    "zh": {
        "error": "错误", "warning": "警告", "info": "提示", "errors": "错误", "warnings": "警告",
        "infos": "提示", "clean": "没有发现问题",
        "none": "所选的代码没有发现问题，其他代码未列出", "only": "只列出所选的代码",
        "records": "记录", "excluded": "不计入汇总的行", "unchanged": "没有变化，未写入",
        "written": "已写入：{cells} 个单元格，{ids} 个新编号", "elsewhere": "已写入 {path}",
        "dry": "将写入：{cells} 个单元格，{ids} 个新编号",
        "sheets": "将更新生成的工作表", "updated": "已更新生成的工作表", "back": "撤销：tracker undo {path}",
        "taken": "已收下第 {numbers} 号下发包",
        "rescued": "发现另存的文件，请查看：{path}",
        "many": "“{sheet}”：还有 {cells} 个有问题的单元格没有加批注（每张表最多 {most} 个，先加错误）",
        "odd": "“{sheet}”的批注写法特殊，没有动它：{cells} 个有问题的单元格没有加批注",
    },
    "en": {
        "error": "error", "warning": "warning", "info": "note", "errors": "errors", "warnings": "warnings",
        "infos": "notes", "clean": "nothing found",
        "none": "nothing found of the codes selected, others are not listed",
        "only": "only the codes selected are listed",
        "records": "records", "excluded": "rows outside the totals", "unchanged": "nothing to do, not written",
        "written": "written: {cells} cells, {ids} new ids", "elsewhere": "written to {path}",
        "dry": "would write: {cells} cells, {ids} new ids",
        "sheets": "would update the generated sheets", "updated": "updated the generated sheets",
        "back": "to take it back: tracker undo {path}",
        "taken": "took in bundle {numbers}",
        "rescued": "found a file saved by another program: {path}",
        "many": '"{sheet}": {cells} more faulty cells got no note (at most {most} a sheet, errors first)',
        "odd": 'the notes of "{sheet}" are written in an unusual way and stay as they are: '
        "{cells} faulty cells got no note",
    },
}  # fmt: skip
HIDDEN = {
    "zh": "（… 是个人信息，加 --show-values 显示）",
    "en": "(… is a personal value; --show-values shows it)",
}


def show(report: Report, shared: Common, *, diff: bool, out: Path | None = None) -> None:
    """Print a report. Notes show with -v; fixes and the way back do not with -q.

    `out` is the other file that was written, if one was.
    """
    console, lang = shared.console, shared.console.language(report.lang)
    words = _WORDS[lang]
    if diff and report.changes is not None:
        for change in report.changes.cells:
            console.print(_change(change, report, shared))
        if not shared.show_values and any(is_private(c, report) for c in report.changes.cells):
            console.print(console.paint(HIDDEN[lang], "dim"))
    findinglist.show(report, shared, lang)
    narrowed = bool(shared.select or shared.ignore)
    console.print(console.paint(_summary(report, lang, narrowed=narrowed), "bold"))
    if report.changes is not None:
        _changes(report, shared, words, out)


def _summary(report: Report, lang: str, *, narrowed: bool) -> str:
    words, counts = _WORDS[lang], {s: report.count(s) for s in RANK}
    said = [f"{n} {words[s if n == 1 else s + 's']}" for s, n in counts.items()]
    found = (
        ("，" if lang == "zh" else ", ").join(said)
        if report.findings
        else words["none" if narrowed else "clean"]
    )
    line = f"{report.path}: {sum(report.rows.values())} {words['records']}; {found}"
    if narrowed and report.findings:
        line += f"; {words['only']}"
    if report.excluded:
        line += f"; {words['excluded']}: {sum(report.excluded.values())}"
    return line


def _changes(report: Report, shared: Common, words: dict[str, str], out: Path | None) -> None:
    from tracker.api.notes import MOST

    changes, console = report.changes, shared.console
    assert changes is not None
    facts = {"cells": len(changes.cells), "ids": changes.ids}
    for path in changes.rescued:
        console.print(words["rescued"].format(path=path))
    for left in changes.unnoted:
        said = words["odd" if left.odd else "many"]
        console.print(said.format(sheet=left.sheet, cells=left.cells, most=MOST))
    if changes.written:
        _took_in(report, console, words)
        if changes.would_write:
            told = "written" if changes.cells or changes.ids else "updated"
            console.print(words[told].format(**facts))
        if out is not None:
            console.print(words["elsewhere"].format(path=out))
        if not console.quiet and changes.backup is not None:
            console.print(
                console.paint(words["back"].format(path=quoted(out or report.path)), "dim")
            )
    elif not changes.would_write:
        console.print(words["unchanged"])
    else:
        _took_in(report, console, words)
        console.print(words["dry"].format(**facts) if changes.cells else words["sheets"])


def _took_in(report: Report, console: Console, words: dict[str, str]) -> None:
    """What bundles brought, which is told although notes are not."""
    if report.changes is not None and report.changes.taken:
        numbers = ", ".join(map(str, report.changes.taken))
        console.print(words["taken"].format(numbers=numbers))


def _change(change: CellChange, report: Report, shared: Common) -> str:
    """One planned cell: place, old value, new value."""
    private = is_private(change, report) and not shared.show_values
    old, new = ("…", "…") if private else (_shown(change.old), _shown(change.new))
    return f"{' '.join(change.sheet.split())}!{change.cell}: {old} → {new}"


def is_private(change: CellChange, report: Report) -> bool:
    """Whether a planned cell belongs to a personal field."""
    for module in report.schema.modules.values():
        column = module.by_name.get(change.field)
        if column is not None and column.data_class != "public":
            return True
    return False


def _shown(value: object) -> str:
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return " ".join(text.split())
