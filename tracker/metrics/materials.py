"""Materials handed over twice (M-27), and those promised for a visit and forgotten (M-27b)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tracker.metrics.arith import NEVER, seconds, words
from tracker.metrics.calls import attendance

if TYPE_CHECKING:
    from datetime import date

    from tracker.metrics.limits import MaterialSettings

_Key = tuple[int, str]
"""A row of visits and a material."""
_LEFT_OUT = re.compile(r"[\s《》〈〉\"“”„‟']")


def normal(name: str) -> str:
    """A material's name as it is compared: without width, spaces, quotes, brackets and case."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", name)).lower()


def _long(rows: pd.DataFrame, lists: pd.Series) -> pd.DataFrame:
    """One row a material of each row, under `material` (normal) and `name` (as typed)."""
    given = lists.reindex(rows.index).map(lambda names: names if isinstance(names, tuple) else ())
    counts = np.fromiter(map(len, given), dtype=np.int64, count=len(given))
    long = rows.iloc[np.repeat(np.arange(len(rows)), counts)]
    names = [name for row in given for name in row]
    plain = {name: normal(name) for name in set(names)}
    return long.assign(
        name=pd.Series(names, index=long.index, dtype=object),
        material=pd.Series([plain[n] for n in names], index=long.index, dtype=object),
    )


def deliveries(messaging: pd.DataFrame, valid: pd.Series, as_of: date) -> pd.DataFrame:
    """What was handed over up to D: one row a sound row and material, in order of date and row.

    Index: the rows of messaging. Columns: `who`, `date`, `material`, `name`, `version` and `type`
    (object, "" where blank).
    """
    known = valid & messaging["material"].notna() & messaging["customer_key"].notna()
    known &= messaging["date"] <= pd.Timestamp(as_of)
    blank = pd.Series("", index=messaging.index, dtype=object)
    rows = pd.DataFrame(
        {
            "who": messaging["customer_key"], "date": messaging["date"],
            "version": messaging.get("material_version", blank).fillna("").map(normal),
            "type": messaging.get("material_type", blank).fillna(""),
        }
    )[known]  # fmt: skip
    long = _long(rows.sort_values("date", kind="stable"), messaging["material"])
    twice = long.assign(row=long.index).duplicated(["row", "material"]).to_numpy()
    return long[~twice]


def repeats(
    given: pd.DataFrame, index: pd.Index, settings: MaterialSettings
) -> dict[str, pd.Series]:
    """`duplicate_flag` ("repeated" or None) and `duplicate_of` of each row of messaging (M-27).

    `given` is what `deliveries` found in the rows, `index` theirs.

    `duplicate_of` is the day of the latest earlier delivery of one of the row's materials in the
    same version to the same customer, at most `repeat_days` before (datetime64[s]).
    """
    given = given[~given["type"].isin(settings.exempt)]
    before = given.groupby(["who", "material", "version"], sort=False)["date"].shift()
    near = (given["date"] - before).dt.days <= settings.repeat_days
    first = before[near].groupby(level=0).max().reindex(index).astype("datetime64[s]")
    return {
        "duplicate_flag": words(index, [(first.notna(), "repeated")]),
        "duplicate_of": first,
    }


def promises(visits: pd.DataFrame, valid: pd.Series, as_of: date, grace_days: int) -> pd.DataFrame:
    """What completed visits up to D named as material for the next one, M-27b.

    Returns:
        One row a visit, attending customer and material; index: the rows of visits. Columns:
        `who`, `visit_date`, `material`, `name`, `next_visit` (the customer's next completed visit
        on a later day) and `due` (so many days after it); both NaT if there is none yet.
    """
    held = valid & (visits["visit_status"] == "completed")
    held &= visits["visit_date"] <= pd.Timestamp(as_of)
    seen = attendance(visits.loc[held, ["customer_key", "visit_date"]])
    seen = seen.sort_values("visit_date", kind="stable")[["who", "visit_date"]]
    later = seen.drop_duplicates().rename(columns={"visit_date": "next_visit"})
    asked = _long(seen, visits["next_materials"].where(held))
    found = pd.merge_asof(
        asked.rename_axis("row").reset_index(), later, by="who", left_on="visit_date",
        right_on="next_visit", direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    due = found["next_visit"] + pd.Timedelta(days=grace_days)
    return found.assign(due=due).set_index("row")


def forgotten(promised: pd.DataFrame, given: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Promised materials that nobody got in time, one row a visit and material.

    A material in any version, handed to one of those who attended after the visit and up to `due`,
    is kept; as long as somebody's `due` has not gone by nothing is forgotten.
    """
    left = promised.rename_axis("row").sort_values("visit_date", kind="stable")
    handed, day = _handed(given), int(np.datetime64(as_of, "s").astype(np.int64))
    first, latest, kept = dict[_Key, int](), dict[_Key, int](), set[_Key]()
    dates = (seconds(left[name]) for name in ("visit_date", "due"))
    rows = zip(left.index, left["who"], left["material"], *dates, strict=True)
    for place, (row, who, what, visited, due) in enumerate(rows):
        first.setdefault((row, what), place)
        latest[row, what] = max(due, latest.get((row, what), NEVER))
        days = handed.get((who, what), [])
        after = bisect_right(days, visited)
        if due >= day or (after < len(days) and days[after] <= due):
            kept.add((row, what))
    lost = [key for key, due in latest.items() if key not in kept and due != NEVER]
    found = left[["material", "name", "visit_date"]].iloc[[first[key] for key in lost]]
    return found.assign(due=np.array([latest[key] for key in lost], "datetime64[s]"))


def _handed(given: pd.DataFrame) -> dict[tuple[str, str], list[int]]:
    """The days on which each customer got each material, in order."""
    found: dict[tuple[str, str], list[int]] = {}
    for who, what, day in zip(given["who"], given["material"], seconds(given["date"]), strict=True):
        found.setdefault((who, what), []).append(day)
    return {key: sorted(days) for key, days in found.items()}


def omission(lost: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Word for each visit of which a promised material was forgotten, else None (object)."""
    rows = pd.Series(index.isin(lost.index), index=index)
    return words(index, [(rows, "omitted")])
