"""Personal values kept out of a rollup: hidden, or replaced by pseudonyms that stay the same."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import TYPE_CHECKING, Any

from tracker.schema.model import Column, Module

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = "***"
_LENGTH = 10
_ANCHOR = re.compile(r"[\^$]|\\[AZ]")  # such a pattern wants each text by itself


@dataclass(frozen=True)
class Mask:
    """What is hidden.

    Attributes:
        shown: fields whose values are let through ("private_phone", "customers.wechat").
        scrub: patterns of personal values that people type into free text.
        key: with one, a hidden value becomes a pseudonym (HMAC-SHA-256 over it, shortened), so that
            equal values can still be recognised; without the key nobody can tell which they are.
    """

    shown: frozenset[str] = frozenset()
    scrub: Sequence[re.Pattern[str]] = ()
    key: bytes | None = None
    _known: dict[str, str] = having(default_factory=dict, repr=False, compare=False)

    def hides(self, module: Module, column: Column) -> bool:
        """Whether the values of a column are hidden: its data class is not public."""
        named = {column.name, f"{module.name}.{column.name}"} & self.shown
        return column.data_class != "public" and not named

    def column(self, module: Module, column: Column, values: pd.Series[Any]) -> pd.Series[Any]:
        """A column as it may be shown, on the same index; blanks stay blank."""
        if self.hides(module, column):
            return self._mapped(values, self._hidden)
        free = column.owner == "input" and column.data_class == "public"
        if free and values.dtype == object and self._suspect(values):
            return self._mapped(values, self._scrubbed)
        return values

    def _suspect(self, values: pd.Series[Any]) -> bool:
        """Whether any text may hold what is scrubbed; asked of all of them at once."""
        parts = (p for v in values for p in (v if isinstance(v, tuple) else (v,)))
        whole = "\n".join(p for p in parts if isinstance(p, str))
        return any(_ANCHOR.search(p.pattern) or p.search(whole) for p in self.scrub)

    def text(self, text: str) -> str:
        """A free text without what looks like a personal value."""
        for pattern in self.scrub:
            text = pattern.sub(HIDDEN, text)
        return text

    def _mapped(self, values: pd.Series[Any], one: Callable[[Any], Any]) -> pd.Series[Any]:
        import pandas as pd

        made = [one(v) if full else None for v, full in zip(values, values.notna(), strict=True)]
        return pd.Series(made, index=values.index, dtype=object)

    def _hidden(self, value: Any) -> str:
        if self.key is None:
            return HIDDEN
        text = "、".join(map(str, value)) if isinstance(value, tuple) else str(value)
        if text not in self._known:
            digest = hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
            self._known[text] = f"~{digest[:_LENGTH]}"
        return self._known[text]

    def _scrubbed(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.text(v) if isinstance(v, str) else v for v in value)
        return self.text(value) if isinstance(value, str) else value


def unknown_fields(fields: Iterable[str], modules: Mapping[str, Module]) -> list[str]:
    """Fields asked to be shown that no module has as a personal one."""
    known = set(personal_fields(modules))
    every = ((m, c) for m in modules.values() for c in m.columns if c.data_class != "public")
    known |= {f"{m.name}.{c.name}" for m, c in every}
    return [f for f in fields if f not in known]


def personal_fields(modules: Mapping[str, Module]) -> list[str]:
    """The names of all fields whose values are hidden, each once."""
    found = (c.name for m in modules.values() for c in m.columns if c.data_class != "public")
    return list(dict.fromkeys(found))
