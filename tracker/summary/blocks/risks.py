"""Early warning (M-31): whom to look after, and every reason with its numbers."""

from __future__ import annotations

from tracker.summary import warnings
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """`rows` the gravest first, `total`, `excluded`, `levels` with a word and a count each."""
    return warnings.warned(source)
