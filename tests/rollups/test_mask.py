"""Personal values stay out, also of free text; pseudonyms are stable and tell nothing."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from tracker.metrics.dates import columns
from tracker.metrics.settings import Settings
from tracker.rollups.mask import HIDDEN, Mask, unknown_fields
from tracker.rollups.settings import RollupSettings
from tracker.schema.load import load

SCHEMA = load()
CUSTOMERS = SCHEMA.modules["customers"]
PHONE = CUSTOMERS.by_name["private_phone"]
REMARKS = CUSTOMERS.by_name["remarks"]
SCRUB = RollupSettings.of(SCHEMA.thresholds).scrub


def shown(mask: Mask, column: str, *values: object) -> list[object]:
    series = pd.Series(values, dtype=object)
    return mask.column(CUSTOMERS, CUSTOMERS.by_name[column], series).tolist()


def test_a_personal_column_is_hidden_and_a_blank_stays_blank() -> None:
    assert shown(Mask(), "private_phone", "13800138000", None) == [HIDDEN, None]
    assert shown(Mask(), "institution", "市一医院") == ["市一医院"]


def test_what_is_computed_from_a_personal_date_is_hidden_with_it() -> None:
    module = SCHEMA.modules["preferences"]
    rows = pd.DataFrame({"important_date": ["07-01"], "date_type": ["birthday"]})
    found = columns(rows, date(2026, 6, 30), Settings.of(SCHEMA.thresholds).dates)
    assert "days_to" in found
    for name, values in found.items():
        assert values.notna().all()
        assert Mask().column(module, module.by_name[name], values).tolist() == [HIDDEN], name


def test_fields_asked_for_are_let_through() -> None:
    for name in ("private_phone", "customers.private_phone"):
        mask = Mask(frozenset({name}), SCRUB)
        assert shown(mask, "private_phone", "13800138000") == ["13800138000"]
    assert unknown_fields(["wechat", "customers.email", "remarks", "nonsense"], SCHEMA.modules) == [
        "remarks",
        "nonsense",
    ]


def test_pseudonyms_are_equal_for_equal_values_and_follow_the_key() -> None:
    first, other = Mask(key=b"a" * 16), Mask(key=b"b" * 16)
    a, b, c = shown(first, "private_phone", "13800138000", "13800138000", "13900139000")
    assert a == b != c
    assert a != shown(other, "private_phone", "13800138000")[0]
    assert not re.search(r"1[3-9]\d{9}", str(a))


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("手机13800138000，下午联系", f"手机{HIDDEN}，下午联系"),
        ("+86 138-0013-8000", HIDDEN),
        ("电话008613800138000。", f"电话{HIDDEN}。"),
        ("手机１３８００１３８０００", f"手机{HIDDEN}"),
        ("138.0013.8000 或 138 - 0013 – 8000", f"{HIDDEN} 或 {HIDDEN}"),
        ("li.wei＠mail.example", HIDDEN),
        (
            "销量 138.0013，1.38 亿，批号 2138.0013.8000",
            "销量 138.0013，1.38 亿，批号 2138.0013.8000",
        ),
        ("邮箱 li.wei+x@mail.example 可用", f"邮箱 {HIDDEN} 可用"),
        ("剂量 10mg，2026-06-30，编号 20260630138", "剂量 10mg，2026-06-30，编号 20260630138"),
    ],
)
def test_free_text_is_scrubbed(typed: str, left: str) -> None:
    assert shown(Mask(scrub=SCRUB), "remarks", typed) == [left]
