"""The context of the Summary's template: everything it shows, as plain values."""

from __future__ import annotations

from tracker.summary import calls, faults, products, series, tiers, worklists
from tracker.summary.source import Source


def build(
    source: Source,
    *,
    title: str,
    rep: str | None = None,
) -> dict[str, object]:
    """What the template may name; words are in `source.lang`, a section without its columns is None.

    `title` heads the page, `rep` is who keeps the workbook. Lists are cut at the lengths under
    `summary` in the schema's thresholds.
    """
    made = calls.made(source)
    return {
        "lang": source.lang,
        "title": title,
        "rep": rep,
        "as_of": source.as_of,
        "findings_sheet": source.schema.sheet_title("findings", source.lang),
        "key": _key_figures(source, made),
        "period": products.running_period(source),
        "products": products.by_product(source) if source.has("targets") else None,
        "periods": products.by_period(source),
        "calls_by_month": calls.by_month(made, source.as_of),
        "calls_by_tier": calls.by_tier(source),
        "tiers": tiers.matrix(source),
        "totals": series.product_totals(source),
        "movers": series.movers(source, source.limit("trends")),
        "overdue_visits": worklists.overdue_visits(source, source.limit("overdue_visits")),
        "overdue_issues": worklists.overdue_issues(source, source.limit("overdue_issues")),
        "faults": faults.table(source),
    }


def _key_figures(source: Source, made: calls.Calls) -> dict[str, object]:
    visits = worklists.overdue_visits(source, 0)
    issues = worklists.overdue_issues(source, 0)
    return {
        "customers": len(tiers.active(source)) if source.has("customers") else None,
        "customers_all": len(source.frames["customers"]) if source.has("customers") else None,
        "calls_30": calls.in_window(made, source.as_of, 30) if source.has("visits") else None,
        "calls_90": calls.in_window(made, source.as_of, 90) if source.has("visits") else None,
        "visits_excluded": source.excluded("visits"),
        "plan": calls.plan(source),
        "sales": products.leading(source),
        "overdue_visits": visits and visits["total"],
        "open_issues": len(worklists.open_issues(source)) if source.has("issues") else None,
        "overdue_issues": issues and issues["total"],
    }
