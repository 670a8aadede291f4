"""What is not clean about a file, as the instruments say it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.corpus.plans import same
from tests.corpus.workers import Answer

READERS = ("calamine", "openpyxl", "office")


@dataclass
class Record:
    """All that was asked of one file.

    Attributes:
        readers: of the original, by reader.
        steps: answers about the results, by step.
        peer: what became of it with openpyxl.
        sdk: what the validator says anew; None where it was not in the sample.
    """

    name: str
    outcome: str
    readers: dict[str, Answer]
    steps: dict[str, Answer] = field(default_factory=dict)
    peer: Answer = field(default_factory=dict)
    sdk: list[str] | None = None

    def opened_by(self, *readers: str) -> bool:
        return all("error" not in self.readers[r] for r in readers)


def added(before: Answer, after: Answer) -> list[str]:
    """Complaints about the result that the original did not earn; line numbers do not count."""
    if "error" in after:
        return [] if "error" in before else [f"cannot be checked: {after['error']}"]
    was = Counter(map(_bare, before.get("said", [])))
    return [s for s in after["said"] if _bare(s) not in was] if "said" in before else []


def _bare(said: str) -> str:
    return re.sub(r"\d+", "0", said)


def alarms(record: Record) -> Iterator[str]:
    """What is not clean about a handled file, a line each."""
    for step, found in record.steps.items():
        held = found["compare"]
        if "error" in held:
            yield f"{step}: compare.py: {held['error']}"
        for key in ("losses", "lost", "renamed", "new_dangling", "cells_changed", "unparsable"):
            if held.get(key):
                yield f"{step}: compare.py: {key} {str(held[key])[:120]}"
        for tool, title in (("xsd", "xsd_check.py"), ("xsdval", "xsdval.py")):
            for said in added(found[f"{tool} before"], found[tool]):
                yield f"{step}: {title}: {said[:160]}"
        for reader in READERS:
            if reader in found and record.opened_by(reader):
                yield from _unread(step, reader, found)
    for said in record.sdk or []:
        yield f"all: SDK validator: {said[:200]}"


def _unread(step: str, reader: str, found: Answer) -> Iterator[str]:
    answer = found[reader]
    if "error" in answer:
        yield f"{step}: {reader}: {answer['error']}"
        return
    for value, seen in zip(found["wanted"], answer["values"], strict=True):
        right = _in_office if reader == "office" else _in_library
        if not right(value, seen, date1904=found["date1904"]):
            yield f"{step}: {reader}: {value!r} reads as {seen!r}"
            return


def _in_library(value: object, seen: object, *, date1904: bool) -> bool:
    if isinstance(seen, list) and isinstance(seen[0], str):
        text = seen[0]
        seen = dt.time.fromisoformat(text) if text[2] == ":" else dt.datetime.fromisoformat(text)
    elif isinstance(seen, list):
        seen = dt.timedelta(days=seen[0])
    return same(seen, value, date1904=date1904)


def _in_office(value: object, seen: list[object], *, date1904: bool) -> bool:
    text, number = seen
    if isinstance(value, str):
        return text == value
    return same(number, float(value) if isinstance(value, bool) else value, date1904=date1904)


def explained(name: str, alarm: str) -> str:
    """Why an alarm is false, as somebody found out who looked at it; "" where nobody did."""
    return next((why for n, words, why in _known() if n in ("*", name) and words in alarm), "")


@cache
def _known() -> list[list[str]]:
    lines = Path(__file__).with_name("alarms.tsv").read_text("utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]
