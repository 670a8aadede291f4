"""Corrections as text: each cell with its old and its new value, what was done, what is left."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.options import Common
from tracker.cli.output import quoted
from tracker.cli.textout import HIDDEN, is_private

if TYPE_CHECKING:
    from tracker.api.report import Report
    from tracker.book.changes import CellChange

_WORDS = {
    "zh": {
        "none": "没有可以自动修正的", "would": "可修正 {n} 处（{codes}），未写入；写入请加 --yes",
        "written": "已修正 {n} 处（{codes}）", "into": "，写入 {out}", "ask": "写入这 {n} 处修正吗？",
        "left": "其余：{error} 错误，{warning} 警告；查看：tracker check {path}",
        "next": "重新计算：tracker refresh {path}", "back": "撤销：tracker undo {path}",
        "rescued": "发现另存的文件，请查看：{path}", "between": "，",
        "signs": "（· 表示空格，□ 全角空格，\\n 换行）",
    },
    "en": {
        "none": "nothing that could be put right", "would": "could put right: {n} ({codes}); not written, add --yes",
        "written": "put right: {n} ({codes})", "into": ", written into {out}", "ask": "Write these {n} corrections?",
        "left": "what is left: {error} errors, {warning} warnings; see: tracker check {path}",
        "next": "to compute again: tracker refresh {path}", "back": "to take it back: tracker undo {path}",
        "rescued": "found a file saved by another program: {path}", "between": ", ",
        "signs": "(· is a space, □ a full-width one, \\n a line break)",
    },
}  # fmt: skip
_SPACES = {" ": "·", "\u00a0": "·", "\u3000": "□", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SIGNS = frozenset("·□\\")
_LONGEST = 60


def show(report: Report, shared: Common, *, diff: bool, out: Path | None) -> None:
    """Print what a fix came to; with -q one line."""
    console, changes = shared.console, report.changes
    assert changes is not None
    words, n = _words(report, shared), len(changes.cells)
    if diff:
        cells(report, shared)
    for path in changes.rescued:
        console.print(words["rescued"].format(path=path))
    facts = {"n": n, "codes": _codes(report, words), "path": quoted(out or report.path), "out": out}
    said = words["written" if changes.written else "would" if n else "none"]
    said += words["into"] if out and changes.written else ""
    console.print(console.paint(f"{report.path}: {said.format(**facts)}", "bold"))
    if console.quiet:
        return
    left = _left(report)
    if left["error"] or left["warning"]:
        counts = {k: left[k] for k in ("error", "warning")}
        console.print(words["left"].format(**facts, **counts))
    for line in ("next", *(["back"] if changes.backup else [])) if changes.written else ():
        console.print(console.paint(words[line].format(**facts), "dim"))


def cells(report: Report, shared: Common) -> None:
    """Print each cell that is put right; nothing with -q."""
    console, signs, hidden = shared.console, False, False
    for change in report.changes.cells if report.changes and not console.quiet else ():
        hide = is_private(change, report) and not shared.show_values
        hidden = hidden or hide
        old, new = ("…", "…") if hide else (_shown(change.old, odd=True), _shown(change.new))
        signs = signs or not _SIGNS.isdisjoint(old)
        where = f"{' '.join(change.sheet.split())}!{change.cell}"
        header = " ".join(str(getattr(change, "header", "")).split())
        what = f"{console.paint(_code(change), 'info')} {header}"
        console.print(f"{where}: {what} {old} → {new}")
    if signs:
        console.print(console.paint(_words(report, shared)["signs"], "dim"))
    if hidden:
        console.print(console.paint(HIDDEN[console.language(report.lang)], "dim"))


def question(report: Report, shared: Common) -> str:
    """What a terminal asks before anything is written."""
    n = len(report.changes.cells) if report.changes else 0
    return _words(report, shared)["ask"].format(n=n)


def _words(report: Report, shared: Common) -> dict[str, str]:
    return _WORDS[shared.console.language(report.lang)]


def _codes(report: Report, words: dict[str, str]) -> str:
    found = Counter(map(_code, report.changes.cells if report.changes else ()))
    return words["between"].join(f"{code} {n}" for code, n in sorted(found.items()))


def _left(report: Report) -> Counter[str]:
    """Findings by severity; those that would be put right are not counted while they stand."""
    changes = report.changes
    going = {(c.sheet, c.row, c.column) for c in changes.cells} if changes else set()
    standing = not (changes and changes.written)
    return Counter(
        f.severity
        for f in report.findings
        if not (standing and f.fix is not None and (f.sheet, f.row, f.column) in going)
    )


def _code(change: CellChange) -> str:
    return str(getattr(change, "code", ""))


def _shown(value: object, *, odd: bool = False) -> str:
    """Text in quotes, with spaces that are at fault made visible; numbers and dates as they are."""
    if isinstance(value, date):
        return str(value)
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"“{_visible(text) if odd else ' '.join(text.split())}”"


def _visible(text: str) -> str:
    """Spaces at the ends, and all but the plain one between words, as signs."""
    core = text.strip()
    start = text.index(core) if core else len(text)
    inside = range(start, start + len(core))
    return "".join(c if c == " " and i in inside else _SPACES.get(c, c) for i, c in enumerate(text))
