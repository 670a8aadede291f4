"""Where rows of targets belong: the institution that they speak for, and its tier."""

from __future__ import annotations

import pandas as pd

from tracker.summary.source import Source


def institutions(source: Source) -> pd.Series:
    """The institution of each row of targets (object): that of the person, else the one named."""
    rows = source.frames["targets"]
    named = rows["customer_key"] if "customer_key" in rows else rows["customer"]
    if "subject_level" not in rows:
        return named
    person = rows["subject_level"].eq("person")
    homes = {key: who["institution"] or None for key, who in source.people.items()}
    return named.where(~person, named.map(homes)).where(rows["subject_level"].ne("rep"), None)


def tiers(source: Source) -> pd.Series:
    """The tier of each row of targets (code): the person's, else the best of the institution.

    Best of the institution's own active customers; None where it has none with a tier.
    """
    known = source.tables["customers"]
    rank = known["tier"].map(source.rank("customers", "tier"))
    own = dict(zip(known["customer_id"], known["tier"], strict=True))
    home = known["institution_key"] if "institution_key" in known else known["institution"]
    best = known["tier"].groupby(home[rank.sort_values(kind="stable").index]).first()
    rows = source.frames["targets"]
    person = rows["subject_level"].eq("person") if "subject_level" in rows else False
    keys = rows["customer_key"] if "customer_key" in rows else rows["customer"]
    found = institutions(source).map(best)
    return found.where(~pd.Series(person, index=rows.index), keys.map(own))
