from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.tables import cases
from tracker.book.period import PER_YEAR, Grain, Period, bounds, holding, name, parse, split

GRAINS: st.SearchStrategy[Grain] = st.sampled_from(sorted(PER_YEAR))
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("case", cases("periods", "aliases"), ids=lambda c: repr(c["typed"]))
def test_every_spelling_is_read(case: dict[str, object]) -> None:
    assert parse(case["typed"]) == case["means"]


@pytest.mark.parametrize("case", cases("periods", "bounds"), ids=lambda c: str(c["period"]))
def test_bounds_are_calendar_bounds(case: dict[str, date]) -> None:
    assert bounds(str(case["period"])) == (case["start"], case["end"])


@pytest.mark.parametrize("blank", [pd.NaT, float("nan"), float("inf"), object()])
def test_what_is_no_period_is_none(blank: object) -> None:
    assert parse(blank) is None


def test_numbers_of_numpy_are_numbers() -> None:
    assert [parse(np.int64(202608)), parse(np.float64(2026))] == ["2026-08", "2026"]


@given(DAYS, GRAINS)
def test_a_day_lies_in_the_period_that_holds_it(day: date, grain: Grain) -> None:
    start, end = bounds(holding(day, grain))
    assert start <= day <= end


@given(DAYS, GRAINS)
def test_periods_follow_each_other_without_a_gap(day: date, grain: Grain) -> None:
    canonical = holding(day, grain)
    after = name(Period(grain, split(canonical).ordinal + 1))
    assert bounds(after)[0] == bounds(canonical)[1] + timedelta(days=1)


@given(DAYS, GRAINS)
def test_canonical_text_reads_as_itself(day: date, grain: Grain) -> None:
    canonical = holding(day, grain)
    assert parse(canonical) == canonical == name(split(canonical))


@given(st.text(max_size=12))
def test_any_text_is_a_canonical_period_or_none(text: str) -> None:
    found = parse(text)
    assert found is None or parse(found) == found


def test_reading_a_period_needs_no_pandas() -> None:
    code = "import sys, tracker.book.period; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
