"""Data quality: findings and rows left out by sheet, how complete and how timely the rows are."""

from __future__ import annotations

from tracker.summary import faults
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block:
    """`rows` by sheet, sums of each severity."""
    return faults.table(source)
