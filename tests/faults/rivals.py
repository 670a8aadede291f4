"""Two processes refresh one workbook while an editor saves it, often in the moment of a swap."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.figures import Figures
from tests.faults.stage import ROOT, small_book
from tracker.xlsx import Workbook

FAULTS = ("markers lost", "versions gone", "other failures", "left beside the book")
_SHEET, _COLUMN = "设置", "Z"
_MOST_SWAPS, _GLANCE = 3, 0.0003


class Editor:
    """Adds marker after marker to the workbook, by a temporary file and a rename as Excel does.

    It looks for its earlier markers each time. It does not read while a swap is under way, as
    what it would read may be taken back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.saved = 0
        self.in_the_gap = 0
        self.missed: set[int] = set()

    def turns(self, going: Callable[[], bool]) -> None:
        """Save time and again while the others are `going`, who must get on in between."""
        dice = random.Random(1)
        while going():
            for _ in range(dice.randint(1, _MOST_SWAPS)):
                self._await(going, self._another(self._path.stat().st_ino))
            self.save(going)

    def save(self, going: Callable[[], bool]) -> None:
        """Prepare a version with one more marker; put it in place when a swap is near."""
        data = self._read()
        if data is None:
            return
        self.missed |= set(range(1, self.saved + 1)) - markers(data)
        book = Workbook(data)
        book.sheet(_SHEET).set(f"{_COLUMN}{self.saved + 1}", f"marker {self.saved + 1}")
        temp = self._path.with_name("editor.tmp")
        temp.write_bytes(book.to_bytes())
        self.in_the_gap += self._await(going, self._swapping)
        temp.replace(self._path)
        self.saved += 1

    def _read(self) -> bytes | None:
        before = self._swapping()
        data = self._path.read_bytes()
        return None if before or self._swapping() or data != self._path.read_bytes() else data

    def _swapping(self) -> bool:
        return any(f.suffix == ".swap" for f in self._path.parent.iterdir())

    def _another(self, inode: int) -> Callable[[], bool]:
        return lambda: self._path.stat().st_ino != inode

    def _await(self, going: Callable[[], bool], seen: Callable[[], bool]) -> bool:
        while not seen():
            if not going():
                return False
            time.sleep(_GLANCE)
        return True


def markers(data: bytes) -> set[int]:
    """Numbers of the markers in a workbook."""
    sheet, found, row = Workbook(data).sheet(_SHEET), set[int](), 1
    while row <= 1000:
        value = sheet.get(f"{_COLUMN}{row}")
        if isinstance(value, str) and value.startswith("marker "):
            found.add(int(value.split()[1]))
        row += 1
    return found


def rivals(folder: Path, count: int = 100) -> Figures:
    """Two processes with `count` refreshes each."""
    path, state = folder / "d" / "book.xlsx", folder / "state"
    path.parent.mkdir(parents=True)
    path.write_bytes(small_book())
    command = [sys.executable, "-m", "tests.faults.rival", str(path), str(count)]
    env = {**os.environ, "TRACKER_STATE_DIR": str(state), "TRACKER_LANG": "en"}
    rivals = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    editor = Editor(path)
    editor.turns(lambda: any(r.poll() is None for r in rivals))
    return _figures(path, state, editor, [json.loads(r.communicate()[0]) for r in rivals])


def _figures(path: Path, state: Path, editor: Editor, told: list[dict[str, int]]) -> Figures:
    seen = Figures(FAULTS)
    for name, n in (item for t in told for item in t.items()):
        known = name in ("done", "written", "locked", "changed meanwhile")
        seen.counts[name if known else "other failures"] += n
        seen.add("other failures", not known, name)
    beside = [f for f in path.parent.iterdir() if f != path]
    rescued = [f for f in beside if "rescued" in f.name]
    seen.counts["saves of the editor"] = editor.saved
    seen.counts["of these beside a swap"] = editor.in_the_gap
    seen.counts["rescued files"] = len(rescued)
    there = set().union(*(markers(f.read_bytes()) for f in (path, *rescued)))
    gone = editor.missed | (set(range(1, editor.saved + 1)) - there)
    seen.counts["markers lost"] = len(gone)
    seen.counts["left beside the book"] = len(beside) - len(rescued)
    _versions(state, seen)
    return seen


def _versions(state: Path, seen: Figures) -> None:
    """Every version that the journal says was replaced is there."""
    history = state / "history"
    lines = [x for f in history.glob("journal/*.jsonl") for x in f.read_text().splitlines()]
    for sha in (json.loads(x)["before"] for x in lines):
        seen.add("versions gone", not (history / "objects" / sha[:2] / sha).is_file(), sha)
    seen.counts["entries in the journal"] = len(lines)
