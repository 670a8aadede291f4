"""Working days of a country, make-up days included, as the package `holidays` knows them (M-03).

Needs the extra `tracker[holidays]`; nothing of it is imported where calendar days are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from tracker.errors import ConfigError
from tracker.metrics.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Workdays:
    """Which days are worked: those of the country, except as a company says otherwise."""

    country: str
    off: frozenset[date]
    worked: frozenset[date]

    @classmethod
    def of(cls, section: Section) -> Self | None:
        """From `time` of the thresholds; None where calendar days count.

        Raises:
            ConfigError: working days are asked for and the package is not installed, or does not
                know the country.
        """
        if section.choice("calendar", ("calendar", "workday")) == "calendar":
            return None
        found = cls(
            str(section.get("country")), section.days("days_off"), section.days("days_worked")
        )
        _country(found.country)
        return found

    @cached_property
    def _is_working_day(self) -> Callable[[date], bool]:
        return _country(self.country)

    def works(self, day: date) -> bool:
        """Whether a day is worked."""
        if day in self.worked or day in self.off:
            return day in self.worked
        return self._is_working_day(day)

    def counted(self, first: pd.Series, last: pd.Series) -> pd.Series:
        """Working days from `first` to `last` (datetime64), both inside; NaN where one is blank."""
        known = pd.concat([first, last]).dropna()
        if known.empty:
            return pd.Series(np.nan, index=first.index)
        start, end = known.min().date(), known.max().date()
        days = (start + timedelta(days=n) for n in range((end - start).days + 1))
        total = np.concatenate([[0], np.cumsum([self.works(day) for day in days])])
        both = first.notna() & last.notna()
        place = [
            (values[both].to_numpy("datetime64[D]") - np.datetime64(start)) // _DAY
            for values in (first, last)
        ]
        found = np.where(place[1] >= place[0], total[place[1] + 1] - total[place[0]], 0)
        return pd.Series(found.astype("float64"), first.index[both]).reindex(first.index)


@lru_cache(maxsize=8)
def _country(name: str) -> Callable[[date], bool]:
    if find_spec("holidays") is None:
        raise ConfigError(
            path="thresholds",
            zh="time.calendar 为 workday，但没有安装 holidays；请运行 pip install 'tracker[holidays]'，"
            "或改为 calendar",
            en="time.calendar is workday, but holidays is not installed; run pip install "
            "'tracker[holidays]', or set it to calendar",
        )
    import holidays

    try:
        known = holidays.country_holidays(name)
    except NotImplementedError as e:
        raise ConfigError(
            path="thresholds",
            zh=f"time.country “{name}”不是 holidays 认识的国家代码（例：CN）",
            en=f'time.country "{name}" is no country code that holidays knows (such as CN)',
        ) from e
    return known.is_working_day
