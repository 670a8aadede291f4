"""The context of the Summary's template: everything it shows, as plain values."""

from __future__ import annotations

import pandas as pd

from tracker.summary import calls, faults, series, tiers, worklists
from tracker.summary.products import Sales
from tracker.summary.source import Source


def build(
    source: Source,
    *,
    title: str,
    rep: str | None = None,
) -> dict[str, object]:
    """What the template may name; words are in `source.lang`, what has no columns is None.

    `title` heads the page, `rep` is who keeps the workbook. Lists are cut at the lengths under
    `summary` in the schema's thresholds.
    """
    made, sales = calls.made(source), Sales(source)
    products = sales.by_product()
    late = {
        "overdue_visits": worklists.overdue_visits(source, source.limit("overdue_visits")),
        "overdue_issues": worklists.overdue_issues(source, source.limit("overdue_issues")),
    }
    return {
        "lang": source.lang,
        "title": title,
        "rep": rep,
        "as_of": source.as_of,
        "findings_sheet": source.schema.sheet_title("findings", source.lang),
        "key": _key_figures(source, made)
        | {"sales": sales.leading}
        | {name: found and found["total"] for name, found in late.items()},
        "period": sales.period,
        "products": products and products[: source.limit("products")],
        "products_total": len(products or ()),
        "periods": sales.by_period(),
        "calls_by_month": calls.by_month(made, source.as_of),
        "calls_by_tier": calls.by_tier(source),
        "tiers": tiers.matrix(source),
        "totals": series.product_totals(sales),
        "movers": series.movers(sales, source.limit("trends")),
        "faults": faults.table(source),
        **late,
    }


def _key_figures(source: Source, made: pd.DataFrame) -> dict[str, object]:
    known = source.has("customers")
    return {
        "customers": len(tiers.active(source)) if known else None,
        "customers_all": len(source.frames["customers"]) if known else None,
        "calls_30": calls.in_window(source, made, source.settings.recent_days),
        "calls_90": calls.in_window(source, made, source.settings.longer_days),
        "visits_excluded": source.excluded("visits"),
        "plan": calls.plan(source),
        "open_issues": len(worklists.open_issues(source)) if source.has("issues") else None,
    }
