"""Reading values out of the thresholds: each mistake names its dotted key in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from tracker.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping of the thresholds, with its dotted path for messages."""

    path: str
    values: Mapping[str, object]

    def _fail(self, key: str, zh: str, en: str) -> ConfigError:
        where = f"{self.path}.{key}" if self.path else key
        return ConfigError(path="thresholds", zh=f"{where} {zh}", en=f"{where} {en}")

    def get(self, key: str) -> object:
        """The value of a key, which must be there."""
        if key not in self.values:
            raise self._fail(key, "缺失，请补上", "is missing, please add it")
        return self.values[key]

    def section(self, key: str) -> Section:
        """The mapping under a key."""
        value = self.get(key)
        if not isinstance(value, Mapping):
            raise self._fail(
                key, f"应为键值表，现为 {value!r}", f"must be a mapping, not {value!r}"
            )
        return Section(f"{self.path}.{key}" if self.path else key, value)

    def number(self, key: str, least: float = 0.0, most: float = inf) -> float:
        """A number from `least` to `most`."""
        value = self.get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not least <= value <= most:  # type: ignore[operator]  # a number by now
            zh, en = f"应为不小于 {least:g} 的数", f"must be a number from {least:g} on"
            if most < inf:
                zh, en = f"应为 {least:g} 到 {most:g} 的数", f"must be from {least:g} to {most:g}"
            raise self._fail(key, f"{zh}，现为 {value!r}", f"{en}, not {value!r}")
        return float(value)  # type: ignore[arg-type]  # as above

    def whole(self, key: str, least: int = 0, most: float = inf) -> int:
        """A whole number from `least` to `most`."""
        value = self.number(key, least, most)
        if not value.is_integer():
            raise self._fail(key, f"应为整数，现为 {value:g}", f"must be whole, not {value:g}")
        return int(value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of the allowed texts."""
        value = self.get(key)
        if not isinstance(value, str) or value not in allowed:
            listed = ", ".join(allowed)
            zh, en = f"应为 {listed} 之一", f"must be one of {listed}"
            raise self._fail(key, f"{zh}，现为 {value!r}", f"{en}, not {value!r}")
        return value

    def entries(self, key: str) -> Sequence[object]:
        """A list of anything."""
        value = self.get(key)
        if not isinstance(value, list | tuple):
            raise self._fail(key, f"应为列表，现为 {value!r}", f"must be a list, not {value!r}")
        return value

    def codes(self, key: str) -> Sequence[str | None]:
        """A list of codes; None stands for a blank cell."""
        return [None if code is None else str(code) for code in self.entries(key)]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(map(str, self.entries(key)))

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, ascending."""
        found = self.entries(key)
        if any(type(n) is not int or n < 0 for n in found):
            zh, en = "应为不小于 0 的整数的列表", "must be a list of whole numbers from 0 on"
            raise self._fail(key, f"{zh}，现为 {found!r}", f"{en}, not {found!r}")
        return tuple(sorted(n for n in found if isinstance(n, int)))

    def days(self, key: str) -> frozenset[date]:
        """A list of days, as dates or ISO texts."""
        try:
            return frozenset(
                d if isinstance(d, date) else date.fromisoformat(str(d)) for d in self.entries(key)
            )
        except ValueError as e:
            zh, en = f"应为日期的列表（{e}）", f"must be a list of dates ({e})"
            raise self._fail(key, zh, en) from e
