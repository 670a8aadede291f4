from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.metrics.tables import cases, clean, frame, plain, settings
from tracker.metrics.enrich import enrich
from tracker.metrics.materials import deliveries, normal, repeats

TODAY = date(2026, 8, 15)
LATE = date(2026, 12, 31)


@pytest.mark.parametrize("case", cases("materials", "repeats"), ids=lambda c: str(c["name"]))
def test_repeated_materials(case: dict[str, Any]) -> None:
    names = ("date", "material", "material_type", "material_version")
    rows = [dict(zip(names, [*row, None][:4], strict=True)) for row in case["rows"]]
    df = frame([row | {"customer_key": "甲"} for row in rows])
    found = repeats(deliveries(df, clean(df), LATE), df.index, settings().materials)
    assert [plain(day) for day in found["duplicate_of"]] == case["gives"]
    assert [word == "repeated" for word in found["duplicate_flag"]] == [
        day is not None for day in case["gives"]
    ]


@pytest.mark.parametrize("case", cases("materials", "omissions"), ids=lambda c: str(c["name"]))
def test_forgotten_materials(case: dict[str, Any]) -> None:
    names = ("visit_date", "visit_status", "customer_key", "next_materials")
    visits = frame([dict(zip(names, row, strict=True)) for row in case["visits"]])
    given = [
        {"customer_key": who, "date": day, "material": what} for who, day, what in case["given"]
    ]
    nothing: dict[str, object] = {"customer_key": None, "date": None, "material": None}
    found = enrich({"visits": visits, "messaging": frame([*given, nothing])}, {}, TODAY, settings())
    omitted = [n for n, word in enumerate(found["visits"]["omission"]) if word == "omitted"]
    assert omitted == case["omitted"]


def test_windows_of_ones_own() -> None:
    row = {"customer_key": "甲", "material": ["指南"], "material_type": "sample"}
    df = frame([row | {"date": date(2026, 6, 1)}, row | {"date": date(2026, 6, 10)}])
    for changes, wanted in (({}, 0), ({"exempt": []}, 1), ({"exempt": [], "repeat_days": 8}, 0)):
        found = repeats(
            deliveries(df, clean(df), TODAY), df.index, settings(materials=changes).materials
        )
        assert found["duplicate_flag"].notna().sum() == wanted


@pytest.mark.parametrize("name", ["《ＣＫＤ 指南》", "ckd指南", "“CKD”指南", "CKD　指南"])
def test_names_are_compared_by_what_matters(name: str) -> None:
    assert normal(name) == "ckd指南"


def test_a_workbook_in_which_nothing_was_handed_over() -> None:
    df = frame([{"customer_key": "甲", "material": None, "date": date(2026, 6, 1)}])
    found = repeats(deliveries(df, clean(df), TODAY), df.index, settings().materials)
    assert found["duplicate_flag"].isna().all()
    assert isinstance(found["duplicate_of"].dtype, type(pd.Series([], dtype="datetime64[s]").dtype))
