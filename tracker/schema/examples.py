"""Examples of finding codes, made from the case table of the tests by `make codes`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tracker.resources import schema_dir

FILE = "examples.json"


class Example(NamedTuple):
    """A small workbook in which a code fires, in words of one language.

    Attributes:
        fires: what stands in it, a line a row.
        message, hint: what the finding says.
        passes: what stands in one that is much like it and no fault.
    """

    fires: tuple[str, ...]
    message: str
    hint: str
    passes: tuple[str, ...]


def examples(lang: str) -> Mapping[str, Example]:
    """Examples by code; codes of somebody's own schema have none."""
    data: dict[str, Any] = json.loads((schema_dir() / FILE).read_text("utf-8"))
    return {code: _example(by_lang[lang]) for code, by_lang in data.items()}


def _example(data: Mapping[str, Any]) -> Example:
    fires, passes = (tuple(data[key]) for key in ("fires", "passes"))
    return Example(fires, data["message"], data["hint"], passes)
