"""Findings about books as wholes: each code fires where it should, and a near miss does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from tests.rollups.test_choose import head
from tracker.checks.catalogue import hint, message
from tracker.rollups.alike import alike
from tracker.rollups.choose import books
from tracker.rollups.model import Book, Head, Sighting
from tracker.rollups.settings import Likeness
from tracker.rollups.shared import Meeting, meetings
from tracker.rollups.spoken import Spoken
from tracker.rollups.verdicts import verdicts
from tracker.schema.load import load

DAY = date(2026, 6, 30)
FRESH = "2026-06-29"


@dataclass(frozen=True)
class Kept:
    """A book, the lists it keeps and what it may share."""

    head: Head
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sightings: tuple[Sighting, ...] = ()

    @property
    def book(self) -> Book:
        return Book(f"{self.head.workbook}.xlsx", "read", self.head)


def kept(workbook: str, owner: str, **more: Any) -> Kept:
    sheets = {"customers": "客户基础信息"}
    return Kept(replace(head(workbook, owner=owner), refreshed=FRESH, sheets=sheets), **more)


def aged(one: Kept, **more: Any) -> Kept:
    return replace(one, head=replace(one.head, **more))


def seen(row: int, key: tuple[str, ...], **facts: object) -> Sighting:
    return Sighting("customers", row, f"C{row}{key[0]}", key, key, len(key), facts)


def met(books: Sequence[Kept], spoken: Spoken | None = None) -> list[Meeting]:
    shared = {k.book.name: k.sightings for k in books}
    names = spoken.names if spoken else {}
    return meetings([k.book for k in books], lambda b: shared[b.name], names)


def codes(books: Sequence[Kept], **more: Any) -> list[str]:
    spoken = Spoken()
    for one in books:
        spoken.add(one.book, one.spellings)
    every = [k.book for k in books]
    found = verdicts(every, met(books, spoken), load(), DAY, 14, spoken.conflicts, **more)
    return [f.code for _, f in found]


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
        [aged(kept("a", "R1"), refreshed="2026-06-15")],
        [aged(kept("a", "R1"), refreshed="2026-06-16")],
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_it_fires_and_its_near_miss_does_not(code: str) -> None:
    fires, misses = CASES[code]
    assert codes(fires) == [code]
    assert codes(misses) == []


def test_every_code_of_rollups_has_a_case() -> None:
    assert set(CASES) == {c for c in load().codes if c.startswith("ROL")}


def test_a_copy_of_another_rep_is_an_error_and_one_of_the_same_is_none() -> None:
    mine, theirs = head("w", 3, owner="R1"), head("w", 2, owner="R2")
    every = books({"a.xlsx": mine, "b.xlsx": theirs, "c.xlsx": replace(mine, revision=1)})
    found = verdicts(every, [], load(), DAY, 14)
    told = [(b, f) for b, f in found if f.code == "ROL701"]
    assert [b.name for b, _ in told] == ["b.xlsx"]
    assert "R2" in message(told[0][1], load(), "en")
    assert load().codes["ROL701"].severity == "error"


def test_the_other_workbook_is_named_in_full_however_long_its_name() -> None:
    name = "华东大区/" + "很长的文件名" * 12 + ".xlsx"
    every = books({name: head("a", owner="R1"), "b.xlsx": head("b", owner="R1")})
    (told,) = [f for _, f in verdicts(every, [], load(), DAY, 14) if f.code == "ROL701"]
    for lang in ("zh", "en"):
        assert name in message(told, load(), lang)


def test_books_without_a_code_that_began_as_one_file_are_told() -> None:
    mine, theirs = head("w", 2), replace(head("w", 1), digest="other")
    every = books({"a.xlsx": mine, "b.xlsx": theirs, "a (2).xlsx": mine})
    told = [(b.name, f) for b, f in verdicts(every, [], load(), DAY, 14) if f.code == "ROL701"]
    assert [name for name, _ in told] == ["b.xlsx"]
    assert "no rep code, left out" in message(told[0][1], load(), "en")


def test_codes_that_only_differ_in_case_or_width_are_one_rep() -> None:
    one, two = (kept(w, o, sightings=(seen(2, WANG),)) for w, o in (("a", "R001"), ("b", "r００1")))
    assert codes([one, two]) == ["ROL701"]
    assert met([one, two, kept("c", "R2")]) == []
    every = books({"a.xlsx": head("w", 3, owner="R1"), "b.xlsx": head("w", 2, owner="r1")})
    assert [f.code for _, f in verdicts(every, [], load(), DAY, 14) if f.code == "ROL701"] == []


def test_a_book_of_another_version_is_told() -> None:
    assert codes([aged(kept("a", "R1"), version="0")]) == ["ROL702"]


def test_what_differs_is_told_by_its_header() -> None:
    books = [
        kept("a", "R1", sightings=(seen(2, WANG, title="chief"),)),
        kept("b", "R2", sightings=(seen(3, WANG, title="nurse"),)),
    ]
    ((_, found),) = verdicts([k.book for k in books], met(books), load(), DAY, 14)
    column = load().modules["customers"].by_name["title"]
    for lang in ("zh", "en"):
        assert column.label(lang) in hint(found, load(), lang)


def test_a_spelling_of_one_book_joins_what_another_calls_by_the_name() -> None:
    lists = {"institutions": {"市一": "市第一医院"}}
    mine = kept("a", "R1", sightings=(seen(2, ("王丽", "市一")),), spellings=lists)
    theirs = kept("b", "R2", sightings=(seen(3, ("王丽", "市第一医院")),))
    assert codes([mine, theirs]) == ["ROL703"]


def test_values_that_differ_are_named_and_a_blank_says_nothing() -> None:
    books = [
        kept("a", "R1", sightings=(seen(2, WANG, title="chief", status=None),)),
        kept("b", "R2", sightings=(seen(3, WANG, title="nurse", status="active"),)),
    ]
    (found,) = met(books)
    assert found.differ == ("title",)


def test_a_row_with_the_id_of_anothers_is_the_same_thing_whatever_it_is_called() -> None:
    mine, theirs = seen(2, WANG), seen(9, LI)._replace(id="C2王丽")
    (found,) = met([kept("a", "R1", sightings=(mine,)), kept("b", "R2", sightings=(theirs,))])
    assert [s.row for _, s in found.seen] == [2, 9]
    assert met([kept("a", "R1", sightings=(mine,)), kept("b", "R1", sightings=(theirs,))]) == []


def test_what_rows_name_is_shared_whatever_the_rows_are() -> None:
    place = seen(2, ("市一",), institution_level="3A")._replace(kind="institution")
    theirs = place._replace(row=7, facts={"institution_level": "2A"})
    row = seen(2, WANG)
    (found,) = met([kept("a", "R1", sightings=(row, place)), kept("b", "R2", sightings=(theirs,))])
    assert (found.kind, found.key, found.differ) == (
        "institution",
        ("市一",),
        ("institution_level",),
    )


def test_a_book_that_keeps_other_periods_than_the_team_is_told() -> None:
    one = kept("a", "R1")
    assert codes([one], periods=[(one.book, {"zh": "按月", "en": "months"})]) == ["ROL704"]


PLACES = Likeness("customers", "institution", 1, ())
PEOPLE = Likeness("customers", "customer_name", 0, (1,))


def near(first: tuple[str, ...], second: tuple[str, ...], owner: str = "R2") -> list[str]:
    books = [
        kept("a", "R1", sightings=(seen(2, first),)),
        kept("b", owner, sightings=(seen(3, second),)),
    ]
    shared = {k.book.name: k.sightings for k in books}
    found = alike([k.book for k in books], lambda b: shared[b.name], {}, [PLACES, PEOPLE], 85)
    return [f"{a.field}: {a.first.name} ~ {a.second.name}" for a in found]


def test_names_that_are_alike_are_candidates() -> None:
    city, short = "云浦区第二人民医院", "云浦第二人民医院"
    (pair,) = near(("王丽", city), ("李伟", short))
    assert set(pair.removeprefix("institution: ").split(" ~ ")) == {city, short}
    assert near(("王丽", city), ("李伟", city)) == []
    assert near(("王丽", city), ("李伟", "云浦区第一人民医院")) == []
    assert near(("王丽", city), ("李伟", short), owner="R1") == []
    assert near(("Ouyang Xiaoli", city), ("Ouyang Xiaolih", city)) == [
        "customer_name: Ouyang Xiaoli ~ Ouyang Xiaolih"
    ]
    assert near(("Ouyang Xiaoli", "东方医院"), ("Ouyang Xiaolih", "中心医院")) == []
