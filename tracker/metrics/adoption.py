"""The adoption ladder (M-25): the stage of each customer and product, and how it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import look_up

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.calls import Window

FIELDS = ("messaging.customer_key", "messaging.product_key", "messaging.date",
          "messaging.adoption_stage")  # fmt: skip


def records(messaging: pd.DataFrame, valid: pd.Series, as_of: date) -> pd.DataFrame:
    """Stages on record up to D, of sound rows, in the order of customer, product, date and row.

    Index: the rows. Columns: `who`, `product`, `date`, `stage` (float64), `pair` (int64, one
    number a customer and product).
    """
    stage = pd.to_numeric(messaging["adoption_stage"], errors="coerce").astype("float64")
    known = valid & stage.notna() & (messaging["date"] <= pd.Timestamp(as_of))
    known &= messaging["customer_key"].notna() & messaging["product_key"].notna()
    rows = messaging.loc[known, ["customer_key", "product_key", "date"]]
    rows.columns = pd.Index(["who", "product", "date"])
    people, _ = pd.factorize(rows["who"], sort=True)
    products, names = pd.factorize(rows["product"], sort=True)
    rows = rows.assign(
        stage=stage[known], pair=people.astype(np.int64) * (len(names) + 1) + products
    )
    return rows.iloc[np.lexsort((rows["date"].to_numpy(), rows["pair"].to_numpy()))]


def row_delta(found: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Change of each record's stage against the record before it; NaN for a first one (float64)."""
    return found.groupby("pair")["stage"].diff().reindex(index)


def current(found: pd.DataFrame) -> pd.DataFrame:
    """The last record of each customer and product: `who`, `product`, `date`, `stage`."""
    last = found.drop_duplicates("pair", keep="last")
    return last[["who", "product", "date", "stage"]]


def moves(found: pd.DataFrame, days: Window) -> pd.DataFrame:
    """How each customer's stage of a product moved over a window, M-25.

    From the last record on or before its first day, else the first within, to the last record up
    to its last day.

    Returns:
        A row a customer and product with a record: `who`, `product`, `start`, `end` and `delta`
        (float64), sorted by them.
    """
    first, last = map(pd.Timestamp, days)
    seen = found[found["date"] <= last]
    ends = seen.drop_duplicates("pair", keep="last").set_index("pair")
    before = seen[seen["date"] <= first].drop_duplicates("pair", keep="last")
    within = seen[seen["date"] > first].drop_duplicates("pair")
    starts = pd.concat([before, within]).drop_duplicates("pair").set_index("pair")["stage"]
    start = starts.reindex(ends.index)
    return pd.DataFrame(
        {
            "who": ends["who"], "product": ends["product"], "start": start, "end": ends["stage"],
            "delta": ends["stage"] - start,
        }
    ).reset_index(drop=True)  # fmt: skip


def primary_product(messaging: pd.DataFrame, valid: pd.Series, as_of: date) -> pd.Series:
    """The product that counts for each customer: index customer id, product names.

    The one marked as priority most recently, else the one with most rows; of equals the first by
    name.
    """
    known = valid & messaging["customer_key"].notna() & messaging["product_key"].notna()
    known &= messaging["date"] <= pd.Timestamp(as_of)
    rows = messaging.loc[known, ["customer_key", "product_key", "date"]]
    most = rows.groupby(["customer_key", "product_key"]).size().reset_index(name="rank")
    ranked = [most.assign(marked=0)]
    if "is_priority" in messaging:
        marked = rows[messaging.loc[known, "is_priority"].eq(other=True)]
        latest = marked.groupby(["customer_key", "product_key"])["date"].max().astype("int64")
        ranked.append(latest.reset_index(name="rank").assign(marked=1))
    order = pd.concat(ranked).sort_values(
        ["marked", "rank", "product_key"], ascending=[False, False, True], kind="stable"
    )
    return order.drop_duplicates("customer_key").set_index("customer_key")["product_key"]


def stage_now(found: pd.DataFrame, primary: pd.Series, who: pd.Series) -> pd.Series:
    """Code of the current stage of each customer's primary product, None without one (object)."""
    last = current(found)
    mine = last[last["product"] == last["who"].map(primary)]
    codes = mine.set_index("who")["stage"].map("{:.0f}".format)
    stages = look_up(who, codes).astype(object)
    return stages.where(stages.notna(), None)
