from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd

from tests.summary.book import customers, source
from tracker.summary.source import day, number, text


def test_tables_hold_valid_rows_with_computed_columns() -> None:
    made = source()
    assert len(made.tables["visits"]) == 5
    assert "visit_no" in made.tables["visits"]
    assert made.excluded("visits") == 1
    assert made.excluded("customers") == made.excluded("preferences") == 0


def test_words_are_in_the_language_of_the_workbook() -> None:
    assert source("zh").word("targets", "trend", "up") == "上升"
    assert source("en").word("targets", "trend", "up") == "Rising"
    assert source().word("targets", "trend", "sideways") == "sideways"
    assert source().word("targets", "trend", None) is None
    assert source().words("targets", "no_such_column") == {}


def test_a_renamed_sheet_is_linked_by_its_new_name() -> None:
    assert source("en").sheet("issues") == "Issues"
    assert replace(source(), sheets={"issues": "我的问题"}).sheet("issues") == "我的问题"


def test_columns_that_are_missing_are_known_to_be() -> None:
    made = source(customers=customers().drop(columns="institution"), targets=None)
    assert made.has("customers", "customer_name")
    assert not made.has("customers", "institution")
    assert not made.has("targets")
    assert made.people["Cb"] == {"name": "王芳", "institution": ""}


def test_cells_become_plain_values() -> None:
    assert (text("a\n b"), text(None), text(math.nan), text("长" * 9, 5)) == (
        "a b",
        "",
        "",
        "长长长长…",
    )
    assert (number(2), number(math.nan)) == (2.0, None)
    assert (day(pd.Timestamp(2026, 8, 1)), day(pd.NaT)) == (dt.date(2026, 8, 1), None)
