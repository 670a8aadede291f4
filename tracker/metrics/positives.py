"""Positive towards a product but under target with it, and the likely cause (M-33)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tracker.metrics.ageing import closed
from tracker.metrics.arith import TOLERANCE, look_up, words
from tracker.metrics.calls import served
from tracker.metrics.series import Ledger
from tracker.metrics.share import holds, sound
from tracker.metrics.subjects import running

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.settings import Settings
    from tracker.metrics.share import Tables
    from tracker.metrics.workdays import Workdays

_NEEDS = (
    "customers.customer_id", "messaging.customer_key", "messaging.product_key", "messaging.date",
    "targets.subject_level", "targets.customer_key", "targets.product_key", "targets.period",
    "targets.actual", "targets.target", "targets.unit",
)  # fmt: skip
_OPINIONS = ("acceptance", "reaction")
_PAIR = ["customer_key", "product_key"]


def rows(tables: Tables, as_of: date, settings: Settings) -> pd.DataFrame | None:
    """Customers and products of which the latest opinion is positive and the sales are behind.

    Only customers who are served. Sales are those of the customer, else of its department or
    institution, in the running period.

    Returns:
        One row each, the furthest behind first: `customer_key`, `product_key`, `date` of the
        opinion, `adjusted` (time-adjusted attainment), and what the cause is judged by: `actual`
        and `planned` calls of the quarter, `types` of message delivered, open `issues` over the
        product (float64, NaN where unknown), `cause` (code: depth, concern, both, unclear). None
        where the workbook lacks the columns.
    """
    known = [name for name in _OPINIONS if holds(tables, f"messaging.{name}")]
    if not holds(tables, *_NEEDS) or not known:
        return None
    liked = _positive(tables["messaging"], known, as_of)
    people = tables["customers"]
    active = people.loc[served(people, settings.calls), "customer_id"]
    liked = liked[liked["customer_key"].isin(active)]
    found = liked.assign(adjusted=_adjusted(tables, liked, as_of, settings.workdays))
    found = found[found["adjusted"] < settings.small.positive_below - TOLERANCE]
    found = found.sort_values(["adjusted", *_PAIR], kind="stable").reset_index(drop=True)
    return _with_cause(found, tables, as_of, settings)


def _positive(messaging: pd.DataFrame, known: list[str], as_of: date) -> pd.DataFrame:
    """The latest opinion of each customer on each product, where it is positive."""
    said = messaging[messaging[known].notna().any(axis=1)]
    said = said[said["date"] <= pd.Timestamp(as_of)].dropna(subset=_PAIR)
    last = said.sort_values("date", kind="stable").drop_duplicates(_PAIR, keep="last")
    good = pd.Series(False, index=last.index)
    if "acceptance" in last:
        good |= last["acceptance"].isin(["4", "5"])
    if "reaction" in last:
        good |= last["reaction"] == "positive"
    return last.loc[good, [*_PAIR, "date"]]


def _adjusted(tables: Tables, liked: pd.DataFrame, as_of: date, days: Workdays | None) -> pd.Series:
    """Time-adjusted attainment of each customer with each product."""
    people, parts = tables["customers"], [pd.Series(dtype="float64")]
    targets = tables["targets"]
    for product, mine in liked.groupby("product_key"):
        own = targets[targets["product_key"] == product]
        asked = people[people["customer_id"].isin(mine["customer_key"])]
        sales = running(asked, Ledger.of(own, sound(own), as_of, workdays=days), sound(own))[
            "adjusted"
        ]
        by_customer = sales.set_axis(pd.Index(asked["customer_id"], dtype=object))
        parts.append(look_up(mine["customer_key"], by_customer[~by_customer.index.duplicated()]))
    found: pd.Series = pd.concat([p for p in parts if len(p)] or parts).reindex(liked.index)
    return found


def _with_cause(
    found: pd.DataFrame, tables: Tables, as_of: date, settings: Settings
) -> pd.DataFrame:
    people = tables["customers"].drop_duplicates("customer_id").set_index("customer_id")
    blank = pd.Series(float("nan"), index=people.index)
    for name, column in (("actual", "actual_calls"), ("planned", "planned_calls")):
        found[name] = look_up(found["customer_key"], people.get(column, blank))
    asked = pd.MultiIndex.from_frame(found[_PAIR])
    for name, table in (("types", _types(tables, as_of)), ("issues", _open_issues(tables))):
        values = (
            pd.Series(float("nan"), found.index)
            if table is None
            else table.reindex(asked, fill_value=0.0)
        )
        found[name] = values.to_numpy(dtype="float64")
    shallow = (found["actual"] < found["planned"]) | (found["types"] < settings.small.few_types)
    concern = found["issues"] > 0
    cases = [(shallow & concern, "both"), (shallow, "depth"), (concern, "concern")]
    unclear = pd.Series(True, index=found.index)
    return found.assign(cause=words(found.index, [*cases, (unclear, "unclear")]))


def _types(tables: Tables, as_of: date) -> pd.Series | None:
    """How many types of message each customer was told of each product."""
    if not holds(tables, "messaging.message_type"):
        return None
    told = tables["messaging"]
    told = told.loc[told["date"] <= pd.Timestamp(as_of), [*_PAIR, "message_type"]]
    return told.explode("message_type").groupby(_PAIR)["message_type"].nunique()


def _open_issues(tables: Tables) -> pd.Series | None:
    if not holds(tables, "issues.customer_key", "issues.product_key", "issues.issue_status"):
        return None
    issues = tables["issues"]
    return issues[~closed(issues)].groupby(_PAIR).size()
