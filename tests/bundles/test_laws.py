"""The laws of bundles: whatever people and the central side do, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.bundles.codec import Flaw, decode, digest, encode
from tracker.bundles.desk import Choice, Desk, Which, following, told
from tracker.bundles.memory import of_lines, to_lines
from tracker.bundles.model import Bundle, Dispute, Entry, Known, Place, Synced
from tracker.bundles.patch import Spoken, patch
from tracker.history.threeway import Value

FIELDS = ("target", "basis")
VALUES = st.sampled_from([None, 1.0, 2.0])
PLACES = st.sampled_from([("t", k) for k in ("A", "A", "A", "B")])
CENTRAL = st.dictionaries(PLACES, st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES)))
Step = tuple[Any, ...]
Central = dict[Place, dict[str, Value]]
STEPS = st.one_of(
    st.tuples(st.just("edit"), PLACES, st.sampled_from(("target", "target", "basis")), VALUES),
    st.tuples(st.just("delete"), PLACES),
    st.tuples(st.just("type"), PLACES, st.tuples(VALUES, VALUES)),
    st.tuples(st.just("set"), PLACES, st.sampled_from(("target", "target", "basis")), VALUES),
    st.tuples(st.just("set"), PLACES, st.sampled_from(("target", "target", "basis")), VALUES),
    st.tuples(st.just("withdraw"), PLACES),
    st.tuples(st.just("refresh")),
    st.tuples(st.just("refresh")),
    st.tuples(st.just("choose"), st.integers(0, 5), st.sampled_from(["mine", "theirs", "other"])),
)  # fmt: skip
STORIES = st.lists(STEPS, min_size=4, max_size=16)
SPOKEN = Spoken({"t": ()}, {("t", ())})


@dataclass
class World:
    """A central side, a rep's rows, and by each cell what the rep last agreed to or decided."""

    desk: Desk = field(default_factory=lambda: Desk(Synced("w"), {}))
    said: dict[Place, Known] = field(default_factory=dict)
    sent: list[Bundle] = field(default_factory=list)
    central: dict[Place, dict[str, Value]] = field(default_factory=dict)

    def send(self, central: Mapping[Place, Mapping[str, Value]]) -> None:
        """The central side's rows as they are now, as a bundle where that says anything new."""
        wanted = {
            p: Entry(*p, {"k": p[1]}, {f: v.get(f) for f in FIELDS}) for p, v in central.items()
        }
        rows, gone = patch(self.said, wanted, SPOKEN)
        if rows or gone:
            n = len(self.sent) + 1
            made = Bundle(
                "w", "R", n, n - 1, "1", digest(self.said), "2026-06-30", "HQ", rows, gone
            )
            read = decode(encode(made))
            assert isinstance(read, Bundle)
            assert replace(read, checksum="") == made
            self.sent.append(read)
            self.said = told(self.said, read)

    def refresh(self, arrived: int | None = None) -> None:
        """As a refresh does it, memory written and read in between."""
        synced = of_lines(to_lines(self.desk.synced), "w")
        assert (synced.rows, synced.disputes, synced.taken) == (
            self.desk.synced.rows, self.desk.synced.disputes, self.desk.synced.taken,
        )  # fmt: skip
        desk = Desk(synced, self.desk.mine)
        desk.tidy()
        waiting = self.sent[:arrived]
        random.Random(len(waiting)).shuffle(waiting)
        while (bundle := following(waiting, desk.synced)) is not None:
            desk.take(bundle)
        self.desk = desk

    def do(self, step: Step) -> None:
        """One step of a story."""
        mine = self.desk.mine
        match step:
            case ["edit", place, str(f), value] if place in mine:
                mine[place][f] = value
            case ["delete", place]:
                mine.pop(place, None)
            case ["type", place, values] if place not in mine:
                mine[place] = dict(zip(FIELDS, values, strict=True))
            case ["set", place, str(f), value]:
                old = self.central.get(place, {})
                self.central[place] = {**old, f: value}
                self.send(self.central)
            case ["withdraw", place]:
                self.central.pop(place, None)
                self.send(self.central)
            case ["refresh"]:
                self.refresh()
            case ["choose", int(n), str(side)] if self.desk.synced.disputes:
                self.desk.tidy()
                open_now = sorted(self.desk.synced.disputes)
                if open_now:
                    choice = Choice(side, "own")  # type: ignore[arg-type]  # one of the three
                    self.desk.choose(open_now[n % len(open_now)], choice)


def told_story(steps: list[Step]) -> World:
    world = World()
    for step in steps:
        world.do(step)
    return world


def snapshot(desk: Desk) -> dict[Place, dict[str, Value]]:
    return {p: dict(cells) for p, cells in desk.mine.items()}


def hold(steps: list[Step]) -> None:
    """Every law at the end of one story."""
    world = told_story(steps)
    world.desk.tidy()
    before, agreed = snapshot(world.desk), dict(world.desk.synced.rows)
    open_before = dict(world.desk.synced.disputes)
    news = [b for b in world.sent if b.number not in world.desk.synced.taken]
    world.refresh()
    desk = world.desk
    _nothing_is_lost(desk, before, agreed, open_before, news)
    _what_was_said_is_there_or_asked(world, before, agreed, open_before)
    once = snapshot(desk), dict(desk.synced.disputes), dict(desk.synced.rows)
    world.refresh()
    assert (snapshot(world.desk), world.desk.synced.disputes, world.desk.synced.rows) == once
    assert digest(world.desk.synced.rows) == digest(world.said)
    _deciding_ends_it(world)


def _nothing_is_lost(
    desk: Desk, before: dict[Place, dict[str, Value]], agreed: dict[Place, Known],
    open_before: dict[Which, Dispute], news: list[Bundle],
) -> None:  # fmt: skip
    """What a person typed since both sides agreed stands there still; so does every row."""
    met = {(e.table, e.key, f, v) for b in news for e in b.rows for f, v in e.values.items()}
    for place, cells in before.items():
        assert place in desk.mine
        base = agreed[place].values if place in agreed else {}
        for f, value in cells.items():
            changed = value != base.get(f) or (*place, f) in open_before
            if changed and (*place, f, value) not in met:  # on which both agreed in between
                assert desk.mine[place][f] == value


def _what_was_said_is_there_or_asked(
    world: World, before: dict[Place, dict[str, Value]], agreed: dict[Place, Known],
    open_before: dict[Which, Dispute],
) -> None:  # fmt: skip
    """A cell that the central side changed holds its value, or a conflict asks about it.

    A word that is taken back while it is disputed leaves the cell as the person has it.
    """
    desk = world.desk
    for place, known in world.said.items():
        old = agreed.get(place)
        if known.withdrawn:
            row_open = (*place, "") in desk.synced.disputes
            assert place not in desk.mine or row_open or place not in desk.synced.rows
            continue
        for f, value in known.values.items():
            changed = value != (old.values if old else {}).get(f)
            asked = {(*place, f), (*place, "")} & set(desk.synced.disputes)
            was = open_before.get((*place, f))
            taken_back = was is not None and was.base == value
            if changed and not asked and not taken_back and (place in before or old is None):
                assert desk.mine[place][f] == value


def _deciding_ends_it(world: World) -> None:
    """After the central side is chosen everywhere, nothing is open; no refresh brings it back."""
    for which in sorted(world.desk.synced.disputes):
        d = world.desk.synced.disputes.get(which)
        if d is not None:
            assert world.desk.choose(which, Choice("theirs"))
            if d.kind == "value":
                assert world.desk.mine[d.place][d.field] == d.theirs
            else:
                assert (d.place in world.desk.mine) == (d.kind == "deleted_mine")
    end = snapshot(world.desk)
    world.refresh()
    assert world.desk.synced.disputes == {}
    assert snapshot(world.desk) == end


@settings(max_examples=150, deadline=None)
@given(STORIES)
def test_no_edit_is_lost_and_everything_converges(steps: list[Step]) -> None:
    hold(steps)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(STORIES)
def test_no_edit_is_lost_and_everything_converges_3000_times(
    steps: list[Step],
) -> None:
    hold(steps)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(PLACES, st.tuples(VALUES, VALUES)),
    st.lists(CENTRAL, max_size=4),
    st.lists(st.integers(0, 4), max_size=5),
)
def test_when_bundles_arrive_makes_no_difference(
    typed: dict[Place, tuple[Value, Value]],
    centrals: list[Central],
    arrivals: list[int],
) -> None:
    """All at once, in batches, or again after they were taken: the same rows and conflicts."""
    at_once, batches = World(), World()
    for world in (at_once, batches):
        for place, values in typed.items():
            world.do(("type", place, values))
        for central in centrals:
            world.send(central)
    at_once.refresh()
    for arrived in (*sorted(arrivals), None):
        batches.refresh(arrived)
    assert snapshot(batches.desk) == snapshot(at_once.desk)
    assert batches.desk.synced == at_once.desk.synced


def test_a_bundle_whose_predecessor_is_missing_waits() -> None:
    world = World()
    for n in (1.0, 2.0, 3.0):
        world.send({("t", "A"): {"target": n}})
    first, second, third = world.sent
    assert following([third, first], Synced("w")) == first
    world.desk.take(first)
    assert following([third], world.desk.synced) is None
    assert following([third, second], world.desk.synced) == second


def test_of_two_bundles_that_build_on_the_same_the_later_made_is_taken() -> None:
    world = World()
    world.send({("t", "A"): {"target": 1.0}})
    made = replace(world.sent[0], number=4, checksum="other")
    assert following([world.sent[0], made], Synced("w")) == made


@settings(max_examples=60, deadline=None)
@given(CENTRAL, st.data())
def test_a_bundle_that_was_changed_on_its_way_is_not_read(
    central: Central, data: st.DataObject
) -> None:
    world = World()
    world.send({("t", "A"): {"target": 1.0, "basis": "x"}, **central})
    raw = bytearray(encode(world.sent[0]))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255).filter(lambda b: b != raw[at]))
    read = decode(bytes(raw))
    assert isinstance(read, Flaw) or replace(read, checksum="") == replace(
        world.sent[0], checksum=""
    )
