"""The hidden sheet of pick-lists that drop-downs refer to, and the names of its ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from tracker.book.locate import PREFIX
from tracker.schema.model import Module, Pick
from tracker.schema.names import PickList
from tracker.xlsx.plain import plain_sheet
from tracker.xlsx.refs import Range, absolute

YES_NO = (Pick("yes", "是", "Yes", 0), Pick("no", "否", "No", 1))
YES_NO_KEY = ("", "bool")


def list_name(module: str, field: str) -> str:
    """Defined name of the range that holds a pick-list."""
    return f"{PREFIX}list.{module}.{field}" if module else f"{PREFIX}list.{field}"


def pick_lists(
    modules: Iterable[Module], picks: Mapping[tuple[str, str], PickList]
) -> dict[tuple[str, str], tuple[Pick, ...]]:
    """Pick-lists of the input columns, by module and field, and that of yes and no."""
    found = {
        (m.name, c.name): picks[m.name, c.name].picks
        for m in modules
        for c in m.owned("input")
        if c.picks
    }
    return {YES_NO_KEY: YES_NO, **found}


def lists_sheet(lists: Mapping[tuple[str, str], tuple[Pick, ...]], lang: str) -> bytes:
    """The worksheet part with one list a column, its key in the first row."""
    columns = [[".".join(key), *(p.label(lang) for p in ps)] for key, ps in lists.items()]
    return plain_sheet(zip_longest(*columns))


def list_ranges(lists: Mapping[tuple[str, str], tuple[Pick, ...]], sheet: str) -> dict[str, str]:
    """Reference texts by defined name."""
    return {
        list_name(*key): absolute(sheet, Range(2, i, 1 + len(picks), i))
        for i, (key, picks) in enumerate(lists.items(), 1)
    }
