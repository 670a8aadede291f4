"""Attainment by product in the running period, and target against actual over the periods."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import attainment, pace, period
from tracker.summary.source import Source, number, text

_NEEDED = ("product", "period", "unit", "target", "actual")
_GRAINS: tuple[period.Grain, ...] = ("quarter", "month", "half", "year")
_PERIODS = 8


def running_period(source: Source) -> str | None:
    """The quarter of the day if any target row has it, else the finest running period there is."""
    if not source.has("targets", *_NEEDED):
        return None
    there = set(source.frames["targets"]["period"].dropna())
    names = (period.holding(source.as_of, grain) for grain in _GRAINS)
    return next((name for name in names if name in there), None)


def own_rows(source: Source) -> pd.DataFrame:
    """Target rows that may be added up, faulty ones included, with the product's name in `item`.

    Rows of the whole territory count only where their product and unit has no others; the column
    `subject_level` is gone, its work is done.
    """
    frame = source.frames["targets"]
    item = frame["product_key"] if "product_key" in frame else frame["product"]
    frame = frame.assign(item=item.fillna(frame["product"]))
    if "subject_level" not in frame:
        return frame
    part = frame["subject_level"].ne("rep")
    apart = part.groupby([frame["item"], frame["unit"]], dropna=False).transform("any")
    return frame[part | ~apart].drop(columns="subject_level")


def leading(source: Source) -> dict[str, object] | None:
    """Attainment of the running period in the unit with the largest target; None without one.

    `unit` (its word), `target`, `actual`, `attainment`, `time_progress`, `coverage`, `excluded`.
    """
    running = running_period(source)
    if running is None:
        return None
    sums = _sums(source, own_rows(source), running, [])
    if sums["target"].max() <= 0:
        return None
    code = sums["target"].idxmax()
    row = sums.loc[code]
    return {
        "unit": source.word("targets", "unit", code),
        "unit_code": code,
        "coverage": number(row["actual_coverage"]),
        **{k: number(row[k]) for k in ("target", "actual", "attainment", "time_progress")},
        "excluded": number(row["excluded"]),
    }


def by_product(source: Source) -> list[dict[str, object]]:
    """Attainment of the running period, a row for each product and unit.

    `product`, `unit`, `label` (both, where a product has several units), `target`, `actual`,
    `attainment`, `coverage`, `time_progress`, `time_adjusted`, `pace` and `pace_code`, `forecast`,
    `forecast_attainment`, `excluded` (rows with errors).
    """
    running = running_period(source)
    if running is None:
        return []
    sums = _sums(source, own_rows(source), running, ["item"])
    sums = sums[(sums["rows"] + sums["excluded"] + sums["total_sales"].abs()) > 0]
    sums = _with_pace(source, sums.reset_index())
    several = sums["item"].duplicated(keep=False)
    return [
        _entry(source, row, several=bool(many))
        for row, many in zip(sums.to_dict("records"), several, strict=True)
    ]


def by_period(source: Source) -> dict[str, object] | None:
    """Target and actual of the last eight started periods in the leading unit: `unit`, `rows`."""
    head, running = leading(source), running_period(source)
    if head is None or running is None:
        return None
    rows = own_rows(source)
    known = period.facts(rows["period"], source.as_of)
    rows = rows[known["grain"].eq(period.split(running).grain) & rows["unit"].eq(head["unit_code"])]
    sums = attainment.aggregate(rows, _validity(source), source.as_of, ["period"])
    sums = sums[sums["rows"] > 0].reset_index().sort_values("period").tail(_PERIODS)
    shown = sums[["period", "target", "actual"]].to_dict("records")
    return {"unit": head["unit"], "rows": shown}


def _validity(source: Source) -> pd.Series:
    frame = source.frames["targets"]
    valid = source.valid.get("targets")
    return pd.Series(data=True, index=frame.index) if valid is None else valid


def _sums(source: Source, rows: pd.DataFrame, running: str, by: list[str]) -> pd.DataFrame:
    rows = rows[rows["period"].eq(running)]
    return attainment.aggregate(rows, _validity(source), source.as_of, by)


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


def _entry(source: Source, row: dict[str, object], *, several: bool) -> dict[str, object]:
    product, unit = text(row["item"], 24), source.word("targets", "unit", row["unit"])
    code = row["pace_code"]
    same = ("target", "actual", "attainment", "time_progress", "forecast", "forecast_attainment")
    return {
        "product": product,
        "unit": unit,
        "label": f"{product}·{unit}" if several else product,
        "coverage": number(row["actual_coverage"]),
        "time_adjusted": number(row["time_adj_attainment"]),
        "pace": source.word("targets", "pace_status", code),
        "pace_code": code,
        "excluded": number(row["excluded"]),
        **{key: number(row[key]) for key in same},
    }
