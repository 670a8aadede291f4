from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.book.ids import ALPHABET, Drawer, is_ours, make, new_workbook_id

LETTERS = st.sampled_from("CVMTQP")


@given(st.text(max_size=8), LETTERS, st.integers(0, 20**5 + 20**6 + 5))
def test_ids_have_their_shape_and_their_check_letter(book: str, letter: str, n: int) -> None:
    text = make(book, letter, n)
    assert is_ours(text, letter)
    assert text.isalpha()
    assert 7 <= len(text) <= 9


@given(st.text(max_size=8), LETTERS, st.integers(0, 20**5 + 900))
def test_counters_give_different_ids(book: str, letter: str, start: int) -> None:
    ids = {make(book, letter, n) for n in range(start, start + 500)}
    assert len(ids) == 500


def test_one_size_is_gone_through_before_the_next() -> None:
    ids = {make("w", "C", n)[1:-1] for n in range(20**5 - 50, 20**5 + 50)}
    assert sorted(map(len, ids)) == [5] * 50 + [6] * 50


@given(LETTERS, st.integers(0, 10_000), st.integers(1, 6), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(letter: str, n: int, at: int, other: str) -> None:
    text = make("w", letter, n)
    spoilt = text[:at] + other + text[at + 1 :]
    assert is_ours(spoilt, letter) == (spoilt == text)


def test_typed_codes_are_not_ours() -> None:
    assert not any(is_ours(t, "C") for t in ("", "C", "C001", "10023", "CBCDFGAA", "张三"))


def test_the_drawer_passes_over_ids_in_use() -> None:
    drawer = Drawer("w", "C", 0)
    assert drawer.draw({make("w", "C", 0)}) == make("w", "C", 1)
    assert drawer.counter == 2


def test_a_workbook_id_follows_from_its_facts() -> None:
    assert new_workbook_id("a", "bc") == new_workbook_id("a", "bc") != new_workbook_id("ab", "c")
    assert len(new_workbook_id()) == 32
