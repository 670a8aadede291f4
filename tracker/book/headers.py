"""Which column of a sheet is which field: by anchor, by label or alias, loosely last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having

from tracker.schema.model import Column, Module
from tracker.schema.names import Variants, is_auto, loose


@dataclass(frozen=True)
class Match:
    """Fields by column number, and the faults: (field, column, the other column)."""

    columns: Mapping[str, int]
    doubled: tuple[tuple[str, int, int], ...] = ()
    extras: Mapping[int, str] = having(default_factory=dict)


class Headers:
    """The names by which a module's columns are known."""

    def __init__(self, module: Module, variants: Variants) -> None:
        self._plain = variants.plain
        self._labels: dict[str, str] = {}
        self._exact: dict[str, str] = {}
        self._rough: dict[str, str] = {}
        for column in reversed(module.columns):
            for text in (*_labels(column), *column.aliases):
                self._exact[self._plain(text)] = column.name
                self._rough[loose(self._plain(text))] = column.name
        for column in module.columns:
            self._labels |= {self._plain(text): column.name for text in _labels(column)}
        self._exact |= self._labels
        self._computed = {c.name for c in module.owned("computed")}

    def match(self, headers: Mapping[int, str], anchors: Mapping[str, int]) -> Match:
        """Match the texts of a header row, by column number, with the module's fields.

        An anchor says where a field was put; it yields where the header there is exactly the
        label of another field. Exact names win over loose ones, and a second column that matches
        only loosely is an extra column. A second exact one is a fault.
        """
        found = self._anchored(headers, anchors)
        taken = set(found.values())
        doubled: list[tuple[str, int, int]] = []
        for names in (self._labels, self._exact):
            for column, text in sorted(headers.items()):
                field = names.get(self._plain(text))
                if field is None or column in taken:
                    continue
                taken.add(column)
                if field in found:
                    doubled.append((field, column, found[field]))
                else:
                    found[field] = column
        self._match_loosely(headers, found, taken)
        extras = {c: t for c, t in headers.items() if c not in found.values()}
        return Match(found, tuple(doubled), extras)

    def _anchored(self, headers: Mapping[int, str], anchors: Mapping[str, int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, column in anchors.items():
            text = self._plain(headers.get(column, ""))
            said = self._labels.get(text)
            retitled = name in self._computed and not is_auto(text)  # then it is the person's
            if (
                column in headers
                and said in (None, name)
                and column not in found.values()
                and not retitled
            ):
                found[name] = column
        return found

    def _match_loosely(
        self, headers: Mapping[int, str], found: dict[str, int], taken: set[int]
    ) -> None:
        for column, text in sorted(headers.items()):
            name = self._rough.get(loose(self._plain(text)))
            if name is not None and column not in taken and name not in found:
                found[name] = column
                taken.add(column)


def _labels(column: Column) -> tuple[str, str]:
    return column.label("zh"), column.label("en")
