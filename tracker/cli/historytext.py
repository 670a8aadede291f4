"""The history of a workbook as text and as JSON."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tracker.api.history import Change

_HEADS = {
    "zh": ("编号", "时间", "命令", "截至日", "此前版本", "大小", "说明"),
    "en": ("no.", "when", "command", "as of", "version before", "size", "what happened"),
}
_SAID = {
    "ids_given": ("{n} 行得到编号", "{n} rows given an id"),
    "GEN017": ("{n} 行换了新编号", "{n} rows given another id"),
    "GEN018": ("{n} 行找回编号", "{n} rows given back their id"),
    "GEN014": ("{n} 个手填值被重算", "{n} typed-over values"),
    "GEN020": ("{n} 张生成表里有手填内容", "{n} generated sheets typed into"),
    "vanished": ("{n} 行消失", "{n} rows gone"),
    "fixed": ("修正 {n} 个单元格", "{n} cells put right"),
    "back_to": ("回到第 {n} 次改动之前", "back to before change {n}"),
}
_KEPT = {
    "zh": {"purged": "已清除", "missing": "缺失"},
    "en": {"purged": "purged", "missing": "missing"},
}
_HARMLESS = frozenset(
    {"code", "sheet", "row", "field", "cells", "vanished", "ids", "ids_given", "back_to", "fixed"}
)
_ID_CODES = frozenset({"GEN017", "GEN018"})
_RIGHT = frozenset({0, 5})
"""Columns of numbers."""


def table(changes: Iterable[Change], zone: ZoneInfo, lang: str) -> list[str]:
    """Lines of a table, the head first; columns align where Chinese takes two cells a character."""
    rows = [_HEADS[lang], *(_cells(c, zone, lang) for c in changes)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths, range(len(row)))).rstrip() for row in rows]


def _cells(change: Change, zone: ZoneInfo, lang: str) -> tuple[str, ...]:
    entry = change.entry
    said = _said(entry.notes, lang)
    if change.elsewhere:
        said.append(f"位于 {change.elsewhere}" if lang == "zh" else f"at {change.elsewhere}")
    kept = state(change)
    return (
        str(entry.seq), f"{entry.saved_at.astimezone(zone):%Y-%m-%d %H:%M:%S}", entry.command,
        entry.as_of.isoformat() if entry.as_of else "", entry.before[:8],
        _KEPT[lang].get(kept) or human(change.size or 0), ("，" if lang == "zh" else ", ").join(said),
    )  # fmt: skip


def _said(notes: Iterable[Mapping[str, Any]], lang: str) -> list[str]:
    return [_SAID[k][lang != "zh"].format(n=n) for k, n in counts(notes).items()]


def counts(notes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How often each thing happened; of rows gone and ids given, how many; of `back_to`, to where."""
    found = Counter[str]()
    for note in notes:
        if note.get("code") in _SAID:
            found[str(note["code"])] += 1
        elif "vanished" in note:
            found["vanished"] += len(note.get("ids") or ())
        elif "fixed" in note:
            found["fixed"] += len(note.get("cells") or ())
        for key in ("ids_given", "back_to"):
            if type(note.get(key)) is int:
                found[key] += note[key]
    return {k: found[k] for k in _SAID if k in found}


def details(changes: Sequence[Change]) -> Iterable[str]:
    """Each thing that happened, values included: for --show-values."""
    for change in changes:
        for note in change.entry.notes:
            yield f"{change.entry.seq}: " + " ".join(f"{k}={v}" for k, v in note.items())


def state(change: Change) -> str:
    """Whether the version before a change is kept, purged (at the person's wish) or missing."""
    return "kept" if change.size is not None else "purged" if change.entry.purged else "missing"


def as_dict(change: Change, zone: ZoneInfo, *, show: bool) -> dict[str, Any]:
    """An entry of the JSON document; without `show` values that people typed are null."""
    entry = change.entry
    return {
        "number": entry.seq, "saved_at": entry.saved_at.astimezone(zone).isoformat(),
        "command": entry.command, "as_of": entry.as_of.isoformat() if entry.as_of else None,
        "path": entry.path, "before": entry.before, "after": entry.after,
        "state": state(change), "bytes": change.size, "counts": counts(entry.notes),
        "notes": [_note(n, show=show) for n in entry.notes],
    }  # fmt: skip


def _note(note: Mapping[str, Any], *, show: bool) -> dict[str, Any]:
    open_to_all = show or note.get("code") in _ID_CODES
    return {k: v if open_to_all or k in _HARMLESS else None for k, v in note.items()}


def human(size: int) -> str:
    """A size in bytes as people say it."""
    for unit, share in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= share:
            return f"{size / share:.1f} {unit}"
    return f"{size} B"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, column: int) -> str:
    blank = " " * (width - _width(text))
    return blank + text if column in _RIGHT else text + blank
