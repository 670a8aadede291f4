"""What the computations of one workbook read: its rows, which of them are sound, what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date
from functools import cached_property

import pandas as pd

from tracker.metrics import adoption, materials, subjects
from tracker.metrics.calls import attendance
from tracker.metrics.series import Ledger
from tracker.metrics.settings import Settings

Columns = dict[str, pd.Series]


@dataclass(frozen=True)
class Sheets:
    """The tables of a workbook on a day.

    Attributes:
        frames: module -> its rows, index Excel row, as `tracker.book` reads them.
        valid: module -> whether each row is free of errors (bool, same index).
        as_of: the day D everything is computed for.
        settings: thresholds.
        found: module -> the columns computed so far, on the same index.
    """

    frames: Mapping[str, pd.DataFrame]
    valid: Mapping[str, pd.Series]
    as_of: date
    settings: Settings
    found: dict[str, Columns] = having(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether the workbook holds, or has got, each "module.column" or "module"."""
        return all(self._has(*name.partition(".")) for name in names)

    def _has(self, module: str, _: str, column: str) -> bool:
        if module not in self.frames:
            return False
        return not column or column in self.frames[module] or column in self.found.get(module, ())

    def sound(self, module: str) -> pd.DataFrame:
        """The rows of a module that are free of errors, without computed columns."""
        return self.frames[module][self.valid[module]]

    @cached_property
    def ledger(self) -> Ledger:
        """The rows of targets sorted into series; they need `period` and `actual`."""
        targets, valid = self.frames["targets"], self.valid["targets"]
        return Ledger.of(targets, valid, self.as_of, workdays=self.settings.workdays)

    @cached_property
    def sales_trend(self) -> pd.DataFrame:
        """Trend of each customer's sales, see `subjects.trend_now`."""
        customers, trend = self.frames["customers"], self.settings.trend
        return subjects.trend_now(customers, self.ledger, self.valid["targets"], trend)

    @cached_property
    def sales_running(self) -> pd.DataFrame:
        """Each customer's sales of the running period, see `subjects.running`."""
        return subjects.running(self.frames["customers"], self.ledger, self.valid["targets"])

    @cached_property
    def stages(self) -> pd.DataFrame:
        """The adoption stages on record, see `adoption.records`."""
        return adoption.records(self.frames["messaging"], self.valid["messaging"], self.as_of)

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """The materials that were handed over, see `materials.deliveries`."""
        return materials.deliveries(self.frames["messaging"], self.valid["messaging"], self.as_of)

    @cached_property
    def attended(self) -> pd.DataFrame:
        """Completed visits up to D, one row an attending customer, in order of date and row.

        Columns: `who`, and those of visits that tell when it was and what was said.
        """
        visits = self.frames["visits"]
        held = self.valid["visits"] & (visits["visit_status"] == "completed")
        held &= visits["visit_date"] <= pd.Timestamp(self.as_of)
        order = [name for name in ("visit_date", "start_time") if name in visits]
        said = [n for n in ("competitor_activity", "customer_response") if n in visits]
        mine = visits.loc[held, ["customer_key", *order, *said]]
        return attendance(mine.sort_values(order, kind="stable"))
