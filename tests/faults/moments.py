"""Whole refreshes killed at random moments, computing included."""

from __future__ import annotations

import random
import statistics
import time
from pathlib import Path

from tests.faults.figures import Figures
from tests.faults.matrix import KILLED, Scene, next_run, scene
from tests.faults.stage import DAYS, Stage

FAULTS = (
    "lost", "old version gone", "next run failed", "left beside the book", "left in the state",
)  # fmt: skip
_FRESH = 50


def moments(folder: Path, trials: int = 500) -> Figures:
    """Kill `trials` refreshes, computing included; the one that follows each must go well."""
    with Stage(folder) as whole, Stage(folder, remember=True) as stage:
        return some_moments(whole, scene(stage), trials)


def saving_moments(folder: Path, trials: int = 300) -> Figures:
    """As `moments`, computing remembered, so that most kills fall on the disk's part."""
    with Stage(folder, remember=True) as stage:
        return some_moments(stage, scene(stage), trials)


def some_moments(whole: Stage, at: Scene, trials: int) -> Figures:
    """As `moments`; `whole` makes the refreshes that are killed, `at` those that follow."""
    seen, dice = Figures(FAULTS), random.Random(trials)
    span = _span(whole, at.old)
    seen.counts["ms a refresh takes"] = round(span * 1000)
    for n in range(trials):
        if n % _FRESH == 0:
            at.stage.reset(at.old)
        at.stage.path.write_bytes(at.old)
        _trial(whole, at, dice.uniform(0, span), seen)
    return seen


def _span(whole: Stage, old: bytes) -> float:
    """Seconds of a refresh in a fork, the median of three."""
    whole.reset(old)
    whole.learn(DAYS[1])
    took = []
    for _ in range(3):
        whole.path.write_bytes(old)
        start = time.perf_counter()
        assert whole.refresh(DAYS[0]).code == 0
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def _trial(whole: Stage, at: Scene, moment: float, seen: Figures) -> None:
    ended = whole.refresh(DAYS[0], kill=moment)
    now, where = whole.now(), f"killed after {moment:.3f} s"
    seen.add("trials")
    seen.add("killed", ended.code == KILLED)
    seen.add("ended before", ended.code != KILLED)
    seen.add("with the new book", now == at.new)
    seen.add("stopped amid writing", whole.strays() or whole.parts())
    seen.add("lost", now not in (at.old, at.new), where)
    seen.add("old version gone", now != at.old and not whole.kept(at.old), where)
    next_run(at.stage, DAYS[1], seen, where)
