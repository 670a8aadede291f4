from __future__ import annotations

import sys
from datetime import date

import pandas as pd
import pytest

from tests.metrics.tables import frame, settings, thresholds
from tracker.errors import ConfigError
from tracker.metrics import workdays
from tracker.metrics.attainment import aggregate
from tracker.metrics.enrich import enrich
from tracker.metrics.settings import Settings

WORKDAY = settings(time={"calendar": "workday"})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-17", False),  # new year
        ("2026-02-14", True),  # a Saturday made up for it
        ("2026-02-21", False),
        ("2026-03-02", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
    ],
)
def test_days_of_china_with_their_make_up_days(day: str, works: bool) -> None:
    assert WORKDAY.workdays is not None
    assert WORKDAY.workdays.works(date.fromisoformat(day)) is works


def progress(as_of: date, chosen: Settings = WORKDAY, until: date | None = None) -> float:
    row = {
        "period": "2026-02",
        "target": 100.0,
        "actual": 10.0,
        "unit": "box",
        "actual_as_of": until,
    }
    found = enrich({"targets": frame([row])}, {}, as_of, chosen)["targets"]
    return float(found["time_progress"].iloc[0])


def test_time_progress_counts_working_days() -> None:
    """February 2026: 2-6, 9-14 (a Saturday made up), 24-27 and Saturday 28: 16 days."""
    assert progress(date(2026, 2, 13)) == 10 / 16
    assert progress(date(2026, 2, 22)) == 11 / 16
    assert progress(date(2026, 2, 28)) == progress(date(2026, 3, 9)) == 1.0
    assert progress(date(2026, 1, 31)) == progress(date(2026, 2, 1)) == 0.0
    assert progress(date(2026, 2, 28), until=date(2026, 2, 13)) == 10 / 16
    assert progress(date(2026, 2, 14), settings()) == 0.5


def test_a_companys_own_days() -> None:
    own = settings(
        time={"calendar": "workday", "days_off": ["2026-02-02"], "days_worked": [date(2026, 2, 1)]}
    )
    assert progress(date(2026, 2, 2), own) == 1 / 16


def test_aggregates_count_the_same_days() -> None:
    row = {"period": "2026-02", "target": 100.0, "actual": 10.0, "unit": "box"}
    df, as_of = frame([row]), date(2026, 2, 13)
    valid = pd.Series(True, index=df.index)
    found = aggregate(df, valid, as_of, workdays=WORKDAY.workdays)
    assert found["to_date"].iloc[0] == pytest.approx(100 * 10 / 16)


@pytest.mark.parametrize(
    "change",
    [{"calendar": "weeks"}, {"country": "ZZZ"}, {"days_off": ["tomorrow"]}, {"days_off": 3}],
)
def test_a_mistake_is_named(change: dict[str, object]) -> None:
    top = thresholds()
    top["time"] = top["time"] | {"calendar": "workday"} | change
    with pytest.raises(ConfigError) as caught:
        Settings.of(top)
    assert "time" in caught.value.message("zh")
    assert caught.value.exit_code == 2


def test_asked_for_and_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    monkeypatch.setattr(workdays, "find_spec", lambda _: None)
    workdays._country.cache_clear()
    with pytest.raises(ConfigError, match=r"tracker\[holidays\]"):
        settings(time={"calendar": "workday"})
