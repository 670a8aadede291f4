from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.cli.columns import width, wrapped


def test_chinese_takes_two_places() -> None:
    assert width("汇总ab") == 6
    assert width("，·") == 4
    assert width("e\u0301") == 1


def test_marks_stay_with_what_they_follow() -> None:
    lines = list(wrapped("一二三，四五六", limit=8))
    assert lines == ["一二三，", "四五六"]


def test_words_are_kept_whole_and_indented() -> None:
    assert list(wrapped("one two three", "- ", "  ", limit=12)) == ["- one two", "  three"]


@given(st.text(), st.integers(10, 90))
def test_no_line_is_too_long_and_nothing_is_lost(text: str, limit: int) -> None:
    lines = list(wrapped(text, "  ", "    ", limit=limit))
    assert all(width(line) <= limit for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
