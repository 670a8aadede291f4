"""What of one workbook adds up over many: sums by group, counts, and the head of each list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from tracker.findings import RANK
from tracker.metrics import attainment, coverage, diary, shares
from tracker.metrics.calls import recent, window
from tracker.metrics.period import facts, holding
from tracker.summary import places, worklists
from tracker.summary.calls import made
from tracker.summary.products import GRAINS, sales
from tracker.summary.source import Source, day, text
from tracker.summary.team.members import Columns
from tracker.summary.tiers import active

SECTION = "rollup"
"""The section of the thresholds whose `limits` cut the lists."""
PERSONAL: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "warned": {"name": ("customers", "customer_name"), "institution": ("customers", "institution")},
    "adverse": {"name": ("customers", "customer_name"), "issue": ("issues", "issue")},
    "cases": {
        "name": ("customers", "customer_name"),
        "issue": ("issues", "issue"),
        "lesson": ("issues", "lesson"),
    },
}
"""Columns of lists that hold what somebody typed: module and field of each."""
SALES_KEYS = ("period", "product", "institution", "tier", "unit")


def tallies(source: Source) -> dict[str, Columns]:
    """The parts of a book that a team's Summary is made of; a missing table gives none.

    Returns:
        `sales`: by SALES_KEYS the sums of `attainment.sums`, of the running periods of each length.
        `periods`: by period and unit the same, of all periods that have begun.
        `reach`: by tier what `coverage.counts` gives for the running quarter (M-16 to M-18).
        `heard`: by product the target customers who heard of it, `covered`.
        `counts`: one row of counts and parts of rates, see `_COUNTS`.
        `faults`: by module `rows`, `excluded` and findings by severity.
        `warned`, `adverse`, `cases`: rows of lists, cut at the limits under `rollup` (texts as
        people typed them, remarks in both languages as `reasons_zh`, `reasons_en`), with the Excel
        `row`, the row's `id`, and `at`, which record of its module it is (0, 1, ...).
        Each column a list: keys are texts ("" for none), sums floats.
    """
    found = {name: make(source) for name, make in _PARTS.items()}
    return {
        name: {str(c): frame[c].tolist() for c in frame}
        for name, frame in found.items()
        if frame is not None
    }


def _sold(source: Source) -> pd.DataFrame | None:
    """The sums of every period that has begun, by SALES_KEYS."""
    sold = source.once(sales)
    if not sold.known or not source.has("targets", "customer_key"):
        return None
    begun = facts(sold.rows["period"], source.as_of)["state"].isin(["running", "complete"])
    rows = sold.rows[begun]
    rows = rows.assign(
        product=rows["item"],
        institution=places.institutions(source).reindex(rows.index),
        tier=_tiers(source).reindex(rows.index),
    )
    return _sums(source, rows, SALES_KEYS[:-1])


def _sales(source: Source) -> pd.DataFrame | None:
    every = source.once(_sold)
    running = [holding(source.as_of, grain) for grain in GRAINS]
    return None if every is None else every[every["period"].isin(running)].reset_index(drop=True)


def _tiers(source: Source) -> pd.Series:
    rows = source.frames["targets"]
    if not source.has("customers", "tier", "customer_id") or "subject_level" not in rows:
        return pd.Series(None, index=rows.index, dtype=object)
    return shares.tiers_of(source.tables["customers"], rows)


def _periods(source: Source) -> pd.DataFrame | None:
    every = source.once(_sold)
    if every is None:
        return None
    parts = [c for c in every if c not in SALES_KEYS]
    return every.groupby(["period", "unit"], sort=True)[parts].sum().reset_index()


def _sums(source: Source, rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    days = source.settings.workdays
    sums = attainment.sums(rows, source.validity("targets"), source.as_of, by, days)
    return _flat(sums.reset_index(), [*by, "unit"])


def _flat(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The frame with its keys as texts, blank ones as ""."""
    named = {k: frame[k].astype(object).where(frame[k].notna(), "") for k in keys}
    return frame.assign(**named)


def _reach(source: Source) -> pd.DataFrame | None:
    found = source.once(_targeted)
    if found is None:
        return None
    return _flat(coverage.counts(found, ["tier"]).reset_index(), ["tier"])


def _targeted(source: Source) -> pd.DataFrame | None:
    limits = source.settings.calls
    return coverage.targeted(source.tables, window(source.as_of), source.as_of, limits)


def _heard(source: Source) -> pd.DataFrame | None:
    found = source.once(_targeted)
    told = None if found is None else coverage.heard(source.tables, window(source.as_of), found)
    if told is None:
        return None
    return _flat(told.rename("covered").rename_axis("product").reset_index(), ["product"])


def _counts(source: Source) -> pd.DataFrame:
    """One row: customers, calls, plans, what is late, warnings by level, completeness, timeliness."""
    found: dict[str, float] = {"customers_all": 0.0, "customers": 0.0}
    for part in (_people, _calls, _visits, _late):
        found |= part(source)
    return pd.DataFrame([found]).astype("float64")


def _people(source: Source) -> dict[str, float]:
    if not source.has("customers"):
        return {}
    rows = active(source)
    found = {"customers_all": float(len(source.frames["customers"])), "customers": float(len(rows))}
    if "risk_level" in rows:
        levels = rows["risk_level"].value_counts()
        found |= {f"risk_{code}": float(levels.get(code, 0)) for code in _levels(source)}
    if source.has("customers", "data_completeness"):
        filled = source.tables["customers"]["data_completeness"].dropna()
        found |= {"filled": float(filled.sum()), "fillable": float(len(filled))}
    return found


def _levels(source: Source) -> list[str]:
    return list(source.words("customers", "risk_level"))


def _calls(source: Source) -> dict[str, float]:
    """Calls of the running quarter, those on target tiers (M-19), days in the field (M-20)."""
    if not source.has("visits", "visit_date", "visit_status"):
        return {}
    days, limits = window(source.as_of), source.settings.calls
    per_day = coverage.per_field_day(source.once(made), days)
    found = {"calls": per_day.part, "field_days": per_day.whole}
    if source.has("customers", "customer_id", "tier") and source.has("visits", "customer_key"):
        share = coverage.hits(source.once(made), source.tables["customers"], days, limits)
        found |= {"on_target": share.part, "on_all": share.whole}
    return found


def _visits(source: Source) -> dict[str, float]:
    """Plans carried out in the running quarter (M-21), visits written up in time (M-35)."""
    if not source.has("visits", "visit_date", "visit_status"):
        return {}
    rows = diary.rows_in(source.tables["visits"], window(source.as_of), source.as_of)
    executed = diary.executed(rows, source.as_of)
    found = {"executed": executed.part, "planned_rows": executed.whole}
    if "accompanied_by" in rows:
        joint = diary.joint(rows)
        found |= {"joint": joint.part, "completed": joint.whole}
    if "logged_on" in rows:
        lately = recent(source.as_of, source.settings.longer_days)
        rows = diary.rows_in(source.tables["visits"], lately, source.as_of)
        timely = diary.timely(rows, source.settings.small.timely_days)
        found |= {"timely": timely.part, "logged": timely.whole}
    return found


def _late(source: Source) -> dict[str, float]:
    late = source.once(worklists.late)
    found = {f"overdue_{what}": float(count) for what, count in late.items()}
    section: Any = source.schema.thresholds[SECTION]
    found["mentioned"] = float(sum(f.code in section["always"] for f in source.findings))
    if source.has("issues"):
        found["open_issues"] = float(len(worklists.open_issues(source)))
        found["adverse"] = float(_adverse_rows(source).sum())
    return found


def _faults(source: Source) -> pd.DataFrame:
    counts = Counter((f.module or "", f.severity) for f in source.findings)
    modules = [*source.frames, *sorted({m for m, _ in counts} - set(source.frames))]
    return pd.DataFrame(
        {
            "module": pd.Series(modules, dtype=object),
            "rows": [float(len(source.frames.get(m, ()))) for m in modules],
            "excluded": [float(source.excluded(m)) for m in modules],
            **{s: [float(counts[m, s]) for m in modules] for s in RANK},
        }
    )


def _warned(source: Source) -> pd.DataFrame | None:
    """The customers with the gravest warnings, as the sheet of the book orders them."""
    if not source.has("customers", "customer_name", "risk_level", "risk_reasons"):
        return None
    rows = active(source)
    codes = _levels(source)
    rank = rows["risk_level"].map({code: n for n, code in enumerate(codes)})
    rows = rows.assign(rank=rank)[rank < len(codes) - 1].sort_values("rank", kind="stable")
    rows = rows.head(source.limit("warnings", SECTION))
    said = [rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=object)
            for name in ("customer_name", "institution", "tier", "risk_level")]  # fmt: skip
    frame = pd.DataFrame(dict(zip(("name", "institution", "tier", "risk"), said, strict=True)))
    for lang in ("zh", "en"):
        tell = _remarks(source, lang)
        frame[f"reasons_{lang}"] = [tell(v) for v in rows["risk_reasons"]]
    return _listed(source, "customers", frame)


def _remarks(source: Source, lang: str) -> Callable[[object], str | None]:
    from dataclasses import replace

    told = replace(source, lang=lang)
    return lambda value: told.remarks("customers", "risk_reasons", value)


def _adverse_rows(source: Source) -> pd.Series:
    """Which issues are adverse events; faulty rows count too, for none may be lost."""
    rows = source.frames["issues"]
    if "record_type" not in rows:
        return pd.Series(False, index=rows.index)
    return rows["record_type"].eq("adverse_event")


def _adverse(source: Source) -> pd.DataFrame | None:
    """Adverse events, open ones first, the latest first; of every row, with or without errors."""
    if not source.has("issues", "record_type", "issue"):
        return None
    rows = source.frames["issues"][_adverse_rows(source)]
    closed = rows["issue_status"].isin(["resolved", "closed"]) if "issue_status" in rows else False
    rows = rows.assign(closed=closed)
    order = [name for name in ("closed", "raised_date") if name in rows]
    rows = rows.sort_values(order, ascending=[name == "closed" for name in order], kind="stable")
    rows = rows.head(source.limit("adverse", SECTION))
    return _listed(source, "issues", _told(source, rows, status="issue_status"))


def _cases(source: Source) -> pd.DataFrame | None:
    """Successes and failures that somebody marked to learn from, the latest first."""
    if not source.has("issues", "case_tag", "issue"):
        return None
    rows = source.frames["issues"]
    rows = rows[rows["case_tag"].notna()]
    if "raised_date" in rows:
        rows = rows.sort_values("raised_date", ascending=False, kind="stable")
    rows = rows.head(source.limit("cases", SECTION))
    return _listed(source, "issues", _told(source, rows, tag="case_tag", lesson="lesson"))


def _told(source: Source, rows: pd.DataFrame, **more: str) -> pd.DataFrame:
    """Issues as lists show them: `name` of the customer, product, day, text, and `more` fields."""
    blank = pd.Series(None, index=rows.index, dtype=object)
    people = (source.people.get(str(v), {}) for v in rows.get("customer_key", blank))
    days = map(day, rows.get("raised_date", blank))
    return pd.DataFrame(
        {
            "name": [p.get("name") for p in people],
            "product": rows.get("product", blank),
            "raised": [None if d is None else d.isoformat() for d in days],
            "issue": rows["issue"],
            **{name: rows.get(field, blank) for name, field in more.items()},
        },
        index=rows.index,
    )


def _listed(source: Source, module: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Texts on one line, "" for none; `row`, `at` and `id` say which record of a module each is."""
    told = {str(c): [text(v, 200) for v in frame[c]] for c in frame}
    every, key = source.frames[module], source.schema.modules[module].id_field
    ids = every.get(key, pd.Series(None, index=every.index, dtype=object)).reindex(frame.index)
    told["id"] = [text(v, 250) for v in ids]
    numbers = {
        "row": pd.Series([float(str(r)) for r in frame.index], dtype="float64"),
        "at": pd.Series(every.index.get_indexer(frame.index), dtype="float64"),
    }
    return pd.DataFrame({**{c: pd.Series(v, dtype=object) for c, v in told.items()}, **numbers})


_PARTS: Mapping[str, Callable[[Source], pd.DataFrame | None]] = {
    "sales": _sales,
    "periods": _periods,
    "reach": _reach,
    "heard": _heard,
    "counts": _counts,
    "faults": _faults,
    "warned": _warned,
    "adverse": _adverse,
    "cases": _cases,
}
