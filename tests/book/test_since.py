from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.book.since import Since, since

CELLS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3))
ROWS = st.dictionaries(st.sampled_from("PQRS"), CELLS)


def test_new_gone_and_changed_rows() -> None:
    before: dict[str, dict[str, object]] = {"P": {"a": 1, "b": "x"}, "Q": {"a": 2}}
    now: dict[str, dict[str, object]] = {"P": {"a": 1, "b": "y", "c": 3}, "R": {"a": 9}}
    assert since(before, now, ["a", "b", "c"]) == Since(
        ["R"], ["Q"], {"P": {"b": ("x", "y"), "c": (None, 3)}}
    )


def test_a_column_that_is_gone_changes_no_row() -> None:
    assert not since({"P": {"a": 1, "b": 2}}, {"P": {"a": 1}}, ["a"])


@given(ROWS)
def test_nothing_changed(rows: dict[str, dict[str, object]]) -> None:
    assert not since(rows, rows, ["a", "b", "c"])


@given(ROWS, ROWS)
def test_the_other_way_round(
    one: dict[str, dict[str, object]], other: dict[str, dict[str, object]]
) -> None:
    there, back = since(one, other, ["a", "b", "c"]), since(other, one, ["a", "b", "c"])
    assert (there.added, there.gone) == (back.gone, back.added)
    assert set(there.changed) == set(back.changed)
    for key, pairs in there.changed.items():
        assert {f: (b, a) for f, (a, b) in pairs.items()} == back.changed[key]
