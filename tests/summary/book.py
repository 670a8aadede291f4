"""A small workbook, as the reader hands it on: what the Summary's tests start from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pandas as pd

from tracker.findings import Finding
from tracker.metrics.enrich import enrich
from tracker.metrics.settings import Settings
from tracker.schema.load import load
from tracker.schema.model import Schema
from tracker.summary.source import Source

AS_OF = dt.date(2026, 8, 15)
DATES = ("visit_date", "due_date", "raised_date", "first_contact_date", "next_visit_date")
NUMBERS = ("target", "actual", "target_frequency")
QUARTERS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")


@cache
def schema() -> Schema:
    return load()


@cache
def settings() -> Settings:
    return Settings.of(schema().thresholds)


def frame(columns: Mapping[str, Sequence[object]], first_row: int = 2) -> pd.DataFrame:
    """A frame with the dtypes of the reader and Excel rows for an index."""
    kinds = dict.fromkeys(DATES, "datetime64[s]") | dict.fromkeys(NUMBERS, "float64")
    size = len(next(iter(columns.values()), ()))
    rows = pd.Index(range(first_row, first_row + size), name="row")
    made = {
        name: pd.Series(list(values), index=rows, dtype=kinds.get(name, "object"))
        for name, values in columns.items()
    }
    return pd.DataFrame(made, index=rows)


def customers() -> pd.DataFrame:
    """Ten customers: A rises to the top of the list, the seventh has no rating, the last left."""
    return frame(
        {
            "customer_id": [f"C{letter}" for letter in "bcdfghjklm"],
            "customer_name": [
                "王芳",
                "李伟",
                "张敏",
                "刘洋",
                "陈静",
                "杨磊",
                "黄勇",
                "赵艳",
                "吴杰",
                "周涛",
            ],
            "institution": ["瑞金医院"] * 5 + ["华山医院"] * 5,
            "institution_key": ["瑞金医院"] * 5 + ["华山医院"] * 5,
            "department": ["心内科", "药剂科"] * 5,
            "potential_level": ["H", "H", "M", "M", "L", "L", None, "H", "H", "H"],
            "customer_support": ["M", "H", "L", "M", "L", "M", "H", "L", "M", "H"],
            "status": [None] * 9 + ["moved"],
            "first_contact_date": [None] * 10,
        }
    )


def visits() -> pd.DataFrame:
    """Six visits: a group visit, a repeat on one day, one planned and one faulty (the last)."""
    return frame(
        {
            "visit_id": [f"V{letter}" for letter in "bcdfgh"],
            "customer": ["x"] * 6,
            "customer_key": [("Cb",), ("Cb", "Cc"), ("Cb",), ("Cd",), ("Cf",), ("Cg",)],
            "visit_date": [
                "2026-08-01",
                "2026-08-10",
                "2026-08-10",
                "2026-06-01",
                "2026-08-20",
                "2026-08-11",
            ],
            "visit_status": ["completed"] * 4 + ["planned", "completed"],
        }
    )


def targets() -> pd.DataFrame:
    """Two products over five quarters at one institution, and the territory's own total."""
    subjects = [
        ("institution", "瑞金医院", "安心平", "box", (100, 112, 126, 140, 54)),
        ("institution", "华山医院", "安心平", "box", (90, 91, 89, 90, 30)),
        ("institution", "瑞金医院", "糖稳宁", "10k_CNY", (9.5, 8, 7, 6, None)),
        ("rep", None, "安心平", "box", (190, 203, 215, 230, 84)),
    ]
    rows = [
        (level, name, product, period, unit, 10 if unit == "10k_CNY" else 120, actual)
        for level, name, product, unit, actuals in subjects
        for period, actual in zip(QUARTERS, actuals, strict=True)
    ]
    level, name, product, period, unit, target, actual = zip(*rows, strict=True)
    return frame(
        {
            "subject_level": level, "customer": name, "customer_key": name, "product": product,
            "product_key": product, "period": period, "unit": unit, "target": target,
            "actual": actual,
        }
    )  # fmt: skip


def issues() -> pd.DataFrame:
    """Four issues: two overdue, one of them in crisis, one in time, one closed."""
    return frame(
        {
            "issue_id": ["Ib", "Ic", "Id", "If"],
            "customer": ["王芳", "李伟", "张敏", "刘洋"],
            "customer_key": ["Cb", "Cc", "Cd", "Cf"],
            "issue": ["夜间低血糖", "报销比例", "供货延迟", "资料不足"],
            "raised_date": ["2026-07-01"] * 4,
            "due_date": ["2026-08-01", "2026-08-12", "2026-08-30", "2026-08-01"],
            "severity": ["low", "crisis", "medium", "high"],
            "issue_status": ["open", "in_progress", "open", "closed"],
            "owner": ["李明"] * 4,
        }
    )


def finding(module: str | None, severity: str) -> Finding:
    return Finding("GEN001", "x", module=module, severity=severity)


FRAMES: Mapping[str, Callable[[], pd.DataFrame]] = {
    "customers": customers,
    "visits": visits,
    "targets": targets,
    "issues": issues,
}


def source(lang: str = "zh", **changed: pd.DataFrame | None) -> Source:
    """The workbook with some modules replaced, or left out where None is given."""
    frames = {name: make() for name, make in FRAMES.items() if name not in changed}
    frames |= {name: df for name, df in changed.items() if df is not None}
    valid = {"visits": ~frames["visits"]["visit_id"].eq("Vh")} if "visits" in frames else {}
    computed = enrich(frames, valid, AS_OF, settings())
    found = [finding("visits", "error"), finding("targets", "warning"), finding(None, "info")]
    return Source(frames, computed, found, valid, AS_OF, schema(), settings(), lang)


def empty() -> Source:
    """The workbook as `new` makes it: all columns, no rows."""
    full = source()
    frames = {name: df.iloc[:0] for name, df in full.frames.items()}
    computed = {name: df.iloc[:0] for name, df in full.computed.items()}
    return replace(full, frames=frames, computed=computed, findings=(), valid={})
