"""The windows of many series as one array, and the rules that call a window a rise or a fall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from tracker.metrics.arith import TOLERANCE
from tracker.metrics.series import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from tracker.metrics.arith import Flags, Floats

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
SHORT = 4  # fewer points can never be significant, so all of their pairs must agree


@dataclass(frozen=True, slots=True)
class TrendSettings:
    """Which rule judges how many of the last points, and the least relative change it calls one.

    `min_change_short` is for two or three points.
    """

    rule: str
    window: int
    min_change: float
    min_change_short: float


Verdict = tuple["Floats", "Flags", "Flags"]


@dataclass(frozen=True)
class Windows:
    """The last points of many series, one a row, oldest first, NaN after the last.

    `x` are the values, `t` their ordinals, `year_before` the value a year before the last point.
    """

    x: Floats
    t: Floats
    year_before: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, width: int, count: int) -> Windows:
        """From rows sorted by series and ordinal, as `tracker.metrics.trend.trends` takes them."""
        series, ordinal = table["series"].to_numpy(), table["ordinal"].to_numpy()
        at = np.arange(len(series))
        start, stop = (np.searchsorted(series, series, side) for side in _SIDES)
        tail = at[stop - at <= width]
        place = series[tail], (at - np.maximum(start, stop - width))[tail]
        x, t = np.full((count, width), np.nan), np.full((count, width), np.nan)
        x[place], t[place] = table["actual"].to_numpy()[tail], ordinal[tail]
        last = at[stop - at == 1]
        a_year_ago = ordinal[last] - table["per_year"].to_numpy()[last]
        year_before = np.full(count, np.nan)
        year_before[series[last]] = History.of(table).found(series[last], a_year_ago)
        return cls(x, t, year_before)

    @cached_property
    def n(self) -> NDArray[np.int64]:
        """Number of points of each window."""
        count: NDArray[np.int64] = np.isfinite(self.x).sum(axis=1, dtype=np.int64)
        return count

    @cached_property
    def total(self) -> Floats:
        """Sum of each window, 0 for one without points."""
        total: Floats = np.nansum(self.x, axis=1)
        return total

    @cached_property
    def last(self) -> Floats:
        """Newest value of each window, NaN for one without points."""
        return self.before_last(0)

    def before_last(self, back: int) -> Floats:
        """The value `back` points before the newest, NaN where the window is too short."""
        place = self.n - 1 - back
        found = np.take_along_axis(self.x, place.clip(min=0)[:, None], axis=1)[:, 0]
        return np.where(place >= 0, found, np.nan)

    @cached_property
    def span(self) -> Floats:
        """Periods from the first to the last point."""
        last = np.take_along_axis(self.t, (self.n - 1).clip(min=0)[:, None], axis=1)[:, 0]
        return last - self.t[:, 0]

    @cached_property
    def _rises(self) -> tuple[Floats, Floats]:
        """Differences of value and of time over all pairs, earlier from later."""
        i, j = np.triu_indices(self.x.shape[1], k=1)
        return self.x[:, j] - self.x[:, i], self.t[:, j] - self.t[:, i]

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """Number of pairs of points."""
        return self.n * (self.n - 1) // 2

    @cached_property
    def kendall_s(self) -> NDArray[np.int64]:
        """Rising pairs less falling pairs."""
        rising: Floats = np.nansum(np.sign(self._rises[0]), axis=1)
        return rising.astype(np.int64)

    @cached_property
    def slope(self) -> Floats:
        """Theil-Sen slope: median over all pairs of the change a period."""
        rise, run = self._rises
        return _median(rise / run, self.pairs)

    @cached_property
    def level(self) -> Floats:
        """What changes are measured against: the median, or the mean size where that is 0."""
        median = _median(self.x, self.n)
        return np.where(median == 0, _over(np.nansum(np.abs(self.x), axis=1), self.n), median)


def _median(values: Floats, count: NDArray[np.int64]) -> Floats:
    """Median of the `count` known values of each row, NaN for a row without."""
    ordered = np.sort(values, axis=1)
    low, high = (count - 1).clip(min=0) // 2, count // 2
    both = np.take_along_axis(ordered, np.stack([low, high.clip(max=ordered.shape[1] - 1)], 1), 1)
    return np.where(count > 0, both.mean(axis=1), np.nan)


def _over(part: Floats, whole: Floats | NDArray[np.int64]) -> Floats:
    """Relative size, NaN where there is nothing to measure against."""
    known = np.isfinite(whole) & (whole != 0)
    return np.where(known, part / np.where(known, np.abs(whole), 1.0), np.nan)


def theil_sen(windows: Windows, settings: TrendSettings) -> Verdict:
    """A change big enough and consistent enough (the default, M-09)."""
    change = _over(windows.slope * windows.span, windows.level)
    short = windows.n < SHORT
    least = np.where(short, settings.min_change_short, settings.min_change) - TOLERANCE
    pairs, s = windows.pairs, windows.kendall_s
    consistent = np.where(short, pairs, np.maximum(SHORT, pairs / 3)) - TOLERANCE
    return change, (change >= least) & (s >= consistent), (change <= -least) & (s <= -consistent)


def last_vs_prev(windows: Windows, settings: TrendSettings) -> Verdict:
    """The newest value against the one before."""
    before = windows.before_last(1)
    return _by_change(_over(windows.last - before, before), settings)


def half_means(windows: Windows, settings: TrendSettings) -> Verdict:
    """Mean of the newer half against that of the older half; a middle point counts in neither."""
    place, size = np.arange(windows.x.shape[1]), (windows.n // 2)[:, None]
    older = np.where(place < size, windows.x, 0.0).sum(axis=1)
    newer = np.where(
        (place >= windows.n[:, None] - size) & (place < windows.n[:, None]), windows.x, 0.0
    ).sum(axis=1)
    return _by_change(_over(newer - older, older), settings)


def yoy(windows: Windows, settings: TrendSettings) -> Verdict:
    """The newest value against the same period of last year."""
    before = windows.year_before
    return _by_change(_over(windows.last - before, before), settings)


def _by_change(change: Floats, settings: TrendSettings) -> Verdict:
    least = settings.min_change - TOLERANCE
    return change, change >= least, change <= -least


RULES: Mapping[str, Callable[[Windows, TrendSettings], Verdict]] = MappingProxyType(
    {f.__name__: f for f in (theil_sen, last_vs_prev, half_means, yoy)}
)
