"""Which column of a sheet is which field: by anchor, by label or alias, loosely last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having

from tracker.schema.model import Module
from tracker.schema.names import header_names, loose, plain


@dataclass(frozen=True)
class Match:
    """Fields by column number, and the faults: (field, column, the other column)."""

    columns: Mapping[str, int]
    doubled: tuple[tuple[str, int, int], ...] = ()
    extras: Mapping[int, str] = having(default_factory=dict)


def match(module: Module, headers: Mapping[int, str], anchors: Mapping[str, int]) -> Match:
    """Match the texts of a header row (by column number) with a module's fields.

    An anchor says where a field was put; it yields where the header there is exactly the label of
    another field. Exact names win over loose ones, and a second column that matches only loosely
    is an extra column. A second exact one is a fault.
    """
    exact = {n: c.name for c in reversed(module.columns) for n in header_names(c)}
    labels = {plain(c.label(lang)): c.name for c in module.columns for lang in ("zh", "en")}
    exact |= labels
    found: dict[str, int] = {}
    doubled: list[tuple[str, int, int]] = []
    taken: set[int] = set()
    for name, column in anchors.items():
        said = labels.get(plain(headers.get(column, "")))
        if column in headers and said in (None, name) and column not in taken:
            found[name] = column
            taken.add(column)
    for names in (labels, exact):
        for column, text in sorted(headers.items()):
            field = names.get(plain(text))
            if field is None or column in taken:
                continue
            taken.add(column)
            if field in found:
                doubled.append((field, column, found[field]))
            else:
                found[field] = column
    _match_loosely(module, headers, found, taken)
    extras = {c: t for c, t in headers.items() if c not in found.values()}
    return Match(found, tuple(doubled), extras)


def _match_loosely(
    module: Module, headers: Mapping[int, str], found: dict[str, int], taken: set[int]
) -> None:
    rough: dict[str, str] = {}
    for c in reversed(module.columns):
        for n in (c.label("zh"), c.label("en"), *c.aliases):
            rough[loose(n)] = c.name
    for column, text in sorted(headers.items()):
        name = rough.get(loose(text))
        if name is not None and column not in taken and name not in found:
            found[name] = column
            taken.add(column)
