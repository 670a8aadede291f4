"""A refresh takes in what lies in the inbox beside the workbook."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.api.central import AS_OF, Rep, Sender, codes, goal, new_book, product, schema_folder
from tracker.api.history import undo
from tracker.api.inbox import waiting
from tracker.xlsx import Workbook

BOOK = "xl/workbook.xml"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return schema_folder(tmp_path_factory.mktemp("own") / "schema")


@pytest.fixture(scope="module")
def plain(schema: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    path.write_bytes(new_book(schema))
    Rep(path, schema).refresh()
    return path.read_bytes()


@pytest.fixture
def rep(tmp_path: Path, plain: bytes, schema: Path) -> Rep:
    path = tmp_path / "mine" / "book.xlsx"
    path.parent.mkdir()
    path.write_bytes(plain)
    return Rep(path, schema)


@pytest.fixture
def sender(rep: Rep) -> Sender:
    return Sender(rep)


def test_new_rows_are_added_with_ids_and_counted_at_once(rep: Rep, sender: Sender) -> None:
    file = sender.send(
        goal("=1+1", 500.0, level="hi", due="2026-09-30"), product("新药", code="007", active=True)
    )
    assert waiting(rep.path)
    report = rep.refresh()
    assert report.changes is not None
    assert (report.changes.taken, report.changes.ids) == ((1,), 1)
    assert codes(report) == ["DST806"]
    row = rep.goals()["=1+1"]
    assert report.rows == {"goals": 3}
    assert report.row_ids["goals"][row["row"]] == row["goal_id"]
    assert (len(row["goal_id"]), row["goal"], row["level"]) == (7, 500.0, "hi")
    assert str(row["due"])[:10] == "2026-09-30"
    raw = Workbook.open(rep.path).sheet("指标")
    assert raw.get(rep.cell("=1+1", "level")) == "高"
    assert raw.scan.cells(raw.scan.rows[row["row"]])[0].formula is False
    names = rep.opened().session.ctx.lists["products"]
    assert names.records["新药"] == {"name": "新药", "code": "007", "active": "是"}
    assert (file.exists(), (file.parent / "taken" / file.name).exists()) == (False, True)
    assert not waiting(rep.path)


def test_twice_is_once(rep: Rep, sender: Sender) -> None:
    file = sender.send(goal("南区", 500.0))
    rep.refresh()
    data, mtime = rep.path.read_bytes(), rep.path.stat().st_mtime_ns
    again = rep.refresh()
    assert again.changes is not None
    assert (again.changes.cells, again.changes.would_write, again.changes.taken) == ((), False, ())
    (file.parent / "taken" / file.name).replace(file)  # as after a run that was killed
    again = rep.refresh()
    assert (rep.path.read_bytes(), rep.path.stat().st_mtime_ns) == (data, mtime)
    assert (codes(again), file.exists()) == ([], False)


def test_a_dry_run_says_what_would_be_taken_in_and_leaves_it(rep: Rep, sender: Sender) -> None:
    sender.send(goal("南区", 7.0))
    data = rep.path.read_bytes()
    report = rep.refresh(dry=True)
    assert report.changes is not None
    assert ("goal", 7.0) in {(c.field, c.new) for c in report.changes.cells}
    assert report.changes.would_write
    assert (rep.path.read_bytes(), waiting(rep.path)) == (data, True)


def test_what_only_the_sender_changed_is_set_and_undone(rep: Rep, sender: Sender) -> None:
    sender.send(goal("东区", 100.0))
    rep.refresh()
    before = rep.path.read_bytes()
    sender.send(goal("东区", 600.0, level="lo"))
    report = rep.refresh()
    assert report.changes is not None
    cells = {(c.field, c.old, c.new) for c in report.changes.cells}
    assert {("goal", 100.0, 600.0), ("level", None, "低")} <= cells
    assert rep.goals()["东区"]["goal"] == 600
    undo(rep.path)
    assert rep.path.read_bytes() == before
    rep.refresh()
    assert (rep.goals()["东区"]["goal"], rep.goals()["东区"]["done"]) == (600, 5)


def disputed(rep: Rep, sender: Sender) -> None:
    """The goal of 东区 was changed on both sides: from 100 to 110 here, to 120 there."""
    sender.send(goal("东区", 100.0))
    rep.refresh()
    rep.type("指标", rep.cell("东区", "goal"), 110)
    sender.send(goal("东区", 120.0))


def test_a_cell_changed_on_both_sides_is_asked_about(rep: Rep, sender: Sender) -> None:
    disputed(rep, sender)
    report = rep.refresh()
    (line,) = rep.conflicts()
    assert line[:9] == [
        "指标",
        rep.cell("东区", "goal"),
        "东区 · 甲药",
        "目标",
        110,
        120,
        100,
        None,
        None,
    ]
    assert line[9] == "计划 · 2026-06-30 · 2"
    assert rep.goals()["东区"]["goal"] == 110
    for told in (report.findings, rep.opened().check(AS_OF)):
        (found,) = [f for f in told if f.code == "DST805"]
        assert (found.module, found.field, found.value) == ("goals", "goal", 110)
    data = rep.path.read_bytes()
    rep.refresh()
    assert rep.path.read_bytes() == data


@pytest.mark.parametrize(
    ("choice", "other", "left"),
    [("我的", None, 110), ("Sent", None, 120), ("另填", "1.5万", 15_000), ("", 130, 130)],
)  # fmt: skip
def test_the_next_refresh_does_what_was_chosen(
    rep: Rep, sender: Sender, choice: str, other: Any, left: float
) -> None:
    disputed(rep, sender)
    rep.refresh()
    rep.adopt(choice, other)
    report = rep.refresh()
    assert (rep.goals()["东区"]["goal"], codes(report)) == (left, [])
    assert "冲突" not in Workbook.open(rep.path).sheet_names
    data = rep.path.read_bytes()
    rep.refresh()
    assert rep.path.read_bytes() == data


@pytest.mark.parametrize(("choice", "other"), [("我的", 5), ("另填", "很多")])
def test_an_unclear_choice_is_told_and_stays(
    rep: Rep, sender: Sender, choice: str, other: Any
) -> None:
    disputed(rep, sender)
    rep.refresh()
    rep.adopt(choice, other)
    assert codes(rep.refresh()) == ["DST805", "DST808"]
    assert [line[7:9] for line in rep.conflicts()] == [[choice, other]]


def test_what_is_typed_elsewhere_on_the_sheet_of_conflicts_is_told(
    rep: Rep, sender: Sender
) -> None:
    disputed(rep, sender)
    rep.refresh()
    rep.type("冲突", "E6", 5)
    rep.type("冲突", "I6", "很多")
    report = rep.refresh()
    assert [f.facts["cells"] for f in report.findings if f.code == "GEN020"] == [("E6",)]


def test_a_newer_word_renews_the_line(rep: Rep, sender: Sender) -> None:
    disputed(rep, sender)
    rep.refresh()
    (old,) = rep.conflicts()
    sender.send(goal("东区", 125.0))
    rep.refresh()
    (new,) = rep.conflicts()
    assert new[4:7] == [110, 125, 100]
    assert new[10] != old[10]


@pytest.mark.parametrize(("choice", "left"), [("我的", 2), ("下发的", 1)])
def test_a_row_withdrawn_is_asked_about(rep: Rep, sender: Sender, choice: str, left: int) -> None:
    entry = goal("东区", 100.0)
    sender.send(entry)
    rep.refresh()
    sender.send(gone=((entry.table, entry.key),))
    rep.refresh()
    (line,) = rep.conflicts()
    assert line[3:6] == ["（整行）", "（保留）", "（已撤回）"]
    assert len(rep.goals()) == 2
    rep.adopt(choice)
    assert codes(rep.refresh()) == []
    assert len(rep.goals()) == left
    data = rep.path.read_bytes()
    rep.refresh()
    assert rep.path.read_bytes() == data


def test_a_row_deleted_here_comes_back_only_when_told(rep: Rep, sender: Sender) -> None:
    sender.send(goal("东区", 100.0))
    rep.refresh()
    for field in ("region", "product", "goal", "done", "goal_id"):
        rep.type("指标", rep.cell("西区", field).replace("3", "2"), None)
    sender.send(goal("东区", 120.0))
    rep.refresh()
    assert set(rep.goals()) == {"西区"}
    (line,) = rep.conflicts()
    assert line[2:6] == ["东区 · 甲药", "（整行）", "（本表已删除）", "（有更新）"]
    rep.adopt("下发的")
    rep.refresh()
    assert rep.goals()["东区"]["goal"] == 120


def test_a_row_that_was_there_first_is_the_same_row(rep: Rep, sender: Sender) -> None:
    sender.send(goal(" 西 区", 200.0))
    report = rep.refresh()
    assert (set(rep.goals()), codes(report)) == ({"东区", "西区"}, ["DST806"])


def test_a_formula_is_never_overwritten_unasked(rep: Rep, sender: Sender) -> None:
    sender.send(goal("东区", 100.0))
    rep.refresh()
    cell = rep.cell("东区", "goal")
    rep.path.write_bytes(with_formula(rep.path.read_bytes(), "指标", cell, 100))
    sender.send(goal("东区", 101.0))
    assert "DST805" in codes(rep.refresh())
    assert rep.goals()["东区"]["goal"] == 100


def test_rows_are_added_above_the_totals_of_a_table(rep: Rep, sender: Sender) -> None:
    rep.type("指标", "A4", "合计")
    sender.send(goal("南区", 7.0), goal("北区", 8.0))
    rep.refresh()
    assert {n: g["goal"] for n, g in rep.goals().items()} == {
        "东区": 100,
        "西区": 200,
        "南区": 7,
        "北区": 8,
    }
    assert Workbook.open(rep.path).sheet("指标").get("A4") == "合计"


def with_totals(data: bytes) -> bytes:
    """The workbook with a totals row under its table, as a spreadsheet program adds one.

    No drop-down list reaches over it, as in a workbook that this program did not make.
    """
    book = Workbook(data)
    book.sheet("指标").set("A4", "合计")
    package = Workbook(book.to_bytes()).package
    (part,) = (p for p in package if p.startswith("xl/tables/"))
    table = package.read(part).replace(b'"A1:H3" totalsRowShown="0"', b'"A1:H4" totalsRowCount="1"')
    package.write(part, table)
    names = re.sub(
        rb'<definedName name="_trk.list.goals".*?</definedName>', b"", package.read(BOOK)
    )
    package.write(BOOK, names)
    return package.to_bytes()


def test_the_totals_row_of_a_table_moves_down_for_rows_that_are_sent(
    rep: Rep, sender: Sender
) -> None:
    rep.path.write_bytes(with_totals(rep.path.read_bytes()))
    sender.send(goal("南区", 7.0), goal("北区", 8.0))
    assert codes(rep.refresh()) == ["DST806"]
    sheet = Workbook.open(rep.path).sheet("指标")
    (table,) = sheet.tables
    assert (table.area.bottom, table.totals) == (6, 1)
    assert [sheet.get(f"A{n}") for n in range(2, 7)] == ["东区", "西区", "南区", "北区", "合计"]
    assert set(rep.goals()) == {"东区", "西区", "南区", "北区"}


def test_rows_without_room_are_asked_about_until_there_is_some(rep: Rep, sender: Sender) -> None:
    rep.path.write_bytes(with_totals(rep.path.read_bytes()))
    rep.type("指标", "D5", "由财务核定")
    sender.send(goal("南区", 7.0))
    assert codes(rep.refresh()) == ["DST805", "DST806", "DST807"]
    assert "南区" not in rep.goals()
    (line,) = rep.conflicts()
    assert line[2:6] == ["南区 · 甲药", "（整行）", "（本表已删除）", "（有更新）"]
    data = rep.path.read_bytes()
    assert codes(rep.refresh()) == ["DST805"]
    assert rep.path.read_bytes() == data
    rep.adopt("下发的")
    assert codes(rep.refresh()) == ["DST805", "DST807"]
    for column in "ABCDEFGH":  # the remark was taken for a record and has an id by now
        rep.type("指标", f"{column}5", None)
    rep.adopt("下发的")
    assert codes(rep.refresh()) == []
    assert rep.goals()["南区"]["goal"] == 7
    assert Workbook.open(rep.path).sheet("指标").get("A5") == "合计"


def listed(rep: Rep, *, column: str = "B") -> list[Any]:
    sheet = Workbook.open(rep.path).sheet("产品")
    return [sheet.get(f"{column}{n}") for n in range(2, 6)]


def withdraw(rep: Rep, sender: Sender, *names: str) -> None:
    """Take products off the list, and let the rep agree."""
    sender.send(gone=tuple(("products", product(n).key) for n in names))
    rep.refresh()
    for line in range(6, 6 + len(names)):
        rep.adopt("下发的", line=line)
    rep.refresh()


def test_a_list_closes_up_where_a_row_is_withdrawn(rep: Rep, sender: Sender) -> None:
    sender.send(
        *(product(n, code=f"00{i}", active=True) for i, n in enumerate(("乙药", "丙药", "丁药")))
    )
    rep.refresh()
    withdraw(rep, sender, "乙药", "丙药")
    assert listed(rep) == ["甲药", "丁药", None, None]
    assert listed(rep, column="A")[:2] == ["P1", "002"]
    assert set(rep.opened().session.ctx.lists["products"].records) == {"甲药", "丁药"}
    data = rep.path.read_bytes()
    assert codes(rep.refresh()) == []
    assert rep.path.read_bytes() == data


def test_a_list_beside_which_somebody_keeps_something_stays_in_its_rows(
    rep: Rep, sender: Sender
) -> None:
    sender.send(*(product(n, active=True) for n in ("乙药", "丙药")))
    rep.refresh()
    rep.type("产品", "H4", "丙药的备注")
    withdraw(rep, sender, "乙药")
    assert listed(rep) == ["甲药", None, "丙药", None]
    assert Workbook.open(rep.path).sheet("产品").get("H4") == "丙药的备注"


def with_formula(data: bytes, sheet: str, cell: str, cached: float) -> bytes:
    """The workbook with a formula in a cell, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[sheet][cell] = f"={cached}"
    buffer = io.BytesIO()
    book.save(buffer)
    saved = buffer.getvalue()
    made = Workbook(saved)
    part = made.sheet(sheet).part
    xml = made.package.read(part).replace(
        f"<f>{cached}</f><v></v>".encode(), f"<f>{cached}</f><v>{cached}</v>".encode()
    ).replace(f"<f>{cached}</f><v/>".encode(), f"<f>{cached}</f><v>{cached}</v>".encode())  # fmt: skip
    return _with_part(saved, part, xml)


def _with_part(data: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, content if info.filename == part else old.read(info))
    return out.getvalue()


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"number": 3, "follows": 2}, "DST804"),
        ({"base": "0" * 64}, "DST804"),
        ({"schema": "99"}, "DST803"),
        ({"workbook": "0" * 32}, "DST802"),
    ],
)
def test_a_bundle_that_does_not_fit_is_told_and_the_book_refreshes(
    rep: Rep, sender: Sender, other: dict[str, Any], code: str
) -> None:
    file = sender.send(goal("南区", 100.0), **other)
    data = rep.path.read_bytes()
    assert codes(rep.refresh()) == [code]
    assert (rep.path.read_bytes(), file.exists()) == (data, True)


def test_a_damaged_bundle_is_told_and_the_others_wait_for_it(rep: Rep, sender: Sender) -> None:
    first = sender.send(goal("南区", 100.0))
    sender.send(goal("南区", 200.0))
    good = first.read_bytes()
    first.write_bytes(good.replace(b"100.0", b"900.0"))
    assert codes(rep.refresh()) == ["DST801", "DST804"]
    first.write_bytes(good)
    report = rep.refresh()
    assert report.changes is not None
    assert (report.changes.taken, codes(report)) == ((1, 2), ["DST806"])
    assert rep.goals()["南区"]["goal"] == 200


def test_another_bundle_of_a_number_that_was_taken_is_told(rep: Rep, sender: Sender) -> None:
    sender.send(goal("南区", 100.0))
    rep.refresh()
    sender.number, sender.said = 0, {}
    sender.send(goal("北区", 100.0))
    assert codes(rep.refresh()) == ["DST804"]
    assert "北区" not in rep.goals()


def test_a_folder_of_several_books_keeps_quiet_about_bundles_of_the_others(
    rep: Rep, sender: Sender
) -> None:
    file = sender.send(goal("南区", 100.0), workbook="0" * 32)
    file.rename(file.with_name("000000000000-0001.json"))
    assert codes(rep.refresh()) == ["DST802"]
    (rep.path.parent / "other.xlsx").write_bytes(b"")
    assert codes(rep.refresh()) == []
    assert waiting(rep.path)
    assert not waiting(rep.path, sender.workbook)


def test_written_elsewhere_the_bundle_stays_for_the_book(rep: Rep, sender: Sender) -> None:
    sender.send(goal("南区", 100.0))
    data = rep.path.read_bytes()
    out = rep.path.with_name("out.xlsx")
    rep.refresh(out=out)
    assert "南区" in Rep(out, rep.schema).goals()
    assert (rep.path.read_bytes(), waiting(rep.path)) == (data, True)


def test_a_book_that_changed_hands_takes_in_nothing_of_the_hands_before(
    rep: Rep, sender: Sender
) -> None:
    sender.send(goal("南区", 100.0))
    rep.refresh()
    rep.type("设置", "B2", "R002")
    rep.refresh()
    assert rep.opened().session.state.synced == []
    file = sender.send(goal("南区", 200.0))
    assert codes(rep.refresh()) == ["DST802"]
    assert file.exists()
