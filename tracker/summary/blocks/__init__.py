"""The blocks of the Summary: a file each, and a template of its name in templates/blocks.

Each file has one public function `context(source)` that gives what its template shows as `b`, or
None where the workbook has not the columns for it. Nothing else knows the blocks by name but
`summary.blocks` in thresholds.yaml (which are shown, and in what order) and the texts `block_NAME`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.summary.source import Source

Block = Mapping[str, object]


@cache
def known() -> tuple[str, ...]:
    """The names of all blocks that are shipped, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__)))


def make(name: str, source: Source) -> Block | None:
    """What the template of a block shows; an empty mapping for a template of somebody's own."""
    if name not in known():
        return {}
    context: Callable[[Source], Block | None] = import_module(f"{__name__}.{name}").context
    return context(source)
