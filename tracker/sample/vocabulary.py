"""The words of the story, from templates/sample/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

import yaml

from tracker.resources import template_dir

Row = dict[str, object]


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
