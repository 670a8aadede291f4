"""Which rows of targets speak for a customer: its own, its department's or its institution's.

Adding the levels up would count the same sales twice, so the most specific level with rows counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import as_words, group_numbers, no_words, ratio
from tracker.metrics.trend import of_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.metrics.arith import Flags
    from tracker.metrics.series import Ledger
    from tracker.metrics.trend_rules import TrendSettings

_BETWEEN = "\x1f"  # cannot stand in a cell
_PREFERRED = {"quarter": 0, "month": 1, "half": 2, "year": 3}  # a quarter before all others
_SUMMED = (
    "subject_level", "customer_key", "department", "grain", "unit", "target", "actual",
    "time_progress",
)  # fmt: skip


def of_targets(level: pd.Series, key: pd.Series, department: pd.Series | None) -> pd.Series:
    """Subject of each row of targets or of series (object).

    None for the whole territory, and where the level or whom it is about is blank.
    """
    parts = [None] * len(level) if department is None else department
    subjects = [
        None if kind == "rep" or not (isinstance(kind, str) and isinstance(who, str))
        else _subject(kind, who, part)
        for kind, who, part in zip(level, key, parts, strict=True)
    ]  # fmt: skip
    return pd.Series(subjects, index=level.index, dtype=object)


def _subject(level: str, who: str, department: str | None) -> str:
    part = department if level == "department" and isinstance(department, str) else ""
    return _BETWEEN.join((level, who, part))


def themselves(customers: pd.DataFrame) -> pd.Series:
    """The subject that each customer is by itself: a person, an institution or its department."""
    blank = no_words(customers.index)
    columns = ("customer_id", "institution_key", "department", "subject_type", "customer_name")
    cells = zip(*(customers.get(name, blank) for name in columns), strict=True)
    return pd.Series([_itself(*cell) for cell in cells], index=customers.index, dtype=object)


def _itself(
    who: str, institution: str | None, department: str | None, kind: str | None, name: str
) -> str:
    if kind != "institution":
        return _subject("person", who, None)
    place = institution if isinstance(institution, str) else name
    inside = isinstance(department, str)
    return _subject("department" if inside else "institution", place, department)


def of_customers(customers: pd.DataFrame, present: Iterable[str]) -> pd.Series:
    """The most specific subject of each customer among those present, None if there is none.

    A customer that is an institution itself stands under its institution, else under its name.
    """
    known = frozenset(present)
    columns = ("customer_id", "institution_key", "department", "subject_type", "customer_name")
    blank = no_words(customers.index)
    cells = zip(*(customers.get(name, blank) for name in columns), strict=True)
    chosen = [next((s for s in _candidates(*cell) if s in known), None) for cell in cells]
    return pd.Series(chosen, index=customers.index, dtype=object)


def _candidates(
    who: str, institution: str | None, department: str | None, kind: str | None, name: str
) -> tuple[str, ...]:
    place = institution if isinstance(institution, str) else name if kind == "institution" else ""
    return (
        _subject("person", who, None),
        _subject("department", place, department),
        _subject("institution", place, None),
    )


def _with_subjects(df: pd.DataFrame) -> pd.DataFrame:
    subject = of_targets(df["subject_level"], df["customer_key"], df.get("department"))
    return df.assign(subject=subject)[subject.notna()]


def running(customers: pd.DataFrame, ledger: Ledger, valid: pd.Series) -> pd.DataFrame:
    """Sales of each customer in the running period (M-02 aggregate), on the customers' index.

    The running quarter if the customer has rows of it, else its finest running period; in the
    unit with the largest target. Columns, float64, NaN where there are none: `attainment`,
    `adjusted` (time-adjusted, M-04), `behind` (target x time progress - actual, M-07), and `unit`.
    """
    wanted = [n for n in _SUMMED if n in ledger.rows]
    rows = ledger.rows.loc[valid & (ledger.rows["state"] == "running"), wanted]
    rows = _with_subjects(rows.assign(to_date=rows["target"] * rows["time_progress"]))
    sums = _by_unit(rows[_at_preferred_grain(rows) & (rows["target"] > 0)])
    sums = sums.sort_values(["target", "unit"], ascending=[False, True], kind="stable")
    best: pd.DataFrame = sums.drop_duplicates("subject").set_index("subject")
    best["attainment"] = ratio(best["actual"], best["target"])
    best["adjusted"] = ratio(best["actual"], best["to_date"])
    best["behind"] = best["to_date"] - best["actual"]
    found = best.reindex(pd.Index(of_customers(customers, best.index), dtype=object))
    return found[["attainment", "adjusted", "behind", "unit"]].set_axis(customers.index)


def _at_preferred_grain(rows: pd.DataFrame) -> Flags:
    """Rows of the first of `_PREFERRED` that their subject has rows of."""
    rank = rows["grain"].map(_PREFERRED).to_numpy(dtype=np.float64)
    who = group_numbers([rows["subject"]], len(rows))
    first = np.full(len(rows), np.inf)
    np.minimum.at(first, who, rank)
    preferred: Flags = rank == first[who]
    return preferred


def _by_unit(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of each `subject` and `unit`, which stand beside them."""
    group = group_numbers([rows["subject"], rows["unit"]], len(rows))
    sums = rows[["target", "actual", "to_date"]].groupby(group).sum()
    heads = rows.take(np.unique(group, return_index=True)[1])
    return sums.assign(subject=heads["subject"].to_numpy(), unit=heads["unit"].to_numpy())


def trend_now(
    customers: pd.DataFrame, ledger: Ledger, valid: pd.Series, settings: TrendSettings
) -> pd.DataFrame:
    """Trend of each customer's series with the largest total over its window, on their index.

    `label` (code) and `product` (object, None without a series), `change` and `n` (float64). Of
    equal totals the first product by name counts. A series of faulty rows alone says nothing.
    """
    table = of_ledger(ledger, settings)
    table = table[table.index.isin(ledger.rows.loc[valid, "series"])]
    order = [name for name in ("product_key", "unit", "grain") if name in table]
    rows = _with_subjects(table).sort_values(
        ["total", *order], ascending=[False, *(True for _ in order)], kind="stable"
    )
    best = rows.drop_duplicates("subject").set_index("subject")
    found = best.reindex(pd.Index(of_customers(customers, best.index), dtype=object))
    found = found.set_axis(customers.index)
    return pd.DataFrame(
        {
            "label": as_words(found["label"]), "change": found["change"],
            "n": found["n"].astype("float64"),
            "product": as_words(found.get("product_key", found["label"].mask(found["label"].notna()))),
        }
    )  # fmt: skip
