"""All samples from the source: the same source gives the same bytes, whatever day or machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from sample_workbooks.slips import Planted, make_slips
from sample_workbooks.worked import worked_layout
from tracker.api.config import Config
from tracker.api.run import new, refresh
from tracker.opc.save import write_new
from tracker.opc.statedir import VARIABLE
from tracker.xlsx.refs import ref

HERE = Path(__file__).resolve().parent
FIRST_DAY, LAST_DAY = date(2026, 5, 31), date(2026, 6, 30)
NEW, WORKED, TEAM = "rep_R001.xlsx", "rep_R001_worked.xlsx", "team"
README, BEGIN, END = "README.md", "<!-- planted -->", "<!-- /planted -->"
_REPS = ("R101", "R102", "R103", "R104", "R105")
_TEAM_SIZE = 0.1


def make_new(folder: Path) -> None:
    """The book of a rep's year as `tracker new --sample` makes it."""
    new(folder / NEW, sample=True, config=Config())


def make_untouched(path: Path) -> None:
    """The worked book before June: laid out by its owner, refreshed at the end of May."""
    write_new(path, worked_layout())
    refresh(path, FIRST_DAY, Config())


def make_worked(folder: Path) -> list[Planted]:
    """The worked book with the slips of June in it; returns what was planted."""
    with tempfile.TemporaryDirectory() as scratch:
        before = Path(scratch) / WORKED
        make_untouched(before)
        return make_slips(before, folder / WORKED)


def make_team(folder: Path) -> None:
    """Five small books of a team, refreshed on the last day of the story."""
    (folder / TEAM).mkdir()
    for rep in _REPS:
        path = folder / TEAM / f"{rep}.xlsx"
        new(path, sample=True, rep=rep, size=_TEAM_SIZE, config=Config())
        refresh(path, LAST_DAY, Config())


def make_all(folder: Path) -> list[Planted]:
    """Make every sample in an empty folder; returns what was planted in the worked book."""
    make_new(folder)
    make_team(folder)
    return make_worked(folder)


def said_of(planted: list[Planted], worked: Path) -> list[tuple[Planted, str, str]]:
    """For each planted slip its severity and what a refresh on the last day says about it.

    Raises KeyError where the refresh does not say it at that very cell.
    """
    report = refresh(worked, LAST_DAY, Config(), dry=True)
    said = {
        (f.code, f.sheet, ref(f.row, f.column) if f.row and f.column else ""): f
        for f in report.findings
    }
    found = [(p, said[p.code, p.sheet, p.cell]) for p in planted]
    return [(p, f.severity, report.message(f, "zh", show=True)) for p, f in found]


def with_table(readme: str, rows: list[tuple[Planted, str, str]]) -> str:
    """The README with its list of planted slips made anew."""
    head, rest = readme.split(BEGIN)
    tail = rest.split(END)[1]
    lines = [
        "| cell | what was done | code | severity | what refresh says |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {p.sheet}!{p.cell} | {p.what} | {p.code} | {s} | {m} |" for p, s, m in rows]
    table = "\n".join(lines).replace("! |", " |").replace("\u3000", "&emsp;")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def write_all(target: Path = HERE) -> None:
    """Make all samples and put them, with the README's list, in the place of the old ones."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ[VARIABLE] = str(Path(scratch) / "state")
        folder = Path(scratch) / "made"
        folder.mkdir()
        rows = said_of(make_all(folder), folder / WORKED)
        shutil.copytree(folder, target, dirs_exist_ok=True)
    readme = target / README
    if readme.exists():
        readme.write_text(with_table(readme.read_text("utf-8"), rows), "utf-8")
