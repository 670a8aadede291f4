from __future__ import annotations

import random

import pytest

from tests.history.test_undo import journal
from tracker.history.lineage import lineage
from tracker.history.undo import undo_target


@pytest.mark.parametrize(
    ("changes", "path", "current", "gone", "numbers"),
    [
        (["AB", "BC"], "1", "C", "", [1, 2]),
        (["AB", "BC"], "1", "X", "", [1, 2]),  # edited
        # a copy made of B: it has the past of the original up to the copying
        (["AB", "BC"], "2", "B", "", [1]),
        (["AB", "BC", "BD@2"], "2", "D", "", [1, 3]),
        (["AB", "BC", "BD@2"], "1", "C", "", [1, 2]),
        # a copy that was edited since has no past here, and that of the other is not its own
        (["AB", "BC"], "2", "X", "", []),
        (["AB", "BC", "XD@2"], "2", "D", "", [3]),
        (["AB", "BC", "XD@2"], "1", "C", "", [1, 2]),
        # moved: nothing lies at the first place any more
        (["AB", "BC"], "2", "C", "1", [1, 2]),
        (["AB", "BC"], "2", "X", "1", [1, 2]),
        (["AB", "BC", "XD@2"], "2", "D", "1", [1, 2, 3]),
        # there and back
        (["AB", "BC@2", "CD"], "1", "D", "2", [1, 2, 3]),
        # a copy that was deleted: what became of it is not mixed in
        (["AB", "BX@2", "XY@2"], "1", "Z", "2", [1]),
        # two copies refreshed to the same bytes
        (["AB", "BC", "BC@2"], "1", "C", "", [1, 3]),
        ([], "1", "A", "1", []),
    ],
)
def test_line(changes: list[str], path: str, current: str, gone: str, numbers: list[int]) -> None:
    line = lineage(journal(*changes), path, current, gone.__contains__)
    assert [e.seq for e in line] == numbers


def test_undo_never_brings_what_the_other_copy_became() -> None:
    """Two copies edited, refreshed and undone at random: each only ever gets back its own past."""
    rng = random.Random(4)
    undone = 0
    for _ in range(300):
        entries, fresh = [], iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        start = next(fresh)
        now = {"1": start, "2": start}
        had = {"1": {start}, "2": {start}}
        for _ in range(10):
            path = rng.choice("12")
            step = rng.choice(["edit", "refresh", "undo"])
            if step == "edit":
                now[path] = next(fresh)
            elif step == "refresh":
                new = next(fresh)
                entries.append((now[path], new, path, ""))
                now[path] = new
            else:
                texts = [f"{c}{a}{b}@{p}" for a, b, p, c in entries]
                line = lineage(journal(*texts), path, now[path], lambda _: False)
                target = undo_target(line, now[path])
                if target:
                    undone += 1
                    assert target.sha in had[path]
                    entries.append((now[path], target.sha, path, "<"))
                    now[path] = target.sha
            had[path].add(now[path])
    assert undone > 300
