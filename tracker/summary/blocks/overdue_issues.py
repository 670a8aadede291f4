"""Open issues past their due date (M-26)."""

from __future__ import annotations

from tracker.summary import worklists
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` by severity, then by days; `total`; `worst` is the most days; `excluded`."""
    return worklists.overdue_issues(source)
