from __future__ import annotations

from tracker.book.changes import CellChange, CellChanges, ColumnChange

IDS = {2: "A", 5: "B"}
COLUMN = ColumnChange("S", 3, "f", [2, 5], [None, 1.0], ["x", None], IDS)
CELLS = (
    CellChange("S", 2, 3, None, "x", "f", "A"),
    CellChange("S", 5, 3, 1.0, None, "f", "B"),
)


def test_a_column_tells_its_cells_one_by_one() -> None:
    assert tuple(COLUMN) == CELLS
    assert [c.cell for c in COLUMN] == ["C2", "C5"]


def test_changes_are_a_sequence_of_cells_whatever_they_are_kept_as() -> None:
    changes = CellChanges([COLUMN, ()])
    single = CellChange("T", 9, 1, 1, 2, "g", None)
    assert changes == CELLS
    assert changes != [*CELLS, single]
    changes.add([single])
    assert (len(changes), changes[-1], changes[:2]) == (3, single, CELLS)
    assert list(changes) == [*CELLS, single]
    assert changes == CellChanges([CELLS, [single]])
    assert hash(changes) == hash(CellChanges([CELLS, [single]]))


def test_no_changes() -> None:
    assert CellChanges() == ()
    assert not CellChanges([ColumnChange("S", 1, "f", [], [], [], {})])
    assert CellChanges() != "none"
