"""Sales trends of the Summary: the total of each product, and the series that moved most."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tracker.metrics import period, trend
from tracker.metrics.series import KEYS, Ledger
from tracker.summary.products import GRAINS, Sales
from tracker.summary.source import Source, number, text

_JUDGED = ("trend", "trend_change", "trend_n", "trend_confidence")


def product_totals(sales: Sales) -> list[dict[str, object]] | None:
    """The series of each product and unit over all subjects; None without the columns.

    A row has `product`, `unit`, `points` (oldest first), `first`, `last`, `change`, `trend` and
    `trend_code`, `n`, `confidence`; `subject` and `link` are None.
    """
    if not sales.known:
        return None
    rows = _of_one_grain(sales.rows, sales.source)
    ledger = _ledger(sales.source, rows, ("item", "unit"))
    entries = [
        entry | {"product": text(head["item"], 24), "subject": None, "link": None}
        for entry, head in _entries(sales.source, ledger, _trends(sales.source, ledger))
    ]
    return sorted(entries, key=lambda e: (str(e["product"]), str(e["unit"])))


def movers(sales: Sales, longest: int) -> list[dict[str, object]]:
    """The series of single subjects that rise or fall most, as `product_totals`, and `subject`.

    They are told by the computed columns of their newest rows, to which `link` leads.
    """
    source = sales.source
    if not sales.known or not source.has("targets", *_JUDGED):
        return []
    table = source.tables["targets"]
    moved = table[table["trend"].isin(["up", "down"])]
    if "subject_level" in moved:
        moved = moved[moved["subject_level"].ne("rep")]
    moved = moved.join(period.facts(moved["period"], source.as_of)[["grain", "ordinal", "state"]])
    grain = next((g for g in GRAINS if moved["grain"].eq(g).any()), GRAINS[0])
    moved = moved[moved["grain"].eq(grain)].sort_values("ordinal", kind="stable")
    keys = [name for name in KEYS if name in moved]
    number_of = moved.groupby(keys, dropna=False, sort=False).ngroup()
    heads = moved[~number_of.duplicated(keep="last")].assign(series=number_of)
    largest = heads["trend_change"].abs().sort_values(ascending=False, kind="stable").index
    known = moved[moved["state"].eq("complete") & moved["actual"].notna()]
    actuals = known["actual"].groupby(number_of.reindex(known.index))
    return [
        _mover(source, heads.loc[row], actuals.get_group(heads.loc[row, "series"]))
        for row in largest[:longest]
    ]


def _ledger(source: Source, rows: pd.DataFrame, by: tuple[str, ...]) -> Ledger:
    days = source.settings.workdays
    return Ledger.of(rows, source.validity("targets"), source.as_of, by, workdays=days)


def _trends(source: Source, ledger: Ledger) -> pd.DataFrame:
    """Trends of the series that have points."""
    found = trend.of_ledger(ledger, source.settings.trend)
    return found[found["n"] > 0]


def _of_one_grain(rows: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Rows of the first grain of `GRAINS` that there is: lengths of period are never mixed."""
    grains = period.facts(rows["period"], source.as_of)["grain"]
    grain = next((g for g in GRAINS if grains.eq(g).any()), GRAINS[0])
    return rows[grains.eq(grain)]


def _mover(source: Source, newest: pd.Series, actuals: pd.Series) -> dict[str, object]:
    result = {
        "unit": newest["unit"], "change": newest["trend_change"], "label": newest["trend"],
        "n": newest["trend_n"], "confidence": newest["trend_confidence"],
    }  # fmt: skip
    return _entry(source, actuals, result) | {
        "product": text(newest.get("product_key") or newest["product"], 24),
        "subject": _subject(source, newest),
        "link": source.link("targets", int(str(newest.name))),
    }


def _subject(source: Source, newest: pd.Series) -> str:
    key = newest.get("customer_key")
    person = source.people.get(str(key)) if newest.get("subject_level") == "person" else None
    name = person["name"] if person else (key or newest.get("customer"))
    parts = (text(name, 24), text(newest.get("department"), 16))
    return " · ".join(p for p in parts if p)


def _entries(
    source: Source, ledger: Ledger, results: pd.DataFrame
) -> list[tuple[dict[str, object], pd.Series]]:
    """What the template shows of each series, with its row of `results`."""
    actuals = ledger.points.groupby("series")["actual"]
    return [
        (_entry(source, actuals.get_group(series), result), result)
        for series, result in results.iterrows()
    ]


def _entry(
    source: Source, actuals: pd.Series, result: Mapping[str, object] | pd.Series
) -> dict[str, object]:
    points = [float(v) for v in actuals.tail(source.settings.trend.window)]
    return {
        "unit": source.word("targets", "unit", result["unit"]),
        "points": points,
        "first": points[0],
        "last": points[-1],
        "change": number(result["change"]),
        "trend": source.word("targets", "trend", result["label"]),
        "trend_code": result["label"],
        "n": number(result["n"]),
        "confidence": source.word("targets", "trend_confidence", result["confidence"]),
    }
