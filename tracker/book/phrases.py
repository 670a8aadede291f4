"""Remarks, which a computation makes of codes and numbers, in the words of a schema."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

_BETWEEN = {"zh": "；", "en": "; "}
_AND = {"zh": "、", "en": ", "}


class Remark(NamedTuple):
    """A code and the numbers that belong to it.

    A fact that is a tuple of codes is worded by the phrases `<code>.<each of them>`.
    """

    code: str
    facts: Mapping[str, object]


class _HalfUp(string.Formatter):
    """Formats like `str.format`, but rounds halves up: 6.25 % is 6.3 %."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, float) and format_spec.endswith(("%", "f")):
            digits = int(format_spec[:-1].rpartition(".")[2] or 0)
            shift = 2 if format_spec.endswith("%") else 0
            exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits - shift), ROUND_HALF_UP)
            return format(exact, format_spec)
        return str(format(value, format_spec))


_FORMATTER = _HalfUp()


def spoken(
    remarks: Iterable[Remark] | None, phrases: Mapping[str, Mapping[str, str]], lang: str
) -> str | None:
    """Remarks as one text, None where there are none; one without a phrase says its code."""
    texts = [_one(remark, phrases, lang) for remark in remarks or ()]
    return _BETWEEN[lang].join(texts) or None


def _one(remark: Remark, phrases: Mapping[str, Mapping[str, str]], lang: str) -> str:
    code, facts = remark
    words = {
        key: _AND[lang].join(_word(f"{code}.{part}", part, phrases, lang) for part in value)
        if isinstance(value, tuple)
        else value
        for key, value in facts.items()
    }
    return _FORMATTER.format(_word(code, code, phrases, lang), **words)


def _word(key: str, other: str, phrases: Mapping[str, Mapping[str, str]], lang: str) -> str:
    return phrases[key][lang] if key in phrases else other
