"""Where rows of targets belong: the institution that they speak for."""

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
