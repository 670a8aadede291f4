"""A check as SARIF 2.1.0, the format in which code scanners hand their findings on.

A workbook has no lines of text: the cell is the logical location, and the region counts its row
as the line and its column as the column. The fingerprint follows a record that is sorted elsewhere;
it has the name under which GitHub's code scanning looks for one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tracker.cli.jsonout import finding_dict, write
from tracker.cli.options import Common
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.api.report import Report
    from tracker.findings import Finding

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVEL = {"error": "error", "warning": "warning", "info": "note"}
_LANGUAGE = {"zh": "zh-CN", "en": "en"}
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def show(
    reports: Sequence[Report], failures: Sequence[tuple[Path, TrackerError]], shared: Common
) -> None:
    """Print one SARIF log with one run over all books."""
    from tracker import __version__

    lang = shared.console.language(reports[0].lang if reports else "zh")
    rules = _rules(reports, lang)
    places = {rule["id"]: i for i, rule in enumerate(rules)}
    results = [r for report in reports for r in _results(report, shared, places)]
    run = {
        "tool": {"driver": {"name": "tracker", "version": __version__, "rules": rules}},
        "language": _LANGUAGE[lang],
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(failures, lang)],
        "results": results,
    }
    write({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _invocation(failures: Sequence[tuple[Path, TrackerError]], lang: str) -> dict[str, Any]:
    told = [
        {"level": "error", "message": _text(e.message(lang)), "locations": [_location(path)]}
        for path, e in failures
    ]
    return {"executionSuccessful": not told, "toolExecutionNotifications": told}


def _rules(reports: Iterable[Report], lang: str) -> list[dict[str, Any]]:
    """The codes that occur, in their order, with what each of them means."""
    known = {f.code: report.schema.codes[f.code] for report in reports for f in report.findings}
    return [
        {
            "id": code, "shortDescription": _text(text.said("message", lang)),
            "fullDescription": _text(text.said("why", lang)), "help": _text(text.said("hint", lang)),
            "defaultConfiguration": {"level": _LEVEL[text.severity]},
        }
        for code, text in sorted(known.items())
    ]  # fmt: skip


def _results(report: Report, shared: Common, places: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    lang, seen = shared.console.language(report.lang), Counter[str]()
    for f in report.findings:
        mark = _fingerprint(f, report)
        seen[mark] += 1
        told = finding_dict(f, report.schema, shared, lang)
        properties = ("module", "field", "header", "value", "hint", "fix")
        yield {
            "ruleId": f.code, "ruleIndex": places[f.code], "level": _LEVEL[f.severity],
            "message": _text(told["message"]),
            "locations": [_location(report.path, told, f.column)],
            "partialFingerprints": {"primaryLocationLineHash": f"{mark}:{seen[mark]}"},
            "properties": {key: told[key] for key in properties},
        }  # fmt: skip


def _fingerprint(f: Finding, report: Report) -> str:
    """What stays the same of a finding while its record moves and other cells change."""
    record = report.row_ids.get(f.module or "", {}).get(f.row or 0, str(f.row or ""))
    told = (f.code, f.module or f.sheet, record, f.field or f.header or "")
    return hashlib.blake2b("\0".join(told).encode(), digest_size=8).hexdigest()


def _location(path: Path, told: Mapping[str, Any] | None = None, column: int | None = None) -> Any:
    """Where in a workbook: the region of a cell or a row, and the name of the cell or sheet."""
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}
    if told is None:
        return found
    if told["row"]:
        region = {"startLine": told["row"], "endLine": told["row"]}
        region |= {"startColumn": column, "endColumn": column + 1} if column else {}
        found["physicalLocation"]["region"] = region
    cell, sheet = told["cell"], told["sheet"]
    name = (
        {"name": cell, "fullyQualifiedName": f"{sheet}!{cell}", "kind": "cell"}
        if cell
        else {"name": sheet, "kind": "sheet"}
    )
    return found | {"logicalLocations": [name]}


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _text(text: str) -> dict[str, str]:
    """A message; what a person typed in brackets makes no link of it."""
    return {"text": _LINK.sub(r"\\[", text)}
