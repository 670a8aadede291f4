from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from tracker.book.identity import Row, Verdict, identify
from tracker.book.ids import Drawer, make

KEY = ("name", "town")
A, B = make("w", "C", 0), make("w", "C", 1)


def _identify(
    rows: Sequence[Row], base: Mapping[str, Mapping[str, object]] | None = None, counter: int = 2
) -> Verdict:
    return identify(rows, base or {}, KEY, Drawer("w", "C", counter))


def test_a_blank_id_is_drawn_and_the_counter_goes_on() -> None:
    verdict = _identify([Row(2, None, {"name": "x"}), Row(3, A, {})], counter=0)
    assert verdict.ids == {2: B, 3: A}
    assert verdict.counter == 2


def test_the_row_most_like_the_last_version_keeps_its_id() -> None:
    known = {A: {"name": "x", "town": "u"}}
    copy, own = {"name": "x", "town": "u", "note": "new"}, {"name": "x", "town": "u"}
    verdict = _identify([Row(2, A, copy), Row(3, A, own)], known)
    assert verdict.ids[3] == A
    assert verdict.renewed == {2: (A, verdict.ids[2])}
    assert verdict.copies == {}


def test_exact_copies_name_the_first() -> None:
    same = {"name": "x"}
    verdict = _identify([Row(n, A, same) for n in (4, 5, 9)])
    assert verdict.copies == {5: 4, 9: 4}
    assert set(verdict.ids.values()) == {A}


def test_rows_that_share_a_typed_code_are_copies_whatever_they_hold() -> None:
    known = {"K-17": {"name": "z"}}
    rows = [
        Row(3, "K-17", {"name": "x"}),
        Row(7, "K-17", {"name": "y"}),
        Row(9, "K-17", {"name": "z"}),
    ]
    verdict = _identify(rows, known)
    assert verdict.copies == {7: 3, 9: 3}
    assert set(verdict.ids.values()) == {"K-17"}


def test_ids_that_differ_in_spelling_alone_are_told_and_kept() -> None:
    verdict = _identify(
        [Row(n, i, {}) for n, i in enumerate(("C001", "ｃ００１", "c001", "c001"), 2)]
    )
    assert verdict.alike == {3: 2, 4: 2}
    assert verdict.copies == {5: 4}
    assert [verdict.ids[n] for n in range(2, 6)] == ["C001", "ｃ００１", "c001", "c001"]


def test_a_lost_id_comes_back_to_the_row_that_is_most_like_it() -> None:
    base = {A: {"name": "x", "note": "1"}, B: {"name": "x", "note": "2"}}
    verdict = _identify([Row(2, None, {"name": "x", "note": "2"})], base)
    assert verdict.restored == {2: B}
    assert verdict.vanished == [A]


def test_without_the_first_part_of_the_key_nothing_is_restored() -> None:
    verdict = _identify([Row(2, None, {"town": "u"})], {A: {"town": "u"}})
    assert verdict.restored == {}
    assert verdict.vanished == [A]
    assert verdict.ids[2] not in (A, B)


_INPUTS = st.dictionaries(st.sampled_from(["name", "town", "note"]), st.sampled_from("xyz"))
_IDS = st.sampled_from([None, A, B, "K-17"])
_ROWS = st.lists(st.tuples(_IDS, _INPUTS), max_size=8)


@given(_ROWS, st.dictionaries(st.sampled_from([A, B, "K-17"]), _INPUTS))
def test_identifying_its_own_result_again_changes_nothing(
    cells: list[tuple[str | None, dict[str, str]]], base: dict[str, dict[str, str]]
) -> None:
    rows = [Row(n, key, inputs) for n, (key, inputs) in enumerate(cells, 2)]
    first = _identify(rows, base)
    assert set(first.ids) == {r.number for r in rows}
    named = [Row(r.number, first.ids[r.number], r.inputs) for r in rows]
    synced = {first.ids[r.number]: r.inputs for r in rows if r.number not in first.copies}
    again = _identify(named, synced, first.counter)
    assert again.ids == first.ids
    assert again.copies == first.copies
    assert (again.renewed, again.restored, again.vanished) == ({}, {}, [])
    assert again.counter == first.counter
