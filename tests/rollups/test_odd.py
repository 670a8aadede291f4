"""Odd workbooks among others: each is named, and the others are whole all the same."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tests.books import AS_OF
from tests.rollups.conftest import on_disk
from tracker.api import extract as extracts_of
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.rollup import Request, rollup
from tracker.api.run import new
from tracker.cli import app

pytestmark = pytest.mark.own_state


def run(*arguments: object) -> int:
    return app.run([str(a) for a in arguments])


class Stumbling(Book):
    """A workbook over which the program stumbles where its name says so."""

    def __init__(self, path: Path, *given: object, **more: object) -> None:
        if path.name == "R202.xlsx":
            raise ZeroDivisionError(f"13812345678 in {path}")
        super().__init__(path, *given, **more)  # type: ignore[arg-type]  # handed on as they are


def test_a_book_over_which_the_program_stumbles_is_named_and_the_others_count(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extracts_of, "Book", Stumbling)
    code = run("rollup", tiny, "--as-of", AS_OF, "--format", "json", "--lang", "en")
    told = {b["path"]: b for b in json.loads(capsys.readouterr().out)["books"]}
    assert code == 1
    assert {n: b["state"] for n, b in told.items()} == {
        "R201.xlsx": "read", "R202.xlsx": "skipped", "R203.xlsx": "read",
    }  # fmt: skip
    (remark,) = told["R202.xlsx"]["remarks"]
    report = Path(remark.partition("report at ")[2].split(" to ")[0])
    said = report.read_text("utf-8")
    assert "ZeroDivisionError" in said
    assert "extract.py" in said
    assert "13812345678" not in said + remark


PLAN: list[Any] = ["代表编号", "口径", "客户/机构", "产品", "周期", "单位", "销售目标"]


def test_a_plan_for_distribute_among_the_books_is_nobodys_book(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new(tiny / "plan.xlsx", config=Config())
    lines: list[list[Any]] = [
        [rep, "机构", "市一医院", "泽络平", "2026Q2", "盒", 500] for rep in ("R201", "R202")
    ]
    for name, settings in (("计划.xlsx", None), ("own.xlsx", [["代表编号", "R201"]])):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "销售目标与达成"
        for line in [PLAN, *(lines if settings is None else lines[:1])]:
            sheet.append(line)
        if settings:
            listed = book.create_sheet("设置")
            listed.append(["项目", "值"])
            for line in settings:
                listed.append(line)
        book.save(tiny / name)
    found = {b.name: b for b in rollup(Request(paths=[tiny], as_of=AS_OF)).books}
    assert found["计划.xlsx"].state == "skipped"
    assert "distribute" in found["计划.xlsx"].remarks[0]["en"]
    assert {found[n].taken for n in ("R201.xlsx", "own.xlsx", "plan.xlsx")} == {True}
    assert run("rollup", tiny / "计划.xlsx", "--lang", "en") == 2
    assert "several reps" in capsys.readouterr().err


def test_a_day_written_by_hand_into_the_memory_of_a_book_is_none(tiny: Path) -> None:
    with on_disk(tiny / "R201.xlsx") as book:
        sheet = book.sheet("_tracker")
        meta = json.loads(str(sheet.get("A1")))
        meta["meta"]["as_of"] = "2026-11-2"
        sheet.set("A1", json.dumps(meta))
    found = rollup(Request(paths=[tiny], as_of=AS_OF))
    assert [b.state for b in found.books] == ["read"] * 3
    assert "ROL704" in {f.code for b, f in found.findings if b.name == "R201.xlsx"}


def test_figures_that_somebody_typed_into_are_told(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tiny / "rollup.xlsx"
    rollup(Request(paths=[tiny / "R201.xlsx"], as_of=AS_OF, out=out))
    with on_disk(out) as book:
        sheet = book.sheet("_tracker")
        for row in sheet.scan.rows:
            said = str(sheet.get(f"A{row}"))
            sheet.set(
                f"A{row}", said.replace(r"\"as_of\":\"2026-06-30\"", r"\"as_of\":\"2026-6-30\"")
            )
    assert run("report", out, "-o", tiny / "page.html", "--lang", "en") == 2
    assert "make it again with tracker rollup" in capsys.readouterr().err


def test_the_day_is_that_of_the_teams_own_zone_whatever_is_named_first(tiny: Path) -> None:
    (tiny / "a").mkdir()
    (tiny / "R201.xlsx").rename(tiny / "a" / "R201.xlsx")
    (tiny / "tracker.toml").write_text('timezone = "Pacific/Kiritimati"\n', "utf-8")
    (tiny / "a" / "tracker.toml").write_text('timezone = "Pacific/Pago_Pago"\n', "utf-8")
    paths = [tiny / "a", tiny]  # the two zones are 25 hours apart
    days = {rollup(Request(paths=p)).as_of for p in (paths, paths[::-1])}
    assert days == {datetime.now(ZoneInfo("Pacific/Kiritimati")).date()}
