from __future__ import annotations

import pytest

from tracker.xlsx.edits import Edits
from tracker.xlsx.values import Put


def test_cells_are_found_by_place_and_told_row_by_row() -> None:
    edits = Edits({(3, 2): "b", (1, 4): Put(None, style=2), (3, 1): 7})
    assert (3, 2) in edits
    assert (2, 3) not in edits
    assert edits.at((3, 1)) == Put(7)
    assert sorted(edits) == [(1, 4), (3, 1), (3, 2)]
    assert list(edits.by_row()) == [(1, [4], [Put(None, style=2)]), (3, [1, 2], [7, "b"])]
    assert (len(edits), len(Edits())) == (3, 0)
    with pytest.raises(KeyError):
        edits[2, 2]


def test_a_copy_is_added_to_alone() -> None:
    edits = Edits({(1, 1): 1})
    twin = edits.copy()
    twin[2, 1] = twin[1, 2] = 2
    assert (sorted(edits), sorted(twin)) == ([(1, 1)], [(1, 1), (1, 2), (2, 1)])


@pytest.mark.parametrize("code", [None, "0.0"])
def test_what_is_equal_and_yet_another_value_stays_apart_in_a_column(code: str | None) -> None:
    values = [1, True, 1.0, 0.0, -0.0, None, "", False, 0, "x", "x"]
    edits = Edits()
    edits.put_column(2, range(1, 12), values, code)
    planned = [edits.at((row, 2)) for row in range(1, 12)]
    assert [(type(p.value), p.value) for p in planned] == [(type(v), v) for v in values]
    assert [str(p.value) for p in planned[3:5]] == ["0.0", "-0.0"]
    assert {p.number_format for p in planned} == {code}


def test_every_text_counts() -> None:
    edits = Edits({(1, 1): "a", (2, 1): Put("a"), (3, 1): 1, (4, 2): None})
    assert sorted(edits.texts()) == ["a", "a"]
