"""Sales trends of the Summary: the total of each product, and the series that moved most."""

from __future__ import annotations

import pandas as pd

from tracker.metrics import period, trend
from tracker.metrics.series import numbers
from tracker.summary.products import own_rows
from tracker.summary.source import Source, number, text

_GRAINS: tuple[period.Grain, ...] = ("quarter", "month", "half", "year")
_NEEDED = ("product", "period", "unit", "actual", "trend", "trend_change")


def product_totals(source: Source) -> list[dict[str, object]] | None:
    """The series of each product and unit over all subjects; None without the columns.

    A row has `product`, `unit`, `values` (oldest first), `first`, `last`, `change`, `trend` and
    `trend_code`, `n`, `confidence`.
    """
    if not source.has("targets", *_NEEDED):
        return None
    rows = own_rows(source)
    rows, grain = _of_one_grain(rows, source)
    valid = source.tables["targets"].index
    points = trend.series(rows, rows.index.to_series().isin(valid), source.as_of, ("item", "unit"))
    if points.empty:
        return []
    points["per_year"] = period.PER_YEAR[grain]
    results = trend.trends(points, source.settings.trend, int(points["series"].max()) + 1)
    groups = points.groupby("series")
    entries = [
        _entry(source, group, results.loc[key].to_dict()) | {"product": group["item"].iloc[0]}
        for key, group in groups
    ]
    return sorted(entries, key=lambda e: (str(e["product"]), str(e["unit"])))


def movers(source: Source, longest: int) -> list[dict[str, object]]:
    """The series of single subjects that rise or fall most, as `product_totals`, and `subject`.

    `sheet` and `row` lead to the newest row of the series.
    """
    if not source.has("targets", *_NEEDED):
        return []
    table = source.tables["targets"]
    if "subject_level" in table:
        table = table[table["subject_level"].ne("rep")]
    table, _ = _of_one_grain(table, source)
    known = period.facts(table["period"], source.as_of)
    table = table.assign(number=numbers(table, known), ordinal=known["ordinal"])
    heads = table[table["trend"].isin(["up", "down"])].sort_values("ordinal", kind="stable")
    heads = heads.drop_duplicates("number", keep="last").copy()
    heads["size"] = heads["trend_change"].abs()
    heads = heads.sort_values("size", ascending=False, kind="stable").head(longest)
    done = table[known["state"].eq("complete") & table["actual"].notna()]
    points = done[done["number"].isin(heads["number"])].sort_values("ordinal").groupby("number")
    return [
        _mover(source, int(str(i)), h, points.get_group(h["number"])) for i, h in heads.iterrows()
    ]


def _of_one_grain(rows: pd.DataFrame, source: Source) -> tuple[pd.DataFrame, period.Grain]:
    """Rows of the first grain of `_GRAINS` that there is, and that grain."""
    grains = period.facts(rows["period"], source.as_of)["grain"]
    grain = next((g for g in _GRAINS if grains.eq(g).any()), _GRAINS[0])
    return rows[grains.eq(grain)], grain


def _mover(
    source: Source, row: int, head: pd.Series[object], points: pd.DataFrame
) -> dict[str, object]:
    result = {
        "label": head["trend"],
        "change": head["trend_change"],
        "n": head.get("trend_n"),
        "confidence": head.get("trend_confidence"),
    }
    product = head.get("product_key") or head["product"]
    place = {"sheet": source.sheet("targets"), "row": row}
    return (
        _entry(source, points, result)
        | place
        | {
            "subject": _subject(source, head),
            "product": text(product, 24),
        }
    )


def _subject(source: Source, head: pd.Series[object]) -> str:
    key = head.get("customer_key")
    person = source.people.get(str(key)) if head.get("subject_level") == "person" else None
    name = person["name"] if person else (key or head.get("customer"))
    parts = (text(name, 24), text(head.get("department"), 16))
    return " · ".join(p for p in parts if p)


def _entry(source: Source, points: pd.DataFrame, result: dict[str, object]) -> dict[str, object]:
    values = [float(v) for v in points["actual"].tail(source.settings.trend.window)]
    return {
        "unit": source.word("targets", "unit", points["unit"].iloc[0]),
        "values": values,
        "first": values[0],
        "last": values[-1],
        "change": number(result["change"]),
        "trend": source.word("targets", "trend", result["label"]),
        "trend_code": result["label"],
        "n": number(result["n"]),
        "confidence": source.word("targets", "trend_confidence", result["confidence"]),
    }
