"""Sales against the market's growth (M-10) and against the potential (M-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.arith import ratio
from tracker.metrics.growth import growth
from tracker.metrics.series import History
from tracker.metrics.subjects import of_targets, themselves

if TYPE_CHECKING:
    from tracker.metrics.series import Ledger

_MONTHS = 12


def index_of(product: pd.Series, market: pd.Series) -> pd.Series:
    """Evolution index of two growths given as shares: 100 keeps pace with the market (M-10)."""
    return ratio(100 * (1 + product), 1 + market)


def evolution_index(ledger: Ledger, valid: pd.Series) -> pd.Series:
    """Evolution index of each row of targets: growth on last year against that of `market_size`.

    NaN unless the period is complete and both growths are known.
    """
    rows = ledger.rows
    a_year = rows["series"].map(ledger.keys["per_year"])
    same = (rows["series"], rows["ordinal"] - a_year)
    complete = rows["state"] == "complete"
    sound = valid & complete & rows["market_size"].notna()
    points = rows[sound].sort_values(["series", "ordinal"], kind="stable")
    points = points.drop_duplicates(["series", "ordinal"]).astype({"ordinal": "int64"})
    market = History.of(points[["series", "ordinal"]].assign(actual=points["market_size"]))
    product = growth(rows["actual"], History.of(ledger.points).at(*same))
    found = index_of(product, growth(rows["market_size"], market.at(*same)))
    return found.where(complete)


def realised(ledger: Ledger, customers: pd.DataFrame) -> pd.Series:
    """Actual against the potential of the row's subject over its period, same unit (M-11, float64).

    Args:
        ledger: rows of targets with `subject_level`, `customer_key` and `unit`.
        customers: sound rows; `potential_volume` is a month's. A person's potential is its own, an
            institution's that of the customer that is this institution (a department's likewise).
    """
    rows = ledger.rows
    volume = customers["potential_volume"].where(customers["potential_volume"] > 0)
    known = pd.DataFrame({"subject": themselves(customers), "unit": customers["potential_unit"]})
    monthly = volume.groupby([known["subject"], known["unit"]]).sum(min_count=1)
    subject = of_targets(rows["subject_level"], rows["customer_key"], rows.get("department"))
    asked = pd.MultiIndex.from_arrays([subject, rows["unit"]])
    months = _MONTHS / rows["series"].map(ledger.keys["per_year"])
    return ratio(rows["actual"], pd.Series(monthly.reindex(asked).to_numpy(), rows.index) * months)
