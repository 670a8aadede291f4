from __future__ import annotations

import pandas as pd

from tracker.book.memory import Memory, columns, follow, recall
from tracker.book.state import Marks, Past, State, mark
from tracker.schema.model import Column, Pick
from tracker.schema.names import PickList, Variants

FIELD = ("m", "stage")
LEVELS = (Pick("low", "1低", "1 Low", 0, ("1",)), Pick("high", "2高", "2 High", 1))
PICKS = {FIELD: (Column("stage", "阶段", "pick", picks=LEVELS), PickList(LEVELS, Variants({})))}
COMPUTED = Column("stage", "阶段", "pick", "computed", picks=LEVELS)


def state(as_of: str, stage: object, noted: str = "", past: Past | None = None) -> State:
    memory = {"m": {"A": {"stage": past}}} if past else {}
    rows: dict[str, dict[str, dict[str, object]]] = {"m": {"A": {"stage": stage} if stage else {}}}
    return State(meta={"as_of": as_of, "memory": noted}, rows=rows, memory=memory)


def known(found: Memory) -> Past:
    return found.rows["m"]["A"]["stage"]


def test_what_stood_there_on_the_last_day_is_remembered_on_the_next() -> None:
    found = recall(state("2026-06-01", "2高"), PICKS, "2026-06-02")
    assert (found.day, known(found)) == ("2026-06-01", Past("high", "2026-06-01", ""))


def test_a_change_keeps_the_day_it_was_seen_and_what_was_there_before() -> None:
    past = Past("high", "2026-05-01", "")
    found = recall(state("2026-06-01", "1", "2026-05-20", past), PICKS, "2026-06-02")
    assert known(found) == Past("low", "2026-06-01", "high")
    unchanged = recall(state("2026-06-01", "2 High", "2026-05-20", past), PICKS, "2026-06-02")
    assert known(unchanged) == past


def test_a_second_refresh_of_a_day_remembers_what_the_first_did() -> None:
    past = Past("high", "2026-05-01", "")
    found = recall(state("2026-06-01", "1低", "2026-05-20", past), PICKS, "2026-06-01")
    assert (found.day, known(found)) == ("2026-05-20", past)


def test_of_a_day_before_the_memory_nothing_is_known_and_nothing_forgotten() -> None:
    past = Past("high", "2026-05-01", "")
    found = recall(state("2026-06-01", "1低", "2026-05-20", past), PICKS, "2026-05-10")
    assert found.before("2026-05-10") == Memory()
    assert known(found) == past
    later = recall(state("2026-05-10", "1低", "2026-05-20", past), PICKS, "2026-06-05")
    assert known(later) == past


def test_blank_cells_have_a_past_too() -> None:
    found = recall(state("2026-06-01", None), PICKS, "2026-06-02")
    assert known(found) == Past("", "2026-06-01", "")
    assert follow(known(found), "low", "2026-06-02") == Past("low", "2026-06-02", "")


def test_rows_that_are_gone_are_forgotten() -> None:
    found = recall(state("2026-06-01", "2高"), PICKS, "2026-06-02")
    assert found.of_rows({"m": {"B": {}}}) == {"m": {}}
    assert found.of_rows({"m": {"A": {}}}) == found.rows


def test_columns_of_the_past() -> None:
    frame = pd.DataFrame({"stage": ["low", "high", None]}, index=[2, 3, 4])
    ids = {2: "A", 3: "B", 4: "C"}
    past = {
        "A": {"stage": Past("high", "2026-05-01", "")},
        "C": {"stage": Past("low", "not a day", "")},
    }
    found = columns(frame["stage"], ids, past, "stage", "2026-06-02")
    assert list(found["stage_before"]) == ["high", None, "low"]
    assert list(found["stage_was"]) == ["high", None, "low"]
    assert list(found["stage_since"]) == [pd.Timestamp("2026-06-02")] * 3
    still = columns(
        frame["stage"][:1], ids, {"A": {"stage": Past("low", "spoilt", "")}}, "stage", "2026-06-02"
    )
    assert still["stage_since"].isna().all()


def test_a_computed_word_is_known_by_the_mark_it_left() -> None:
    written = State(
        meta={"as_of": "2026-06-01", "lang": "en"},
        rows={"m": {"A": {}, "B": {}}},
        marks={"m": Marks(["stage"], {"A": mark("2 High"), "B": mark(None)})},
    )
    found = recall(written, {FIELD: (COMPUTED, PICKS[FIELD][1])}, "2026-06-02")
    assert known(found) == Past("high", "2026-06-01", "")
    assert found.rows["m"]["B"]["stage"].value == ""
