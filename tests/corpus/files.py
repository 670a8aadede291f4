"""The public workbooks that the engine is tried on; they lie beside the project, not in it."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
ABSENT = "the public workbooks are not there (../shared/corpus)"


def corpus(shared: Path = SHARED) -> Path:
    return shared / "corpus"


def names(shared: Path = SHARED) -> list[str]:
    """Files as "repository/name", in a fixed order."""
    root = corpus(shared)
    found = (p for p in root.glob("*/*") if p.suffix in (".xlsx", ".xlsm", ".xltx", ".xltm"))
    return sorted(p.relative_to(root).as_posix() for p in found)


def sampled(items: list[str], count: int) -> list[str]:
    """So many of them, spread evenly: the same ones every time."""
    step = max(1, len(items) / max(1, count))
    return [items[int(i * step)] for i in range(min(count, len(items)))]
