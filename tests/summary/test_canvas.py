from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.summary.reading import sheet_of
from tracker.summary.canvas import HELPER, Canvas, text_width
from tracker.summary.links import Goal
from tracker.summary.styles import BASE


def height_of(text: str, room: float, **look: object) -> float:
    canvas = Canvas("S", [2, 10])
    canvas.need_text(0, text, room, {**BASE, **look})
    height = sheet_of(canvas.finish()).row_dimensions[1].height
    assert height is not None
    return float(height)


def test_a_chinese_character_is_two_wide() -> None:
    assert (text_width("销售 ab"), text_width("")) == (7, 0)


@given(st.integers(1, 60), st.integers(1, 60))
def test_more_text_never_needs_a_lower_row(first: int, more: int) -> None:
    short, long = (
        height_of("字" * first, 30, text_wrap=True),
        height_of("字" * (first + more), 30, text_wrap=True),
    )
    assert short <= long


def test_height_follows_the_font_and_only_wrapped_text_takes_lines() -> None:
    assert height_of("字", 30, font_size=22.0) > 30
    assert height_of("字" * 90, 30) == height_of("字", 30)
    assert height_of("字\n字", 30, text_wrap=True) > height_of("字字", 30, text_wrap=True)


def test_formats_are_made_once() -> None:
    canvas = Canvas("S", [2, 10])
    assert canvas.format({"bold": True}) is canvas.format({"bold": True})
    canvas.finish()


def test_helper_data_lies_in_hidden_columns_and_keeps_gaps() -> None:
    canvas = Canvas("S", [2, 10])
    place = canvas.spark_values(3, [1.0, None, 2.5], "0")
    columns = canvas.helper_column(["=1+1", 2.0, None])
    made = sheet_of(canvas.finish())
    assert (place, columns) == ("S!$AE$4:$AG$4", "S!$CY$1:$CY$3")
    assert [made[f"{c}4"].value for c in ("AE", "AF", "AG")] == [1, None, 2.5]
    assert (made["CY1"].value, made["CY1"].data_type) == ("=1+1", "s")
    assert made.column_dimensions["AE"].hidden


def test_a_link_keeps_what_people_typed_in_hidden_cells() -> None:
    canvas = Canvas("S", [2, 10])
    formula = canvas.seek(3, Goal('a"b', 7, "C*1", 2), '=1+1"')
    made = sheet_of(canvas.finish())
    ids = "'a\"b'!$B:$B"
    assert formula == f'=HYPERLINK("#\'a""b\'!A"&IFERROR(MATCH($CQ4,{ids},0),7),$CR4)'
    assert (made["CQ4"].value, made["CR4"].value, made["CR4"].data_type) == ("C~*1", '=1+1"', "s")


def test_a_line_has_room_for_few_links() -> None:
    canvas = Canvas("S", [2, 10])
    goal = Goal("S", 1, "x", 1)
    assert len({canvas.seek(0, goal, "x") for _ in range(4)}) == 4
    with pytest.raises(ValueError, match="4 links"):
        canvas.seek(0, goal, "x")


def test_a_grid_that_would_reach_the_hidden_columns_is_refused() -> None:
    with pytest.raises(ValueError, match=str(HELPER)):
        Canvas("S", [10] * (HELPER + 1))
