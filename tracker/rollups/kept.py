"""What a rollup keeps in its hidden sheet: what it is, and the figures that its pages are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

KIND, ROLLUP = "kind", "rollup"
"""Key and value of `meta` that mark a workbook as a rollup."""
_PIECE = 8_000  # letters, so that escaped ones fit a cell too


def lines(meta: Mapping[str, str], figures: object) -> Iterator[str]:
    """One JSON text a cell: the meta data, then the figures in pieces."""
    yield json.dumps({"meta": {KIND: ROLLUP, **meta}}, ensure_ascii=False)
    said = json.dumps(figures, ensure_ascii=False, separators=(",", ":"))
    for start in range(0, len(said), _PIECE):
        yield json.dumps({"figures": said[start : start + _PIECE]}, ensure_ascii=False)


def read(found: Iterable[object]) -> tuple[dict[str, str], dict[str, object]] | None:
    """Meta data and figures out of the cells of the hidden sheet; None if it is no rollup's.

    Figures that cannot be understood (somebody typed into them) are empty.
    """
    meta, pieces = dict[str, str](), list[str]()
    for line in (_object(v) for v in found):
        match line:
            case {"meta": dict(known)}:
                meta = {str(k): str(v) for k, v in known.items()}
            case {"figures": str(piece)}:
                pieces.append(piece)
    figures = _object("".join(pieces))
    return (meta, figures) if meta.get(KIND) == ROLLUP else None


def _object(value: object) -> dict[str, object]:
    try:
        found = json.loads(value) if isinstance(value, str) else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
