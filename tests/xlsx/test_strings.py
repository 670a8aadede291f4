from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xlsx.books import MAIN
from tracker.xlsx.strings import SharedStrings, StringPlan, rich_text
from tracker.xlsx.verify_strings import continued

PART = (
    f'<sst xmlns="{MAIN}" count="9" uniqueCount="5"><si><t>甲</t></si><si>\n <t xml:space="preserve">'
    " b&amp;_x000D_</t>\n</si><si><r><rPr><b/></rPr><t>r</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"
    "<r><t>un</t></r></si><si/><si><t>甲</t></si></sst>"
).encode()


def test_entries_of_every_kind() -> None:
    strings = SharedStrings(PART)
    assert strings.texts == ["甲", " b&\r", "run", "", "甲"]
    assert strings.find("甲") == 0
    assert strings.find("run") is None
    assert len(strings.spans) == len(strings) == 5
    assert PART[strings.end :] == b"</sst>"
    assert SharedStrings(None).texts == []


def test_prefixed_and_inline() -> None:
    data = b'<x:sst xmlns:x="u"><x:si><x:t>a</x:t></x:si></x:sst>'
    assert SharedStrings(data).texts == ["a"]
    assert rich_text(b"<x:is><x:r><x:t>a</x:t></x:r><x:t>b</x:t></x:is>", b"x:") == "ab"


@pytest.mark.parametrize(
    "entries",
    [
        "<si /><si><t>a</t></si>",  # as the XmlWriter of .NET closes an element
        "<si ></si><si><t>a</t></si >",
        "<si><t/></si><si><t xmlns:q='http://q/'>a</t ></si>",
        "<si><t /></si><si>\n<t xml:space='preserve'>a</t\n>\n</si\n>",
    ],
)
def test_space_in_tags_neither_joins_nor_loses_entries(entries: str) -> None:
    strings = SharedStrings(f'<sst xmlns="{MAIN}">{entries}</sst>'.encode())
    assert strings.texts == ["", "a"]
    assert len(strings.spans) == 2
    assert SharedStrings(StringPlan(strings, ["b"], ()).to_bytes(3)).texts == ["", "a", "b"]


def test_a_new_text_stands_behind_an_empty_last_entry() -> None:
    part = f'<sst xmlns="{MAIN}"><si><t>a</t></si><si /><extLst/></sst>'.encode()
    plan = StringPlan(SharedStrings(part), ["b"], ())
    after = plan.to_bytes(3)
    assert (plan.index("b"), SharedStrings(after).texts) == (2, ["a", "", "b"])
    assert after.endswith(b"<si /><si><t>b</t></si><extLst/></sst>")


def test_texts_are_reused_then_slots_filled_then_appended() -> None:
    plan = StringPlan(SharedStrings(PART), ["甲", "new", "and", "ß"], {4, 1})
    assert [plan.index(t) for t in ("甲", "and", "new", "ß")] == [0, 1, 4, 5]
    after = SharedStrings(plan.to_bytes(12))
    assert after.texts == ["甲", "and", "run", "", "new", "ß"]
    assert b'count="12" uniqueCount="6"' in after.data
    with pytest.raises(KeyError):
        plan.index("run")
    assert set(plan.replaced) == {1, 4}


def test_slots_that_are_not_filled_are_emptied_and_found_again() -> None:
    plan = StringPlan(SharedStrings(PART), [], {1, 4})
    assert plan.changed
    after = SharedStrings(plan.to_bytes(1))
    assert after.texts == ["甲", "", "run", "", ""]
    assert after.emptied == [1, 4]
    assert not StringPlan(after, [], after.emptied).changed
    again = SharedStrings(StringPlan(after, ["x", "y", "z"], after.emptied).to_bytes(1))
    assert again.texts == ["甲", "x", "run", "", "y", "z"]


def test_a_reused_entry_is_no_free_slot() -> None:
    plan = StringPlan(SharedStrings(PART), ["甲", "x"], {0})
    assert (plan.index("甲"), plan.index("x")) == (0, 5)


@pytest.mark.parametrize("part", [b'<sst xmlns="u"/>', b'<sst xmlns="u"><si/></sst>', None])
def test_parts_that_are_empty_or_nearly(part: bytes | None) -> None:
    strings = SharedStrings(part)
    assert not StringPlan(strings, [], ()).changed
    plan = StringPlan(strings, ["a"], ())
    assert plan.changed
    assert SharedStrings(plan.to_bytes(1)).texts == [*strings.texts, "a"]


texts = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(texts, max_size=6), st.sets(texts, max_size=6), st.sets(st.integers(0, 5)))
def test_what_is_not_freed_stays(old: list[str], wanted: set[str], free: set[int]) -> None:
    first = SharedStrings(StringPlan(SharedStrings(None), old, ()).to_bytes(0))
    free = {i for i in free if i < len(first)}
    plan = StringPlan(first, wanted, free)
    data = plan.to_bytes(3)
    after = SharedStrings(data)
    assert all(after.texts[plan.index(t)] == t for t in wanted)
    assert all(after.texts[i] == t for i, t in enumerate(first.texts) if i not in free)
    assert continued(first, data, plan.replaced) == after.texts


def test_a_part_that_does_not_continue_the_old_one() -> None:
    strings = SharedStrings(PART)
    data = StringPlan(strings, ["new", "n2"], {1}).to_bytes(1)
    texts = ["甲", "n2", "run", "", "甲", "new"]
    assert continued(strings, data, {1}) == texts
    for bad in (
        data.replace("甲".encode(), b"x", 1),
        data.replace(b"<b/>", b""),
        data.replace(b"</sst>", b"<extLst/></sst>"),
        data.replace(b"<si>", b"<sx>"),
        data.replace(b"sst", b"xxx"),
    ):
        assert continued(strings, bad, {1}) is None
    assert continued(strings, data, set()) is None
    assert continued(SharedStrings(b"<sst/>"), data, ()) is None
