"""Rows as a person types them: codes become the labels of the schema's pick-lists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tracker.sample.vocabulary import Row, Vocabulary, load
from tracker.schema.load import load as load_schema
from tracker.schema.model import Schema


@cache
def _shipped() -> Schema:
    return load_schema()


@cache
def labels(table: str, lang: str) -> Mapping[str, Mapping[str, str]]:
    """Pick-list field -> code -> what a cell of a workbook in that language shows.

    `table` is a module's key or the name of a support sheet.
    """
    schema = _shipped()
    described = schema.modules.get(table) or schema.lookups[table]
    return {
        column.name: {pick.code: pick.label(lang) for pick in column.picks}
        for column in described.columns
        if column.picks
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
    typed = []
    for row in rows:
        filled = {field: v for field, v in row.items() if v is not None and v != ()}
        for field, value in filled.items():
            if field in known or isinstance(value, (bool, tuple)):
                filled[field] = _typed(value, known.get(field), words)
        typed.append(filled)
    return typed


def _typed(value: object, picks: Mapping[str, str] | None, words: Vocabulary) -> object:
    if isinstance(value, bool):
        return words.find("yes" if value else "no")
    if isinstance(value, tuple):
        return "、".join(str(_typed(one, picks, words)) for one in value)
    return picks[str(value)] if picks else value
