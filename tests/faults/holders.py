"""The workbook is open elsewhere, or was: LibreOffice, Excel, another run of this program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.figures import Figures
from tests.faults.stage import DAYS, Ended, Stage, small_book
from tests.opc.crafted import excel_owner
from tracker.opc.locks import held
from tracker.opc.owners import this_machine
from tracker.opc.trylock import book_lock_name

FAULTS = ("wrong",)
_PYTHON = "/usr/bin/python3"
_REFUSED, _PATIENCE = 3, 20.0


def has_office() -> bool:
    """Whether LibreOffice with its Python is here."""
    if shutil.which("soffice") is None or not Path(_PYTHON).exists():
        return False
    asked = subprocess.run([_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return asked.returncode == 0


@contextmanager
def office_holds(path: Path, profile: Path) -> Iterator[subprocess.Popen[str]]:
    """A LibreOffice with the workbook open, which is asked to end at the end."""
    script = Path(__file__).with_name("holder.py")
    holder = subprocess.Popen(
        [_PYTHON, str(script), str(path), str(profile)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout
    assert holder.stdout.readline() == "open\n"
    try:
        yield holder
    finally:
        holder.communicate()


def _wait_for_end(profile: Path) -> None:
    """Until no process has the profile; a killed one takes a moment."""
    until = time.monotonic() + _PATIENCE
    while profile.as_uri() in (this_machine().office_profiles or ()):
        assert time.monotonic() < until
        time.sleep(0.1)


class Holders:
    """The cases one after another, each from a fresh workbook."""

    def __init__(self, stage: Stage, old: bytes) -> None:
        self.stage, self.old, self.seen = stage, old, Figures(FAULTS)

    def all(self, profile: Path) -> Figures:
        self.stage.reset(self.old)
        self.stage.learn(DAYS[0])
        self.excel()
        self.own()
        if has_office():
            self.libre(profile)
        else:
            self.seen.add("LibreOffice not installed")
        return self.seen

    def excel(self) -> None:
        self.stage.reset(self.old)
        mark = self.stage.path.with_name(f"~${self.stage.path.name}")
        mark.write_bytes(excel_owner("张三"))
        self._refused("Excel's owner file", "张三")
        mark.unlink()
        self._goes_on("after Excel")

    def own(self) -> None:
        self.stage.reset(self.old)
        real = self.stage.path.resolve()
        with held(book_lock_name(str(real)), real, state=self.stage.state):
            self._refused("another run", "another tracker run")
        self._goes_on("after another run")
        self.stage.refresh(DAYS[1], kill=0.05)
        assert list((self.stage.state / "locks").iterdir())
        self._goes_on("after a killed run")

    def libre(self, profile: Path) -> None:
        self.stage.reset(self.old)
        lock = self.stage.path.with_name(f".~lock.{self.stage.path.name}#")
        with office_holds(self.stage.path, profile):
            self._refused("LibreOffice", "LibreOffice")
        self._goes_on("after LibreOffice")
        with office_holds(self.stage.path, profile) as holder:
            self._refused("LibreOffice again", "LibreOffice")
            os.killpg(holder.pid, signal.SIGKILL)
            _wait_for_end(profile)
        self.seen.add("lock files left by a killed LibreOffice", lock.exists())
        self._goes_on("after a killed LibreOffice")

    def _refused(self, case: str, who: str) -> None:
        before = self.stage.now()
        ended = self.stage.refresh(DAYS[1])
        right = ended.code == _REFUSED and who in ended.said and self.stage.now() == before
        self._told("refused, named", right, case, ended)

    def _goes_on(self, case: str) -> None:
        before = self.stage.now()
        ended = self.stage.refresh(DAYS[2])
        written = self.stage.now() != before
        self.stage.refresh(DAYS[0])
        self._told("went on", ended.code == 0 and written, case, ended)

    def _told(self, kind: str, right: bool, case: str, ended: Ended) -> None:
        self.seen.add("cases")
        self.seen.add(f"{kind} ({case})", right)
        self.seen.add("wrong", not right, f"{case}: exit {ended.code} {ended.said!r}")


def holders(folder: Path) -> Figures:
    """All cases."""
    with Stage(folder) as stage:
        return Holders(stage, small_book()).all(folder / "profile")
