"""Bundles as files: plain JSON with a checksum, read without trusting it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from tracker.bundles.model import Bundle, Cells, Entry, Known, Place
from tracker.history.threeway import Value

FORMAT = 1
KIND = "tracker bundle"
MOST_BYTES = 64 * 2**20
_LONGEST = 32_767  # characters of a cell
_TEXTS = ("workbook", "owner", "schema", "base", "day", "sender")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a file is no bundle that can be read; `newer` where another version wrote it."""

    zh: str
    en: str
    newer: bool = False


class _UnfitError(ValueError):
    """Something in the document is not what it should be."""


def digest(rows: Mapping[Place, Known]) -> str:
    """Digest of what the central side has said; withdrawn rows and blank cells do not count."""
    said = [
        [*place, {f: v for f, v in sorted(known.values.items()) if v is not None}]
        for place, known in sorted(rows.items())
        if not known.withdrawn
    ]
    return _checksum(said)


def _checksum(document: object) -> str:
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def encode(bundle: Bundle) -> bytes:
    """The file's bytes; equal bundles, equal bytes."""
    document = {
        "kind": KIND, "format": FORMAT, **{k: getattr(bundle, k) for k in _TEXTS},
        "number": bundle.number, "follows": bundle.follows,
        "rows": [
            {"table": e.table, "key": e.key, "at": dict(e.at), "values": dict(e.values)}
            for e in bundle.rows
        ],
        "gone": [list(place) for place in bundle.gone],
    }  # fmt: skip
    document["checksum"] = _checksum(document)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def decode(data: bytes) -> Bundle | Flaw:
    """Read a file's bytes. Numbers come as float; nothing in it is believed unchecked."""
    try:
        document: Any = json.loads(
            data.decode("utf-8-sig", "surrogatepass"), parse_constant=_no_number
        )
        _kind(document)
        if document.get("format") != FORMAT:
            said = repr(document.get("format"))[:20]
            return Flaw(f"格式版本 {said} 不认识", f"its format {said} is not known", newer=True)
        told = document.pop("checksum")
        if told != _checksum(document):
            return Flaw(
                "校验和不符，内容被改动或没有传完",
                "its checksum does not fit; it was changed or cut short",
            )
        return replace(_bundle(document), checksum=str(told))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return Flaw("不是可以读取的下发包", "it is no bundle that can be read")


def _no_number(text: str) -> NoReturn:
    raise _UnfitError(text)


def _kind(document: object) -> None:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _UnfitError("kind")


def _bundle(document: Mapping[str, Any]) -> Bundle:
    texts = {k: _text(document[k]) for k in _TEXTS}
    number, follows = (_count(document[k]) for k in ("number", "follows"))
    if not follows < number:
        raise _UnfitError("number")
    rows = tuple(map(_entry, document["rows"]))
    gone = tuple((_text(table), _text(key)) for table, key in document["gone"])
    if len({(e.table, e.key) for e in rows} | {*gone}) < len(rows) + len(gone):
        raise _UnfitError("a row stands twice")
    return Bundle(**texts, number=number, follows=follows, rows=rows, gone=gone)


def _entry(raw: Any) -> Entry:
    at, values = cells_of(raw["at"]), cells_of(raw["values"])
    return Entry(_text(raw["table"]), _text(raw["key"]), at, values)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _UnfitError("text")
    return value


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 10**9:
        raise _UnfitError("number")
    return value


def cells_of(raw: object) -> Cells:
    """Field -> value of a JSON object. ValueError for what no cell can hold."""
    if not isinstance(raw, dict):
        raise _UnfitError("cells")
    return {f: value_of(v) for f, v in raw.items()}


def value_of(raw: object) -> Value:
    """A value as cells have it. ValueError for what no cell can hold."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and len(raw) <= _LONGEST:
        return raw
    if isinstance(raw, int | float) and math.isfinite(float(raw)):
        return float(raw)
    raise _UnfitError("value")
