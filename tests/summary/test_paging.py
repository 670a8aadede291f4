from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tracker.summary.paging import page_breaks


def test_what_fits_one_page_has_no_break() -> None:
    assert page_breaks([10.0] * 10, [], 100) == []
    assert page_breaks([], [], 100) == []


def test_a_short_run_goes_to_the_next_page_whole() -> None:
    assert page_breaks([10.0] * 15, [(9, 11)], 100) == [9]


def test_a_long_run_is_cut_where_the_page_ends() -> None:
    assert page_breaks([10.0] * 15, [(4, 12)], 100) == [10]


def test_runs_that_overlap_move_together() -> None:
    assert page_breaks([10.0] * 15, [(8, 10), (9, 11)], 100) == [8]


def test_a_run_past_the_end_counts_to_the_end() -> None:
    assert page_breaks([10.0] * 11, [(9, 20)], 100) == [9]


@given(
    st.lists(st.floats(1, 40), max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 9)), max_size=9),
)
def test_every_page_holds_its_rows(heights: list[float], runs: list[tuple[int, int]]) -> None:
    kept = [(a, a + n) for a, n in runs if a < len(heights)]
    breaks = page_breaks(heights, kept, 100)
    assert breaks == sorted(set(breaks))
    for first, last in pairwise([0, *breaks, len(heights)]):
        assert sum(heights[first:last]) <= 100 + 1e-6
