"""The context of the Summary's template: everything it shows, as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.summary import blocks
from tracker.summary.choice import Choice
from tracker.summary.source import Source


def usual(thresholds: Mapping[str, object]) -> tuple[str, ...]:
    """The blocks shown where nobody says otherwise: `summary.blocks` of the thresholds."""
    summary = thresholds["summary"]
    assert isinstance(summary, Mapping)
    return tuple(map(str, summary["blocks"]))


def build(
    source: Source, *, title: str, rep: str | None = None, choice: Choice | None = None
) -> dict[str, object]:
    """What the template may name; words are in `source.lang`, what has no columns is None.

    `title` heads the page, `rep` is who keeps the workbook, `choice` says which blocks in which
    order. The keys are described in docs/template.md. Lists are cut at the lengths under
    `summary.limits` in the schema's thresholds.
    """
    chosen = choice or Choice(usual(source.schema.thresholds))
    made = {name: blocks.make(name, source) for name in chosen.blocks}
    shown = {name: block for name, block in made.items() if block is not None}
    return {
        "lang": source.lang,
        "title": title,
        "rep": rep,
        "as_of": source.as_of,
        "findings_sheet": source.schema.sheet_title("findings", source.lang),
        "blocks": list(shown),
        "data": shown,
        "others": [name for name in blocks.known() if name not in made],
        "unknown": list(chosen.unknown),
    }
