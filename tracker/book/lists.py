"""The hidden sheet of lists that drop-downs and colours refer to, and the names of its ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from tracker.book.locate import PREFIX
from tracker.schema.model import Module, Pick
from tracker.schema.names import PickList
from tracker.xlsx.plain import plain_sheet
from tracker.xlsx.refs import Range, absolute

YES_NO = (Pick("yes", "是", "Yes", 0), Pick("no", "否", "No", 1))
YES_NO_KEY = ("", "bool")
FAULTS = ("", "faults")
"""Key of the list that names the faulty cells."""
ROWS = 20_000
"""Rows over which drop-downs and colours reach; rows typed below the table have them too."""


def list_name(module: str, field: str) -> str:
    """Defined name of the range that holds a pick-list."""
    return f"{PREFIX}list.{module}.{field}" if module else f"{PREFIX}list.{field}"


def hidden_lists(
    modules: Iterable[Module], picks: Mapping[tuple[str, str], PickList], lang: str,
    faults: Sequence[str] = (),
) -> dict[tuple[str, str], tuple[str, ...]]:  # fmt: skip
    """Labels of the input columns' pick-lists by module and field, yes and no, the faulty cells."""
    found = {
        (m.name, c.name): picks[m.name, c.name].picks
        for m in modules
        for c in m.owned("input")
        if c.picks
    }
    labels = {
        k: tuple(p.label(lang) for p in ps) for k, ps in {YES_NO_KEY: YES_NO, **found}.items()
    }
    return {**labels, FAULTS: tuple(faults)}


def lists_sheet(lists: Mapping[tuple[str, str], Sequence[str]]) -> bytes:
    """The worksheet part with one list a column, its key in the first row."""
    return plain_sheet(zip_longest(*([".".join(key), *texts] for key, texts in lists.items())))


def list_ranges(lists: Mapping[tuple[str, str], Sequence[str]], sheet: str) -> dict[str, str]:
    """Reference texts by defined name; that of an empty list is one blank cell."""
    return {
        list_name(*key): absolute(sheet, Range(2, i, 1 + max(len(texts), 1), i))
        for i, (key, texts) in enumerate(lists.items(), 1)
    }
