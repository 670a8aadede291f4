"""The counting of bench/findings.py: what is found, misplaced, missed and false."""

from __future__ import annotations

import pytest

from bench.findings import Answer, Hit, Place, Score, planted, score
from tests.checks.torture import plans

FAULTS = {Place(5, 1), Place(8, 2), Place(8, 4)}
SLIPS = {Place(9, 3)}


def hit(row: int | None, column: int | None, seen: int | None = None) -> Hit:
    return Hit(Place(row, column), Place(row if seen is None else seen, column))


@pytest.mark.parametrize(
    ("hits", "found", "misplaced", "slips", "false"),
    [
        ([], 0, 0, 0, 0),
        ([hit(5, 1), hit(8, 2), hit(8, 4), hit(9, 3)], 3, 0, 1, 0),
        ([hit(7, 2, seen=8)], 0, 1, 0, 0),  # one row off
        ([hit(8, None)], 0, 1, 0, 0),  # no column: it serves one of two
        ([hit(5, 1), hit(5, None)], 1, 0, 0, 0),  # told twice
        ([hit(8, 9)], 0, 0, 0, 1),  # a sound cell of a faulty row
        ([hit(9, None)], 0, 0, 0, 1),  # a row with nothing but a slip
        ([hit(8, 3, seen=9)], 0, 0, 0, 0),  # a slip told a row off
        ([hit(5, 1, seen=6)], 1, 0, 0, 1),  # of a sound cell; its row points at a fault
        ([hit(None, None)], 0, 0, 0, 1),
    ],
)
def test_counts(hits: list[Hit], found: int, misplaced: int, slips: int, false: int) -> None:
    counted = score(Answer(set(hits)), FAULTS, SLIPS)
    assert counted == Score(3, found, misplaced, slips, false)
    assert counted.missed == 3 - found - misplaced


def test_faults_and_slips_lie_apart() -> None:
    for plan in plans().values():
        assert not planted(plan, "fault") & planted(plan, "slip")
