"""A small diary around one day, and the agenda's source made of it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from tests.summary.book import AS_OF, frame, source
from tracker.summary.source import Source

DAYS = ("commitment_due", "commitment_done_on", "customer_commitment_due")


def visits() -> pd.DataFrame:
    """Past visits with promises and plans, and a diary of three days from AS_OF (a Saturday) on."""
    rows = [
        # id, who, day, status, start, end, next day, promise, due, done, theirs, due
        ("Vb", "Cb", "2026-07-20", "completed", 540, 560, None, "寄文献", "2026-08-10", None, None, None),
        ("Vc", "Cb", "2026-08-03", "completed", 600, None, "2026-08-16", None, None, None, "试用三例", "2026-08-16"),
        ("Vd", "Cc", "2026-08-03", "completed", None, None, "2026-08-17", "送彩页", "2026-08-20", "2026-08-12",
         None, None),
        ("Vf", "Ch", "2026-08-15", "planned", 840, 870, None, None, None, None, None, None),
        ("Vg", "Cd", "2026-08-15", "planned", 510, None, None, None, None, None, None, None),
        ("Vh", "Cf", "2026-08-11", "planned", 510, None, None, None, None, None, None, None),
        ("Vj", "Cb", "2026-08-17", "planned", 600, None, None, None, None, None, None, None),
        ("Vk", "Cj", "2026-08-17", "cancelled", 600, None, None, None, None, None, None, None),
    ]  # fmt: skip
    names = ("visit_id", "customer", "visit_date", "visit_status", "start_time", "end_time",
             "next_visit_date", "commitment", *DAYS[:2], "customer_commitment", DAYS[2])  # fmt: skip
    made = frame(dict(zip(names, zip(*rows, strict=True), strict=True)))
    made["customer_key"] = pd.Series([(c,) for c in made["customer"]], index=made.index)
    for name in DAYS:
        made[name] = made[name].astype("datetime64[s]")
    for name in ("start_time", "end_time"):
        made[name] = made[name].astype("float64")
    made["summary"] = "谈了 " + made["visit_id"]
    made["visit_method"] = "in_person"
    made["next_objective"] = "加用三例"
    made["next_materials"] = pd.Series([("文献", "彩页")] * len(made), index=made.index)
    made["plan_objections"] = "太贵"
    return made


def preferences() -> pd.DataFrame:
    """A birthday tomorrow, one in five days, one without consent, one beyond its notice."""
    made = frame(
        {
            "pref_id": ["Pb", "Pc", "Pd", "Pf"],
            "customer": ["Cb", "Cc", "Cd", "Cf"],
            "customer_key": ["Cb", "Cc", "Cd", "Cf"],
            "date_type": ["birthday"] * 4,
            "important_date": ["08-16", "1980-08-20", "08-16", "08-20"],
            "consent": ["yes", None, "no", "yes"],
            "remind_days": [7.0, 7.0, 7.0, 2.0],
        }
    )
    days = ["2026-08-16", "2026-08-20", "2026-08-16", "2026-08-20"]
    return made.assign(next_date=pd.to_datetime(days).astype("datetime64[s]"))


def desk(lang: str = "zh", **changed: pd.DataFrame | None) -> Source:
    """The source; every visit counts as valid."""
    made = source(lang, **{"visits": visits(), "preferences": preferences(), **changed})
    return replace(made, valid={})


__all__ = ["AS_OF", "desk", "preferences", "visits"]
