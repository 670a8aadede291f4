"""Potential by support (M-12): how many customers stand where, and who."""

from __future__ import annotations

from tracker.summary import tiers
from tracker.summary.blocks import Block
from tracker.summary.source import Source


def context(source: Source) -> Block | None:
    """The matrix, its tiers, and `chart`: customers by potential, a field a level of support."""
    return tiers.matrix(source)
