"""Findings as text: each at its cell with its fix below; of many alike the first few.

Quiet, each takes one line; verbose, each is told in full, notes too. Otherwise errors come first
and the text has an end, however many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.checks.catalogue import cell
from tracker.cli.options import Common
from tracker.findings import RANK

if TYPE_CHECKING:
    from tracker.api.report import Report
    from tracker.findings import Finding

_ALIKE = 3  # findings of one code in one sheet that are told in full
_IN_FULL = 60  # of all; behind them one line a code
_NAMED = 6  # cells of those left out
_MORE = {
    "zh": "… {code} 另有 {count} 处：{cells}，-v 全部列出",
    "en": "... {count} more of {code}: {cells}; -v lists all",
}


def show(report: Report, shared: Common, lang: str) -> None:
    """Print a report's findings."""
    console = shared.console
    wanted = [f for f in report.findings if f.severity != "info" or console.verbose]
    if console.verbose or console.quiet:
        for f in wanted:
            _finding(f, report, shared, lang, hint=not console.quiet)
        return
    left = _IN_FULL
    for alike in _groups(wanted):
        told = max(1, min(_ALIKE, left))
        told += len(alike) == told + 1  # the last one takes no more room than a line about it
        for f in alike[:told]:
            _finding(f, report, shared, lang, hint=left > 0)
        left -= told
        if alike[told:]:
            console.print(console.paint(f"    {_more(alike[told:], lang)}", "dim"))


def _groups(findings: list[Finding]) -> list[list[Finding]]:
    """Findings of one code in one sheet, the errors first."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for f in findings:
        groups.setdefault((f.severity, f.sheet, f.code), []).append(f)
    return sorted(groups.values(), key=lambda alike: RANK[alike[0].severity])


def _more(alike: list[Finding], lang: str) -> str:
    cells = [cell(f) or str(f.row or f.sheet) for f in alike[:_NAMED]]
    if len(alike) > _NAMED:
        cells.append("…" if lang == "zh" else "...")
    said = ("、" if lang == "zh" else ", ").join(cells)
    return _MORE[lang].format(code=alike[0].code, count=len(alike), cells=said)


def _finding(f: Finding, report: Report, shared: Common, lang: str, *, hint: bool) -> None:
    console, at = shared.console, cell(f) or f.row
    where = f"{report.path}:{' '.join(f.sheet.split())}" + (f"!{at}" if at else "")
    text = report.message(f, lang, show=shared.show_values)
    console.print(f"{where}: {console.paint(f.code, f.severity)} {text}")
    if hint:
        console.print(console.paint(f"    {report.hint(f, lang, show=shared.show_values)}", "dim"))
