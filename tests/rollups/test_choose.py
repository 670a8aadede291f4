"""Which copy counts, and in which order books stand."""

from __future__ import annotations

import random
import unicodedata
from typing import Any

from tracker.rollups.choose import books, missing
from tracker.rollups.model import Head, Unread


def head(workbook: str, revision: int = 1, saved: str = "", owner: str = "", **more: Any) -> Head:
    return Head(
        digest=workbook, workbook=workbook, revision=revision, saved=saved, refreshed="",
        version="1", owner=owner, owner_name="", lang="zh", sheets={}, columns={}, rows={},
        **more,
    )  # fmt: skip


def test_the_higher_revision_of_one_workbook_counts() -> None:
    found = books({"a.xlsx": head("w", 3), "a (2).xlsx": head("w", 4), "b.xlsx": head("v")})
    assert [(b.name, b.state) for b in found] == [
        ("b.xlsx", "read"), ("a (2).xlsx", "read"), ("a.xlsx", "copy"),
    ]  # fmt: skip
    assert "a (2).xlsx" in found[-1].remarks[0]["en"]


def test_of_equal_revisions_the_one_saved_later_counts_then_the_first_name() -> None:
    later = books({"a.xlsx": head("w", 3, "2026-06-01"), "b.xlsx": head("w", 3, "2026-06-02")})
    assert later[0].name == "b.xlsx"
    same = books({"b.xlsx": head("w", 3), "a.xlsx": head("w", 3), "ab.xlsx": head("w", 3)})
    assert same[0].name == "a.xlsx"


def test_of_equal_files_the_one_that_is_no_conflict_copy_counts() -> None:
    for odd in (
        "R03 (冲突副本).xlsx",
        "R03 (conflicted copy).xlsx",
        "R03 - 副本.xlsx",
        "R04 (1).xlsx",
        "R04-DESKTOP-7QK2L.xlsx",
        "R04-laptop-Wang.xlsx",
    ):
        (first, other) = books({odd: head("w", 3), "R04.xlsx": head("w", 3)})
        assert (first.name, other.name) == ("R04.xlsx", odd)
        assert other.of == first


def test_books_stand_by_rep_then_name_then_id() -> None:
    files = {
        "a": head("z", owner="R1"),
        "b": head("x", owner="R3"),
        "c": head("y", owner="R2"),
        "d": head("b", owner="R1"),
    }
    assert [b.name for b in books(files)] == ["d", "a", "c", "b"]


def test_the_order_of_the_files_does_not_show() -> None:
    files = {f"{i}.xlsx": head(f"w{i % 4}", i % 3, owner=f"R{i}") for i in range(12)}
    files |= {"x.xls": Unread({"zh": "旧", "en": "old"})}  # type: ignore[dict-item]  # both kinds stand there
    first = books(files)
    for seed in range(5):
        names = list(files)
        random.Random(seed).shuffle(names)
        assert books({n: files[n] for n in names}) == first


def test_a_remark_makes_a_book_partial_and_an_unread_one_is_named() -> None:
    odd = head("w", remarks=({"zh": "缺", "en": "lacks"},))
    found = books({"a.xlsx": odd, "z.xls": Unread({"zh": "旧格式", "en": "old format"})})
    assert [(b.name, b.state) for b in found] == [("a.xlsx", "partial"), ("z.xls", "skipped")]


def test_what_is_expected_and_absent_is_named_by_code_or_file() -> None:
    found = books({"team/a.xlsx": head("w", owner="R1")})
    gone = missing(["R1", "R2", "a.xlsx", "b.xlsx", "R2"], found)
    assert [b.name for b in gone] == ["R2", "b.xlsx"]
    assert {b.state for b in gone} == {"missing"}


def test_a_list_may_spell_codes_and_names_in_another_way() -> None:
    found = books({unicodedata.normalize("NFD", "Müller.xlsx"): head("w", owner="R001")})
    assert missing(["müller.xlsx", "Ｒ００１", "r001 "], found) == []
