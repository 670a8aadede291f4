"""Findings about books as wholes: each code fires where it should, and a near miss does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.rollup.test_choose import head
from tracker.rollup.model import Book, Head, Sighting
from tracker.rollup.shared import meetings
from tracker.rollup.verdicts import verdicts
from tracker.schema.load import load

DAY = date(2026, 6, 30)
FRESH = "2026-06-29"


def kept(workbook: str, owner: str, **more: Any) -> Head:
    sheets = {"customers": "客户基础信息"}
    return replace(head(workbook, owner=owner), refreshed=FRESH, sheets=sheets, **more)


def seen(row: int, key: tuple[str, ...], **facts: object) -> Sighting:
    return Sighting("customers", row, f"C{row}{key[0]}", key, len(key), facts)


def codes(heads: Sequence[Head]) -> list[str]:
    books = [Book(f"{h.workbook}.xlsx", "read", h) for h in heads]
    return [f.code for _, f in verdicts(books, meetings(books), "1", DAY, 14)]


LISTS = {"institutions": {"市一": "市第一医院"}}
OTHER = {"institutions": {"市一": "市一中心医院"}}
WANG, LI = ("王丽", "市一", "内科"), ("李伟", "市一", "内科")
CASES = {
    "ROL701": ([kept("a", "R1"), kept("b", "R1")], [kept("a", "R1"), kept("b", "R2")]),
    "ROL702": (
        [kept("a", "R1", spellings=LISTS), kept("b", "R2", spellings=OTHER)],
        [kept("a", "R1", spellings=LISTS), kept("b", "R2", spellings=LISTS)],
    ),
    "ROL703": (
        [kept("a", "R1", sightings=(seen(2, WANG),)), kept("b", "R2", sightings=(seen(5, WANG),))],
        [kept("a", "R1", sightings=(seen(2, WANG),)), kept("b", "R2", sightings=(seen(5, LI),))],
    ),
    "ROL704": (
        [replace(kept("a", "R1"), refreshed="2026-06-15")],
        [replace(kept("a", "R1"), refreshed="2026-06-16")],
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_it_fires_and_its_near_miss_does_not(code: str) -> None:
    fires, misses = CASES[code]
    assert codes(fires) == [code]
    assert codes(misses) == []


def test_every_code_of_rollups_has_a_case() -> None:
    assert set(CASES) == {c for c in load().codes if c.startswith("ROL")}


def test_a_book_of_another_version_is_told() -> None:
    assert codes([replace(kept("a", "R1"), version="0")]) == ["ROL702"]


def test_a_spelling_of_one_book_joins_what_another_calls_by_the_name() -> None:
    lists = {"institutions": {"市一": "市第一医院"}}
    mine = kept("a", "R1", sightings=(seen(2, ("王丽", "市一")),), spellings=lists)
    theirs = kept("b", "R2", sightings=(seen(3, ("王丽", "市第一医院")),))
    assert codes([mine, theirs]) == ["ROL703"]


def test_values_that_differ_are_named_and_a_blank_says_nothing() -> None:
    books = [
        Book("a.xlsx", "read", kept("a", "R1", sightings=(seen(2, WANG, title="chief", status=None),))),
        Book("b.xlsx", "read", kept("b", "R2", sightings=(seen(3, WANG, title="nurse", status="active"),))),
    ]  # fmt: skip
    (met,) = meetings(books)
    assert met.differ == ("title",)
