"""The words of the story (templates/sample/*.yaml) and the labels of pick-lists (the schemas)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

import yaml

from tracker.resources import schema_dir, template_dir

Row = dict[str, object]
MODULES = ("customers", "visits", "messaging", "targets", "issues", "preferences")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words, by the keys of its file."""

    words: Mapping[str, Any]

    def find(self, *path: str) -> Any:
        """What stands under these keys, one within the other."""
        found: Any = self.words
        for key in path:
            found = found[key]
        return found

    def phrase(self, rng: Random, *path: str) -> str:
        """One phrase at random of the list under these keys."""
        return str(rng.choice(self.find(*path)))

    def product_names(self) -> list[str]:
        """Names of the three medicines, the one with priority first."""
        return [product["name"] for product in self.find("products")]

    def day(self, day: date) -> str:
        """A date within a sentence: 6月30日, 30 June."""
        month = self.find("months")[day.month - 1]
        return str(self.find("day")).format(day=day.day, month=month)


@cache
def load(lang: str) -> Vocabulary:
    """The words of "zh" or "en"."""
    path = template_dir() / "sample" / f"{lang}.yaml"
    return Vocabulary(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))


@cache
def _described(name: str) -> Any:
    return yaml.load((schema_dir() / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)


def _columns(table: str) -> list[Any]:
    if table in MODULES:
        return list(_described(table)["columns"])
    sheets = {sheet["name"]: sheet for sheet in _described("workbook")["lookups"]}
    return list(sheets[table]["columns"])


@cache
def labels(table: str, lang: str) -> Mapping[str, Mapping[str, str]]:
    """Pick-list field -> code -> what a cell of a workbook in that language shows."""
    return {
        column["name"]: {pick["code"]: str(pick[lang]) for pick in column["picks"]}
        for column in _columns(table)
        if column.get("picks")
    }


def as_typed(table: str, rows: list[Row], lang: str) -> list[Row]:
    """The rows as a person would type them.

    Args:
        table: a module's key, or "products" or "institutions".
        rows: field -> value; pick-lists as codes, several values as a tuple, None for blank.
        lang: "zh" or "en".

    Returns:
        New rows without the blank fields; codes become labels, True and False the language's
        words, tuples one text joined by the Chinese enumeration comma.
    """
    words, known = load(lang), labels(table, lang)
    return [
        {
            field: _typed(value, known.get(field), words)
            for field, value in row.items()
            if _filled(value)
        }
        for row in rows
    ]


def _filled(value: object) -> bool:
    return value is not None and value != ()


def _typed(value: object, picks: Mapping[str, str] | None, words: Vocabulary) -> object:
    if isinstance(value, bool):
        return words.find("yes" if value else "no")
    if isinstance(value, tuple):
        return "、".join(str(_typed(one, picks, words)) for one in value)
    return picks[str(value)] if picks else value
