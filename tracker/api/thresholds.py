"""Thresholds as a configuration changes them: laid over those of the schema, and held against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tracker.schema.model import Schema
from tracker.schema.names import alike

_OPEN = frozenset({"thresholds.calls.frequency"})
"""Mappings that may have keys of somebody's own."""
_NEAREST, _LISTED, _SHOWN = 3, 6, 40
_KINDS: Mapping[str, tuple[type, ...]] = {
    "true or false": (bool,),
    "a number": (int, float),
    "a text": (str, date),
    "a list": (list, tuple),
    "a mapping": (Mapping,),
}


def overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Thresholds with a configuration's laid over them, level by level."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = overlaid(below, value)
        else:
            merged[key] = value
    return merged


def settable(schema: Schema) -> dict[str, Any]:
    """The thresholds, with the limits that rules ask for and the modules that may be complete."""
    asked = (v for m in schema.modules.values() for r in m.rules for v in r.args.values())
    names = (str(v).lstrip("-").removeprefix("limits.") for v in asked if "limits." in str(v))
    more = {"limits": dict.fromkeys(names, 0), "completeness": dict.fromkeys(schema.modules, ())}
    return overlaid(more, schema.thresholds)


def mistakes(path: str, said: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    """What a configuration says at a dotted path that the thresholds lack, or have of another kind.

    An unknown key comes with the nearest names, a value of the wrong kind with the right one.
    """
    for key, value in said.items():
        where = f"{path}.{key}"
        if path in _OPEN and key not in known:
            yield from _held(where, value, next(iter(known.values()), None))
        elif key not in known:
            near = ", ".join(alike(key, list(known), _NEAREST) or list(known)[:_LISTED])
            yield f"{where} ({near}?)"
        else:
            yield from _held(where, value, known[key])


def _held(where: str, value: object, known: object) -> Iterator[str]:
    """One value against the one that it takes the place of; where that is blank, anything goes."""
    wanted = _kind(known)
    if known is None or value is None:
        return
    if _kind(value) != wanted:
        yield f"{where} = {str(value)[:_SHOWN]} ({wanted})"
    elif isinstance(value, Mapping) and isinstance(known, Mapping):
        yield from mistakes(where, value, known)
    elif isinstance(value, Sequence) and isinstance(known, Sequence) and not isinstance(value, str):
        kinds = [_kind(k) for k in known]
        odd = [v for v in value if kinds and v is not None and _kind(v) not in kinds]
        yield from (f"{where}: {str(v)[:_SHOWN]} ({' / '.join(dict.fromkeys(kinds))})" for v in odd)


def _kind(value: object) -> str:
    return next((name for name, types in _KINDS.items() if isinstance(value, types)), "")
