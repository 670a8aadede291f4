"""Lines of a terminal in which Chinese characters take two places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 80
_PIECE = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+")
_NOT_FIRST = frozenset("，。；：、！？）》”’…")
"""Marks that stay with what they follow."""


def width(text: str) -> int:
    """Places that a text takes; where terminals differ, the more of the two."""
    return sum(_places(c) for c in text)


def _places(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def wrapped(text: str, first: str = "", rest: str = "", limit: int = WIDTH) -> Iterator[str]:
    """The text in lines of at most `limit` places; `first` and `rest` stand before them."""
    line, filled = first, width(first)
    for piece in _pieces(text, limit - 2 - max(width(first), width(rest))):
        room = limit if piece in _NOT_FIRST else limit - 2  # for a mark that follows
        if filled + width(piece) > room and line.strip():
            yield line.rstrip()
            line = rest + piece.lstrip()
            filled = width(line)
        else:
            line, filled = line + piece, filled + width(piece)
    yield line.rstrip()


def _pieces(text: str, longest: int) -> Iterator[str]:
    """Where a line may break: between Chinese characters, between words, in words without end."""
    for m in _PIECE.finditer(" ".join(text.split())):
        piece = m[0]
        while width(piece) > longest:
            yield piece[: longest // 2]
            piece = piece[longest // 2 :]
        yield piece
