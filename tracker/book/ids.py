"""Row ids: letters only, so that a fill handle copies them instead of counting them up.

A letter for the module, five or more letters from twenty consonants, a check letter. They follow
from the workbook's id and a counter, so the same input gets the same ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from functools import lru_cache

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_BASE = len(ALPHABET)
_SHORTEST, _LONGEST = 5, 7
_WEIGHTS = (3, 7, 9, 11, 13, 17, 19, 1)


def new_workbook_id(*facts: str) -> str:
    """A workbook's id that follows from the facts given (contract, G3)."""
    return hashlib.sha256("\x1f".join(facts).encode()).hexdigest()[:32]


def make(workbook: str, letter: str, counter: int) -> str:
    """The id that a counter (0, 1, ...) stands for in a workbook: a bijection, scattered."""
    size, first = _SHORTEST, 0
    while counter - first >= _BASE**size:
        first += _BASE**size
        size += 1
    factor, start = _walk(workbook, letter, size)
    n = ((counter - first) * factor + start) % _BASE**size
    body = ""
    for _ in range(size):
        n, digit = divmod(n, _BASE)
        body += ALPHABET[digit]
    return letter + body + _check(letter + body)


@lru_cache(maxsize=64)
def _walk(workbook: str, letter: str, size: int) -> tuple[int, int]:
    """The stride and the start of a walk that comes by every body of that size once."""
    room = _BASE**size
    seed = int.from_bytes(hashlib.sha256(f"{workbook}/{letter}/{size}".encode()).digest()[:16])
    factor = seed % (room // 10) * 10 + 3  # odd and no multiple of five: coprime to the room
    return factor, seed // room


def _check(text: str) -> str:
    """The check letter; weights without a factor of the base notice every single wrong letter."""
    places = (ALPHABET.find(ch) if ch in ALPHABET else ord(ch) for ch in text)
    return ALPHABET[sum(w * p for w, p in zip(_WEIGHTS, places, strict=False)) % _BASE]


def is_ours(text: str, letter: str) -> bool:
    """Whether an id has the shape and the check letter of a drawn one; typed codes have not."""
    size = len(text) - 2
    shaped = text[:1] == letter and _SHORTEST <= size <= _LONGEST
    return shaped and all(c in ALPHABET for c in text[1:]) and text[-1] == _check(text[:-1])


class Drawer:
    """Draws ids that are not in use, counting on from where the workbook stands."""

    def __init__(self, workbook: str, letter: str, counter: int) -> None:
        self.workbook, self.letter, self.counter = workbook, letter, counter

    def draw(self, used: Container[str]) -> str:
        """The next id that is not in `used`."""
        while True:
            text = make(self.workbook, self.letter, self.counter)
            self.counter += 1
            if text not in used:
                return text
