"""The whole story, put together from its parts."""

from __future__ import annotations

import hashlib
from random import Random

from tracker.sample import customers, diary, issues, messaging, preferences, targets, visits
from tracker.sample.typed import as_typed
from tracker.sample.vocabulary import Row, Vocabulary, load


def story(
    lang: str = "zh", rep_code: str = "R001", rep_name: str | None = None, size: float = 1.0
) -> dict[str, list[Row]]:
    """One representative's year, which ends on 2026-06-30.

    Args:
        lang: "zh" or "en"; both tell the same story.
        rep_code: who it is about; another code gives other customers and other days.
        rep_name: the name the rows show; `default_rep_name` if None.
        size: share of a full territory (150 customers, 2,500 visits), above 0 and at most 1.

    Returns:
        Rows (field -> value) by module key, and the support sheets "products" and
        "institutions". Values are as a person types them: labels of pick-lists, dates and times
        as such, customers by name, several values joined by the enumeration comma. Blank fields
        are left out, ids too.

    Raises:
        ValueError: `size` is out of its range.
    """
    if not 0 < size <= 1:
        raise ValueError(f"size is {size}, not above 0 and at most 1")
    tables = _tables(load(lang), rep_code, rep_name or default_rep_name(lang, rep_code), size)
    return {table: as_typed(table, rows, lang) for table, rows in tables.items()}


def default_rep_name(lang: str, rep_code: str) -> str:
    """The invented name of the representative with that code."""
    return load(lang).phrase(_stream(rep_code, "rep"), "reps")


def _tables(words: Vocabulary, code: str, rep: str, size: float) -> dict[str, list[Row]]:
    people_count = max(10, round(150 * size))
    where = customers.sites(_stream(code, "sites"), words, max(3, round(42 * size)))
    people = customers.people(_stream(code, "customers"), words, where, people_count, rep)
    calls = diary.keep(_stream(code, "diary"), people, size)
    done = calls.completed()
    about = visits.foci(_stream(code, "foci"), words, calls.calls)
    cases = issues.raised(_stream(code, "cases"), words, done, max(4, round(60 * size)))
    told, handed_over = messaging.rows(
        _stream(code, "messaging"),
        words,
        done,
        about,
        round(1200 * size),
        issues.disputed(cases),
    )
    return {
        "customers": [person.row for person in people],
        "visits": visits.rows(_stream(code, "visits"), words, calls, about, handed_over.by_call),
        "messaging": told,
        "targets": targets.rows(_stream(code, "targets"), words, where),
        "issues": issues.rows(_stream(code, "issues"), words, cases, rep),
        "preferences": preferences.rows(_stream(code, "preferences"), words, people),
        "products": _products(words),
        "institutions": [{"name": site.name, "alias": site.alias} for site in where],
    }


def _products(words: Vocabulary) -> list[Row]:
    return [
        {key: product[key] for key in ("code", "name", "generic")} | {"unit": "box", "active": True}
        for product in words.find("products")
    ]


def _stream(code: str, part: str) -> Random:
    """A source of chance of its own for each part, the same on every machine."""
    digest = hashlib.sha256(f"{code}/{part}".encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))
