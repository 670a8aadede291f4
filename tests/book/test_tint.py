from __future__ import annotations

from tracker.book.tint import MARK, tint
from tracker.xlsx.refs import Range


def test_a_cell_is_sought_by_the_id_of_its_row_and_the_header_of_its_column() -> None:
    rule = tint(3, Range(4, 2, 60, 28), row_id=27, check=28)
    assert rule.formula == f'IF($AB4="",0,ISNUMBER(MATCH($AA4&"|"&B$3,{MARK},0)))'
    assert str(rule.where) == "B4:AB20003"
    assert rule.reach == 60


def test_a_table_without_a_check_and_a_long_one() -> None:
    rule = tint(1, Range(2, 1, 30_000, 4), row_id=4, check=None)
    assert rule.formula == f'ISNUMBER(MATCH($D2&"|"&A$1,{MARK},0))'
    assert str(rule.where) == "A2:D30000"


def test_a_table_without_records_reaches_over_its_first_row() -> None:
    assert tint(1, Range(2, 1, 0, 4), row_id=4, check=None).reach == 2
