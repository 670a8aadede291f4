"""One refresh for each system call of its window, which is killed there or failed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.faults.calls import Call, inject, plain, window
from tests.faults.figures import Figures
from tests.faults.stage import DAYS, Ended, Stage, small_book

ERRORS = ("EIO", "ENOSPC", "EACCES", "EROFS", "EINTR")
FAULTS = (
    "lost", "old version gone", "next run failed", "left beside the book", "left in the state",
    "traceback", "exit code untrue", "exit 70", "not reached",
)  # fmt: skip
_UNREADABLE, _REFUSED, _BUG, KILLED = 2, 3, 70, 137
_UNHEARD = "could not be printed"
_SAMPLE = 5


class Scene(NamedTuple):
    """The stage with the workbook before and after the refresh, and how exchanges fail on it."""

    stage: Stage
    old: bytes
    new: bytes
    fallback: str

    def calls(self) -> list[Call]:
        self.stage.reset(self.old)
        assert self.stage.refresh(DAYS[0], plain(self.stage.log, self.fallback)).code == 0
        assert self.stage.now() == self.new
        return window(self.stage.log)


def scene(stage: Stage, fallback: str = "") -> Scene:
    """Have the server learn the refresh and the one after it, from either state."""
    old = small_book()
    stage.reset(old)
    new = stage.learn(DAYS[0])
    stage.learn(DAYS[1])
    stage.reset(old)
    stage.learn(DAYS[1])
    return Scene(stage, old, new, fallback)


def trial(at: Scene, call: Call, what: str, seen: Figures) -> None:
    stage, where = at.stage, f"{what} at {call.name} {call.nth} {_short(call.line)}"
    stage.reset(at.old)
    ended = stage.refresh(DAYS[0], inject(call, what, stage.log, at.fallback))
    hit = ended.code == KILLED if "KILL" in what else "(INJECTED)" in stage.log.read_text()
    seen.add("not reached", not hit, where)
    judge(at, ended, where, seen)


def judge(at: Scene, ended: Ended, where: str, seen: Figures) -> None:
    """What a disturbed refresh left, and whether the next one goes well.

    A refresh that ended by itself and left nothing is followed up one time in five.
    """
    now = at.stage.now()
    seen.add("trials")
    seen.add("with the new book", now == at.new)
    seen.add("lost", now not in (at.old, at.new), where)
    seen.add("old version gone", now != at.old and not at.stage.kept(at.old), where)
    seen.add("traceback", ended.traceback, where)
    if ended.code != KILLED:
        _exit_code(ended, now == at.new, seen, where)
    left = at.stage.strays() or at.stage.parts()
    if ended.code == KILLED or left or seen.counts["trials"] % _SAMPLE == 0:
        next_run(at.stage, DAYS[1], seen, where)


def _exit_code(ended: Ended, written: bool, seen: Figures, where: str) -> None:
    unheard = _UNHEARD in ended.said  # what was written stays, and a script must not think all well
    true = {0} if written else {_UNREADABLE, _REFUSED}
    true = {1} if unheard else true
    said = f"{where}: exit {ended.code}, {'new' if written else 'old'}: {ended.said[-160:]!r}"
    seen.add("exit 70", ended.code == _BUG, said)
    seen.add("exit code untrue", ended.code not in true | {_BUG}, said)
    seen.add("exit 2 (could not be read)", ended.code == _UNREADABLE)
    seen.add("exit 1 (the results could not be printed)", unheard)


def next_run(stage: Stage, day: str, seen: Figures, where: str) -> None:
    """It ends well and leaves nothing behind of the run before."""
    seen.add("next runs")
    seen.add("with a half-written file in the state, swept when an hour old", stage.parts())
    stage.age_parts()
    ended = stage.refresh(day)
    seen.add("next run failed", ended.code != 0, f"{where}: {ended.said[-160:]!r}")
    seen.add("left beside the book", stage.strays(), where)
    seen.add("left in the state", stage.parts(), where)


def _short(line: str) -> str:
    return line.replace("</", " ").split("/")[-1][:60]


def kills(folder: Path, fallback: str = "", step: int = 1) -> Figures:
    """Killed at each call, or at each `step`th."""
    return run(folder, ["signal=SIGKILL"], fallback, step)


def errors(
    folder: Path, names: Iterable[str] = ERRORS, fallback: str = "", step: int = 1
) -> Figures:
    """Each call, or each `step`th, failed with each error."""
    return run(folder, [f"error={n}" for n in names], fallback, step)


def run(
    folder: Path, whats: list[str], fallback: str, step: int, *, remember: bool = True
) -> Figures:
    with Stage(folder, remember=remember) as stage:
        return trials(scene(stage, fallback), whats, step)


def trials(at: Scene, whats: list[str], step: int, *, printing: bool = True) -> Figures:
    """Each of `whats` done to each `step`th call, those that print left out if told."""
    seen = Figures(FAULTS)
    calls = [c for c in at.calls() if printing or not c.line.startswith("write(1<")]
    seen.counts["calls in the window"] = len(calls)
    for what in whats:
        for call in calls[::step]:
            if not (at.fallback and call.name == "renameat2" and "error" in what):
                trial(at, call, what, seen)
    return seen
