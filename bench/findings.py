"""What is found on the torture sheets, beside three peers: python -m bench.findings [--peers PYTHON]."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils.cell import coordinate_to_tuple

from bench.measure import HERE, environment, machine
from tests.checks.casebook import columns, schema
from tests.checks.torture import HEADER, OWN, Plan, header, plans, torture_book

DAY = "2026-06-30"
TRACKER = "tracker check"
PEERS = {
    "pandas and pandera": "bench.peers.findings_pandas",
    "frictionless": "bench.peers.findings_frictionless",
    "django-import-export": "bench.peers.findings_import_export",
}
REMARKS = ("GEN010", "GEN012")
"""That there is an own column, or a hidden row: true, and of no cell's value."""
RULE = """\
How it is counted. A sheet holds *faults* (a value that is wrong, missing, doubtful or contradicts
another), *slips* (a value that is clear, in a form that is not: a date or number as text, an outer
blank, another spelling of a period) and cells that are strange and right (other spellings of a pick,
a time in words, line breaks, hidden and merged rows, rows that are nothing but colour).
`tests/checks/torture.yaml` lists them. Of one fault:

- **found**: a finding names its cell.
- **misplaced**: not found, but a finding that comes of its cell names another row, or one that comes
  of its row names no column. Each such finding serves one fault.
- **missed**: neither.

**False** are findings that come of a sound cell, or of a row without a fault; each place counts once.
**Slips** are those told at their cell, which is neither found nor false: tracker reads the value and
warns; who takes a clear date typed as text for right adds them to the false findings of a peer that
refuses the value. What is said of the sheet as a whole, that it has a column of one's own or a hidden
row, is left out. **Crashed** are sheets that a peer did not get through.

All faults are of kinds that tracker has rules for, and its tests hold it to these very sheets: the
table shows how far others get there, not what tracker misses elsewhere.

The peers get the same rules (`bench/peers/findings_rules.py`): required, types, picks, ranges,
patterns, keys, known customers and rules over several columns. They are also told the row of the
header and what its headers mean, which tracker has to find out. The row is what each names by itself,
plus the header's: pandas and frictionless count blank rows, django-import-export leaves them out and
counts on, so that it names the row above for all that lies below a blank one. A row constraint of
frictionless and a key over several columns name a row alone.
"""


class Place(NamedTuple):
    """An Excel row and the number of a column, as far as they are said."""

    row: int | None
    column: int | None


class Hit(NamedTuple):
    """A finding: the place that it names, and the one that it comes of."""

    named: Place
    seen: Place


@dataclass
class Score:
    """The counts of one peer over one sheet or several."""

    faults: int = 0
    found: int = 0
    misplaced: int = 0
    slips: int = 0
    false: int = 0
    crashed: int = 0

    @property
    def missed(self) -> int:
        return self.faults - self.found - self.misplaced

    def add(self, other: Score) -> None:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass
class Answer:
    """What a peer said of a sheet, or why it said nothing."""

    hits: set[Hit] = field(default_factory=set)
    versions: Mapping[str, str] = field(default_factory=dict)
    failed: str = ""


def score(answer: Answer, faults: set[Place], slips: set[Place]) -> Score:
    """The counts of one sheet by the rule above."""
    named = {hit.named for hit in answer.hits}
    seen = {hit.seen for hit in answer.hits}
    unfound, rows = faults - named, {fault.row for fault in faults}
    misplaced = unfound & seen
    for row in sorted(place.row for place in seen if place.row and place.column is None):
        misplaced |= set(sorted(f for f in unfound - misplaced if f.row == row)[:1])
    false = {
        place for place in seen - faults - slips if not (place.column is None and place.row in rows)
    }
    return Score(
        len(faults), len(faults & named), len(misplaced), len(slips & named), len(false),
        int(bool(answer.failed)),
    )  # fmt: skip


def planted(plan: Plan, kind: str) -> set[Place]:
    at = columns(plan.module)
    return {Place(row, at[p.field]) for p in plan.plants[kind] for row in p.rows()}


def labels(module: str) -> dict[str, str]:
    """The headers of a sheet in order, each with the label it stands for."""
    known = schema().modules[module].by_name
    return {header(module, n): known[n].label("zh") for n in columns(module)} | {OWN: OWN}


def ask(command: Sequence[str], folder: Path) -> tuple[Any, str]:
    """The JSON that a command prints, or the last line of its complaint."""
    done = subprocess.run(command, env=environment(folder), capture_output=True, check=False)
    try:
        return json.loads(done.stdout), ""
    except ValueError:
        return None, (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["silent"])[-1]


def ask_tracker(book: Path, module: str) -> Answer:
    code = "from tracker.cli import main; main()"
    told = ["check", str(book), "--as-of", DAY, "--format", "json"]
    report, failed = ask([sys.executable, "-c", code, *told], book.parent)
    if failed:
        return Answer(failed=failed)
    findings = [f for f in report["books"][0]["findings"] if f["code"] not in REMARKS]
    places = {place(f, module) for f in findings}
    return Answer({Hit(p, p) for p in places})


def place(finding: Mapping[str, Any], module: str) -> Place:
    """Where tracker's finding points; nowhere on this sheet if it is of another."""
    if finding["module"] != module or not finding["cell"]:
        return Place(None, None)
    return Place(*coordinate_to_tuple(finding["cell"]))


def ask_peer(python: str, peer: str, book: Path, module: str) -> Answer:
    told = json.dumps(labels(module), ensure_ascii=False)
    arguments = [str(book), module, str(HEADER), told, DAY]
    report, failed = ask([python, "-m", peer, *arguments], book.parent)
    if failed:
        return Answer(failed=failed)
    at = {label: n for n, label in enumerate(labels(module).values(), 1)}
    found = {
        Hit(Place(f["row"], column), Place(f["seen"], column))
        for f in report["findings"]
        for column in [at.get(f["label"])]
    }
    return Answer(found, report["versions"])


def compare(python: str, folder: Path) -> dict[str, dict[str, tuple[Answer, Score]]]:
    """By peer and module: what was said of the two sheets of a module, and the counts of both."""
    results: dict[str, dict[str, tuple[Answer, Score]]] = {}
    for module, plan in plans().items():
        faults, slips = planted(plan, "fault"), planted(plan, "slip")
        for date1904 in (False, True):
            book = folder / f"{module}.xlsx"
            book.write_bytes(torture_book(module, date1904=date1904))
            asked = {TRACKER: ask_tracker(book, module)}
            asked |= {name: ask_peer(python, peer, book, module) for name, peer in PEERS.items()}
            for name, answer in asked.items():
                _, total = results.setdefault(name, {}).setdefault(module, (answer, Score()))
                total.add(score(answer, faults, slips))
                results[name][module] = (answer, total)
        print(module, file=sys.stderr)
    return results


def line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def counts(s: Score) -> list[object]:
    return [s.faults, s.found, s.misplaced, s.missed, s.false, s.slips, s.crashed]


def absent(answers: Iterable[Answer]) -> str:
    """Why a peer could not be asked at all; empty where it could."""
    return next((a.failed for a in answers if a.failed.startswith("ModuleNotFoundError")), "")


def table(results: Mapping[str, Mapping[str, tuple[Answer, Score]]]) -> str:
    head = ["faults", "found", "misplaced", "missed", "false", "slips", "crashed"]
    totals = [line("peer", *head), line("---", *["---:"] * len(head))]
    parts = [line("sheet", "peer", *head), line("---", "---", *["---:"] * len(head))]
    skipped = []
    for name, by_module in results.items():
        why = absent(answer for answer, _ in by_module.values())
        if why:
            skipped.append(f"- {name} is left out: {why}")
            continue
        total = Score()
        for _, counted in by_module.values():
            total.add(counted)
        totals.append(line(name, *counts(total)))
    for module in plans():
        for name, by_module in results.items():
            if not absent([by_module[module][0]]):
                parts.append(line(module, name, *counts(by_module[module][1])))
    return "\n".join([*totals, "", *skipped, *[""] * bool(skipped), *parts])


def crashes(results: Mapping[str, Mapping[str, tuple[Answer, Score]]]) -> list[str]:
    return [
        f"- {name}, {module}: {answer.failed}"
        for name, by_module in results.items()
        for module, (answer, _) in by_module.items()
        if answer.failed and not absent([answer])
    ]


def report(results: Mapping[str, Mapping[str, tuple[Answer, Score]]]) -> str:
    answers = [answer for by_module in results.values() for answer, _ in by_module.values()]
    versions = {p: v for a in answers for p, v in a.versions.items()}
    slips = 2 * sum(len(plan.plants["slip"]) for plan in plans().values())
    told = ", ".join(f"{p} {v}" for p, v in versions.items())
    return (
        "# What is found on the torture sheets\n\nWritten by `python -m bench.findings`. Each of the six modules has a "
        "sheet as people leave it, once in the 1900 and once in the 1904 date system; "
        "`tracker check` and three peers "
        f"look for what is planted in it.\n\n{RULE}\n{machine(('openpyxl',))[:-1]}; {told}. The peers are optional: "
        '`pip install pandas pandera openpyxl "frictionless[excel]" "django-import-export[xlsx]"`, '
        "in an environment of their own with `--peers PYTHON`; one that is absent is left out.\n\n"
        f"Slips planted: {slips}.\n\n{table(results)}\n" + "\n".join(["", *crashes(results), ""])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=sys.executable, help="interpreter that has the peers")
    parser.add_argument("-o", type=Path, default=HERE / "FINDINGS.md", help="where the table goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        text = report(compare(chosen.peers, Path(scratch)))
    chosen.o.write_text(text.rstrip() + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
