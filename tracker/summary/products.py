"""Attainment by product in the running period, and target against actual over the periods."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from tracker.book.period import Grain
from tracker.metrics import attainment, pace, period
from tracker.summary.source import Source, number, text

_NEEDED = ("product", "period", "unit", "target", "actual")
GRAINS: tuple[Grain, ...] = ("quarter", "month", "half", "year")
_PERIODS = 8


class Sales:
    """Targets and actuals of one workbook, each part computed once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.known = source.has("targets", *_NEEDED)

    @cached_property
    def period(self) -> str | None:
        """The quarter of the day if any row has it, else the finest running period there is."""
        if not self.known:
            return None
        there = set(self.source.frames["targets"]["period"].dropna())
        names = (period.holding(self.source.as_of, grain) for grain in GRAINS)
        return next((name for name in names if name in there), None)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Rows that may be added up, faulty ones included, with the product's name in `item`.

        Rows of the whole territory count only where their product and unit has no others; the
        column `subject_level` is gone, its work is done.
        """
        frame = self.source.frames["targets"]
        item = frame["product_key"] if "product_key" in frame else frame["product"]
        frame = frame.assign(item=item.fillna(frame["product"]))
        if "subject_level" not in frame:
            return frame
        part = frame["subject_level"].ne("rep")
        apart = part.groupby([frame["item"], frame["unit"]], dropna=False).transform("any")
        return frame[part | ~apart].drop(columns="subject_level")

    @cached_property
    def _running(self) -> pd.DataFrame:
        """The M-02 aggregate of the running period, a row a product and unit."""
        rows = self.rows[self.rows["period"].eq(self.period or "")]
        sums = self._aggregate(rows, "item").reset_index()
        return sums[(sums["rows"] + sums["excluded"] + sums["total_sales"].abs()) > 0]

    def _aggregate(self, rows: pd.DataFrame, by: str) -> pd.DataFrame:
        valid = self.source.validity("targets")
        days = self.source.settings.workdays
        return attainment.aggregate(rows, valid, self.source.as_of, [by], days)

    @cached_property
    def leading(self) -> dict[str, object] | None:
        """Attainment of the running period in the unit with the largest target; None without one.

        `unit` (its word), `unit_code`, `target`, `actual`, `attainment`, `time_progress`,
        `coverage` (share of rows with an actual), `excluded`.
        """
        if self.period is None or self._running.empty:
            return None
        sums = self._running.assign(known=lambda t: (t["actual_coverage"] * t["rows"]).fillna(0))
        parts = ["target", "actual", "to_date", "known", "rows", "excluded"]
        by_unit = sums.groupby("unit")[parts].sum().reset_index()
        total = by_unit.sort_values("target", kind="stable").iloc[-1]
        if not total["target"] > 0:
            return None
        return {
            "unit": self.source.word("targets", "unit", total["unit"]),
            "unit_code": total["unit"],
            "target": float(total["target"]),
            "actual": float(total["actual"]),
            "attainment": float(total["actual"] / total["target"]),
            "time_progress": float(total["to_date"] / total["target"]),
            "coverage": float(total["known"] / total["rows"]),
            "excluded": int(total["excluded"]),
        }

    def by(self, keys: pd.Series) -> list[dict[str, object]]:
        """Attainment of the running period, a row a key and unit, as `by_product`; `key` says which.

        `keys` names the group of each row of targets; rows without one are left out. The farthest
        behind the pace stands first, unit by unit; `behind` is by how much.
        """
        if not self.known or self.period is None:
            return []
        rows = self.rows.assign(item=keys.reindex(self.rows.index))
        rows = rows[rows["period"].eq(self.period) & rows["item"].notna()]
        sums = self._aggregate(rows, "item").reset_index()
        sums = _with_pace(self.source, sums[sums["rows"] > 0])
        sums["behind"] = sums["to_date"] - sums["actual"]
        rank = sums["unit"].map(self.source.rank("targets", "unit"))
        sums = sums.assign(place=rank, several=False)
        sums = sums.sort_values(["place", "behind"], ascending=[True, False], kind="stable")
        return [
            _entry(self.source, row)
            | {"behind": number(row["behind"]), "key": text(row["item"], 40)}
            for row in _records(sums)
        ]

    def by_product(self) -> list[dict[str, object]] | None:
        """Attainment of the running period, a row a product and unit; None without the columns.

        By unit, the largest target first.

        `product`, `unit`, `label` (with the unit, where a product has several), `target`,
        `actual`, `attainment`, `coverage`, `time_progress`, `time_adjusted`, `pace` and
        `pace_code`, `forecast`, `forecast_attainment`, `excluded` (rows with errors).
        """
        if not self.known:
            return None
        if self.period is None:
            return []
        sums = _with_pace(self.source, self._running.copy())
        rank = self.source.rank("targets", "unit")
        sums = sums.assign(
            place=sums["unit"].map(rank), several=sums["item"].duplicated(keep=False)
        )
        sums = sums.sort_values(["place", "target"], ascending=[True, False], kind="stable")
        return [_entry(self.source, row) for row in _records(sums)]

    def by_period(self) -> dict[str, object] | None:
        """Target and actual of the last eight started periods in the leading unit."""
        if self.leading is None or self.period is None:
            return None
        known = period.facts(self.rows["period"], self.source.as_of)
        same = known["grain"].eq(period.split(self.period).grain)
        rows = self.rows[same & self.rows["unit"].eq(str(self.leading["unit_code"]))]
        sums = self._aggregate(rows, "period")
        sums = sums[sums["rows"] > 0].reset_index().sort_values("period").tail(_PERIODS)
        shown = sums[["period", "target", "actual"]].to_dict("records")
        return {"unit": self.leading["unit"], "rows": shown}


def sales(source: Source) -> Sales:
    """The sales of a workbook, for `Source.once`."""
    return Sales(source)


def _with_pace(source: Source, sums: pd.DataFrame) -> pd.DataFrame:
    settings = source.settings
    state = pd.Series("running", index=sums.index, dtype=object)
    gone = sums["time_progress"]
    ahead = pace.forecast(sums["actual"], gone, state, settings.forecast_min_progress)
    sums["forecast"] = ahead.where(sums["actual_coverage"].gt(0))
    sums["forecast_attainment"] = sums["forecast"] / sums["target"].where(sums["target"] > 0)
    known = sums["time_adj_attainment"].where(sums["actual_coverage"].gt(0))
    sums["pace_code"] = pace.status(sums["attainment"], known, state, settings.bands)
    return sums


def _records(sums: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in sums.to_dict("records")]


def _entry(source: Source, row: dict[str, object]) -> dict[str, object]:
    product, unit = text(row["item"], 24), source.word("targets", "unit", row["unit"])
    code = row["pace_code"]
    same = ("target", "actual", "attainment", "time_progress", "forecast", "forecast_attainment")
    return {
        "product": product,
        "unit": unit,
        "label": f"{product}·{unit}" if row["several"] else product,
        "coverage": number(row["actual_coverage"]),
        "time_adjusted": number(row["time_adj_attainment"]),
        "pace": source.word("targets", "pace_status", code),
        "pace_code": code,
        "excluded": number(row["excluded"]),
        **{key: number(row[key]) for key in same},
    }
