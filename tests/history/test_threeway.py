"""The laws of a three-way merge, and its cases by name."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.history.threeway import Rows, Value, merge

VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]), st.integers(0, 3).map(float))
ROW = st.dictionaries(st.sampled_from(["name", "target", "unit"]), VALUES, max_size=3)
ROWS = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), ROW, max_size=4)


def clean(rows: Rows) -> dict[str, dict[str, Value]]:
    """Rows without blank cells, as a workbook holds them."""
    return {k: {f: v for f, v in r.items() if v is not None} for k, r in rows.items()}


def at_odds(base: Rows, mine: Rows, theirs: Rows) -> set[tuple[str, str]]:
    """Every cell that both sides changed and not alike, by looking at each one."""
    fields = ("name", "target", "unit")
    found = set()
    for key in {*mine, *theirs} & {*mine} & {*theirs}:
        for f in fields:
            b, m, t = (side.get(key, {}).get(f) for side in (base, mine, theirs))
            if m != b and t != b and m != t:
                found.add((key, f))
    for key in {*base} & ({*mine} ^ {*theirs}):
        left = mine.get(key, theirs.get(key, {}))
        if clean({"x": left}) != clean({"x": base[key]}):
            found.add((key, ""))
    return found


@settings(max_examples=300)
@given(ROWS, ROWS, ROWS)
def test_no_edit_is_lost_in_silence(base: Rows, mine: Rows, theirs: Rows) -> None:
    found = merge(base, mine, theirs)
    told = {(c.row, c.field) for c in found.conflicts}
    assert told == at_odds(base, mine, theirs)
    for side in (mine, theirs):
        for key, row in side.items():
            for field, value in row.items():
                changed = value != base.get(key, {}).get(field)
                if changed and value is not None and (key, field) not in told:
                    assert found.rows[key][field] == value


@settings(max_examples=300)
@given(ROWS, ROWS, ROWS)
def test_which_side_is_mine_changes_only_what_a_conflict_shows(
    base: Rows, mine: Rows, theirs: Rows
) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    disputed = {(c.row, c.field) for c in one.conflicts}
    assert disputed == {(c.row, c.field) for c in other.conflicts}
    agreed = [
        {(k, f, v) for k, r in m.rows.items() for f, v in r.items() if (k, f) not in disputed}
        for m in (one, other)
    ]
    assert agreed[0] == agreed[1]
    assert set(one.rows) == set(other.rows)


@settings(max_examples=300)
@given(ROWS, ROWS, ROWS)
def test_merging_again_converges(base: Rows, mine: Rows, theirs: Rows) -> None:
    """Once taken in, `theirs` is the common version, and nothing is left to do."""
    first = merge(base, mine, theirs)
    again = merge(theirs, first.rows, theirs)
    assert again.conflicts == ()
    assert again.rows == first.rows


@given(ROWS, ROWS)
def test_a_side_that_changed_nothing_gives_way(base: Rows, theirs: Rows) -> None:
    assert merge(base, base, theirs).conflicts == ()
    assert clean(merge(base, base, theirs).rows) == clean(theirs)
    assert clean(merge(base, theirs, base).rows) == clean(theirs)


def test_a_cell_changed_on_both_sides_is_a_conflict_and_stays_mine() -> None:
    base, mine, theirs = ({"T": {"target": v}} for v in (100.0, 110.0, 120.0))
    found = merge(base, mine, theirs)
    assert found.rows == {"T": {"target": 110.0}}
    (conflict,) = found.conflicts
    assert (conflict.base, conflict.mine, conflict.theirs) == (100.0, 110.0, 120.0)


def test_a_row_deleted_here_and_edited_there_stays_and_is_told() -> None:
    found = merge({"T": {"target": 1.0}}, {}, {"T": {"target": 2.0}})
    assert found.rows == {"T": {"target": 2.0}}
    assert [c.kind for c in found.conflicts] == ["deleted_mine"]
