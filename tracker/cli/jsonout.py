"""A run as one JSON document (contract, section 3)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.checks.catalogue import cell, hint, is_private, message
from tracker.cli.options import Common
from tracker.cli.streams import emit
from tracker.cli.textout import is_private as is_private_change
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.api.report import Report
    from tracker.findings import Finding
    from tracker.schema.model import Schema

FORMAT = 1
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""As UNSEEN; JSON writes those below as escapes already, and has a line break between values."""


def show(
    command: str, reports: Sequence[Report], failures: Sequence[tuple[Path, TrackerError]],
    shared: Common, *, diff: bool,
) -> None:  # fmt: skip
    """Print the document: the books that could be read, and those that could not with their reason."""
    day = reports[0].as_of if reports else shared.as_of
    document: dict[str, Any] = {
        "format": FORMAT, "command": command, "as_of": day.isoformat() if day else None,
        "books": [_book(r, shared, diff=diff) for r in reports],
    }  # fmt: skip
    if failures:
        lang = shared.console.language()
        document["failed"] = [
            {"path": str(p), "exit_code": e.exit_code, "message": e.message(lang)}
            for p, e in failures
        ]
    write(document)


def show_lines(report: Report, shared: Common) -> None:
    """Print a report's findings as JSON Lines: each as in the document, with its book and day."""
    lang = shared.console.language(report.lang)
    about = {"path": str(report.path), "as_of": report.as_of.isoformat()}
    for f in report.findings:
        write({**about, **finding_dict(f, report.schema, shared, lang)}, indent=None)


def write(document: object, *, indent: int | None = 1) -> None:
    """One JSON document to standard output, in characters that its encoding has."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    text = json.dumps(document, ensure_ascii=encoding != "utf8", indent=indent, default=str)
    emit(_UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n")


def _book(report: Report, shared: Common, *, diff: bool) -> dict[str, Any]:
    lang = shared.console.language(report.lang)
    changes = report.changes
    made: dict[str, Any] = {"cells": 0, "ids": 0, "written": False, "backup": None}
    if changes is not None:
        made = {
            "cells": len(changes.cells), "ids": changes.ids, "written": changes.written,
            "backup": str(changes.backup) if changes.backup else None,
        }  # fmt: skip
        if changes.taken:
            made["bundles"] = list(changes.taken)
        if diff:
            made["cells"] = [_change(c, report, shared) for c in changes.cells]
    return {
        "path": str(report.path), "schema": report.schema.version, "rows": dict(report.rows),
        "counts": {s: report.count(s) for s in ("error", "warning", "info")},
        "findings": [finding_dict(f, report.schema, shared, lang) for f in report.findings],
        "excluded_rows": dict(report.excluded), "changes": made,
    }  # fmt: skip


def finding_dict(
    f: Finding, schema: Schema, shared: Common, lang: str, clean: Callable[[str], str] = str
) -> dict[str, Any]:
    """A finding under the keys of the contract; personal values are null unless asked for.

    `clean` takes out of texts what is not to be shown.
    """
    show = shared.show_values
    hidden = is_private(f, schema) and not show

    def said(value: object) -> object:
        plain = _value(value)
        text = "" if hidden or plain is None else str(plain)
        return None if hidden else plain if clean(text) == text else clean(text)

    return {
        "code": f.code, "severity": f.severity, "module": f.module, "field": f.field,
        "sheet": f.sheet, "cell": cell(f), "row": f.row, "header": f.header and clean(f.header), "value": said(f.value),
        "message": clean(message(f, schema, lang, show=show)),
        "hint": clean(hint(f, schema, lang, show=show)), "fix": said(f.fix),
    }  # fmt: skip


def _change(change: Any, report: Report, shared: Common) -> dict[str, Any]:
    hidden = is_private_change(change, report) and not shared.show_values
    why = {k: getattr(change, k) for k in ("code", "header") if hasattr(change, k)}
    return {
        **why,
        "sheet": change.sheet, "cell": change.cell, "field": change.field, "row_id": change.row_id,
        "old": None if hidden else _value(change.old), "new": None if hidden else _value(change.new),
    }  # fmt: skip


def _value(value: object) -> object:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value.isoformat() if isinstance(value, date) else str(value)
