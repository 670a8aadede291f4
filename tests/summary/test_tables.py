from __future__ import annotations

import datetime as dt
from typing import Any

import lxml.html
import pytest

from tracker.summary.tables import column, functions, table

ROWS: list[dict[str, object]] = [
    {"name": "<甲>", "n": 3.0, "day": dt.date(2026, 8, 1), "tone": "behind", "code": "x"},
    {"name": "乙", "n": None, "day": None, "tone": None, "code": "y"},
]


def cells(html: str) -> list[list[str]]:
    lines = lxml.html.fragment_fromstring(html).iter("tr")
    return [["".join(map(str, c.itertext())) for c in line] for line in lines]


def test_a_row_a_line_and_blank_is_not_zero() -> None:
    made = table(
        ROWS, [column("名", "name", 2), column("数", "n", kind="num"), column("日", "day")]
    )
    assert cells(made) == [["名", "数", "日"], ["<甲>", "3", "2026-08-01"], ["乙", "", ""]]
    assert 'colspan="2"' in made


def test_a_cell_says_its_head_to_a_phone() -> None:
    assert made_with(column('数"', "n", kind="num")).count('data-label="数&#34;"') == 2


def test_a_tone_is_a_class_and_a_blank_may_have_words() -> None:
    made = made_with(column("数", "n", kind="num", tone="tone", none="—"))
    assert 'class="num behind"' in made
    assert cells(made)[2] == ["—"]


def test_codes_may_have_words() -> None:
    assert cells(made_with(column("码", "code", words={"x": "甲"})))[1:] == [["甲"], ["y"]]


def test_a_last_line_holds_sums() -> None:
    made = table(ROWS, [column("数", "n", kind="num")], foot={"n": 9})
    assert cells(made)[-1] == ["9"]
    assert 'class="sum num"' in made


def test_a_kind_that_there_is_not_and_text_for_a_number_are_refused() -> None:
    with pytest.raises(ValueError, match="pie"):
        column("x", "n", kind="pie")
    with pytest.raises(TypeError, match="甲"):
        made_with(column("x", "name", kind="num"))


def test_notes_say_how_many_more_there_are_and_what_was_left_out() -> None:
    made = functions({"more": "{n}/{shown}", "excluded": "-{n}"})
    block = {"rows": ROWS, "total": 5, "excluded": 2}
    assert made["notes"](block) == '<p class="note">5/2 · -2</p>'
    assert made["notes"]({"rows": ROWS, "total": 2, "excluded": 0}) == ""
    assert '<p class="note">无&lt;</p>' in str(made["listing"]({"rows": []}, "无<", []))


def made_with(*columns: object) -> str:
    return table(ROWS, list(columns))  # type: ignore[arg-type]  # columns they are


def test_a_list_that_is_empty_for_errors_does_not_say_that_there_is_nothing() -> None:
    made = functions({"more": "{n}", "excluded": "{n} left out"})
    listing: Any = made["listing"]
    block = {"rows": [], "total": 0, "excluded": 3}
    assert "nothing entered" not in listing(block, "nothing entered", [], left="errors: {n}")
    assert "errors: 3" in listing(block, "nothing entered", [], left="errors: {n}")
    assert "nothing entered" in listing({**block, "excluded": 0}, "nothing entered", [], left="{n}")
