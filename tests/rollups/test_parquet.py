"""Rows of a whole team as parquet: what is read back is what was written, whatever their number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.rollups.test_choose import head
from tracker.rollups.leaves import leaves, opened
from tracker.rollups.mask import Mask
from tracker.rollups.model import Book
from tracker.rollups.parquet import ParquetWriter, stored
from tracker.rollups.rows import PROVENANCE
from tracker.schema.load import load

ELEVEN = ("target_id", "subject_level", "customer", "department", "product", "period", "unit", "target",
          "actual", "actual_as_of", "remarks")  # fmt: skip
ROWS = 5_000


def frame(number: int, count: int) -> pd.DataFrame:
    """Targets of a book: texts, codes, numbers and days, blanks among them."""
    chance = np.random.default_rng(number)
    rows = pd.RangeIndex(2, count + 2)
    pick: dict[str, list[str | None]] = {
        "subject_level": ["institution", "department"], "customer": ["市第一医院", "王丽", "=1+1"],
        "department": [None, "心内科"], "product": ["安心平", "糖稳宁"], "period": ["2026Q1", "2026-05"],
        "unit": ["box", "10k_CNY"], "remarks": [None, "无", "a\nb"],
    }  # fmt: skip
    texts = {
        n: np.array(v, dtype=object)[chance.integers(0, len(v), count)] for n, v in pick.items()
    }
    target = chance.integers(0, 9_999, count).astype("float64")
    target[chance.random(count) < 0.1] = np.nan
    days = np.datetime64("2026-01-01") + chance.integers(0, 180, count).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "target_id": [f"T{number:05d}{i:05d}" for i in range(count)], **texts, "target": target,
            "actual": target * chance.random(count),
            "actual_as_of": pd.Series(days.astype("datetime64[s]"), index=rows),
        },
        index=rows,
    )[list(ELEVEN)]  # fmt: skip


def book(number: int) -> Book:
    kept = head(f"w{number:05d}", owner=f"R{number:05d}")
    return Book(f"{kept.owner}.xlsx", "read", replace(kept, sheets={"targets": "销售目标与达成"}))


def written(folder: Path, books: int) -> None:
    modules = load().modules
    out = ParquetWriter(folder, modules, {"targets": ELEVEN}, Mask())
    for n in range(books):
        out.add(book(n), opened(leaves({"targets": frame(n, ROWS)}, modules, Mask(), "zh")))
    out.close()


def plain(value: object) -> object:
    """A cell of a frame as parquet has it."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    return None if value is None or value != value else value


def check(folder: Path, books: int) -> None:
    (rows,) = stored(folder, ["targets"])
    assert tuple(rows.fields) == (*PROVENANCE, *ELEVEN)
    batches, at, batch = rows.batches(), 0, dict[str, list[object]]()
    for n in range(books):
        wanted = frame(n, ROWS)
        for start in range(0, ROWS, 1_000):
            while not batch or at >= len(batch["rep"]):
                batch, at = next(batches), 0
            part = wanted.iloc[start : start + 1_000]
            for name in ELEVEN:
                assert batch[name][at : at + 1_000] == [plain(v) for v in part[name]]
            assert set(batch["rep"][at : at + 1_000]) == {f"R{n:05d}"}
            at += 1_000
    assert next(batches, None) is None


def test_a_small_team_is_read_back_equal(tmp_path: Path) -> None:
    written(tmp_path, 3)
    check(tmp_path, 3)
    days = next(iter(stored(tmp_path, ["targets"])[0].batches()))["actual_as_of"]
    assert isinstance(days[0], dt.date)


@pytest.mark.slow
def test_two_million_rows_are_read_back_equal_and_memory_stays_small(tmp_path: Path) -> None:
    import resource

    written(tmp_path, 3)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    written(tmp_path, 400)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 250
    check(tmp_path, 400)
