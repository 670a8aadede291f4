"""What a refresh does to a workbook, and what it leaves alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

import tracker
from tests.book.test_fixes import made, saved
from tests.books import AS_OF, Hand, new_sample, opened, refreshed, refreshed_sample
from tracker.api.book import Book
from tracker.api.commit import commit
from tracker.api.config import Config
from tracker.api.history import undo
from tracker.api.run import check, new, refresh
from tracker.checks.catalogue import message
from tracker.errors import BookChangedError, BookOpenError, RefusedError, UnsuitableFileError
from tracker.history.objects import sha256
from tracker.history.store import Store
from tracker.opc.save import BookFile
from tracker.xlsx import Workbook


def test_the_first_refresh_gives_ids_and_computed_values(refreshed_bytes: bytes) -> None:
    book = opened(refreshed_bytes)
    visits = book.modules["visits"]
    assert visits.index.is_unique
    assert all(len(i) == 7 and i.startswith("V") for i in visits.index)
    hand = Hand(refreshed_bytes)
    row = int(hand.frame("customers").index[0])
    assert hand.read("customers", "tier", row) in ("A", "B", "C", "D")
    assert hand.read("targets", "attainment", int(hand.frame("targets").index[0])) > 0


def test_a_second_refresh_finds_nothing_to_do(book: Path) -> None:
    before, stat = book.read_bytes(), book.stat()
    report = refresh(book, AS_OF, Config())
    assert report.changes is not None
    assert (report.changes.cells, report.changes.would_write, report.changes.written) == (
        (),
        False,
        False,
    )
    assert book.read_bytes() == before
    assert (book.stat().st_mtime_ns, book.stat().st_ino) == (stat.st_mtime_ns, stat.st_ino)


def test_another_day_and_back_gives_the_same_cells(refreshed_bytes: bytes) -> None:
    later = refreshed(refreshed_bytes, date(2026, 7, 10))
    assert later != refreshed_bytes
    again = opened(refreshed(later))
    first = opened(refreshed_bytes)
    for name, table in first.session.tables.items():
        assert again.session.tables[name].raw == table.raw


@pytest.mark.parametrize(
    "where",
    [
        {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77", "LANG": "zh_CN.UTF-8"},
    ],
)
def test_the_bytes_do_not_depend_on_the_machine(
    tmp_path: Path, sample_bytes: bytes, refreshed_bytes: bytes, where: dict[str, str]
) -> None:
    path = tmp_path / f"书 {where['PYTHONHASHSEED']}.xlsx"
    path.write_bytes(sample_bytes)
    code = "import sys; from tracker.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "refresh", str(path), "--as-of", AS_OF.isoformat(), "-q"],
        env={**os.environ, **where}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == refreshed_bytes


def test_undo_brings_back_the_bytes(book: Path) -> None:
    before = book.read_bytes()
    report = refresh(book, date(2026, 7, 1), Config())
    assert report.changes is not None
    assert report.changes.written
    assert report.changes.backup is not None
    assert report.changes.backup.read_bytes() == before
    assert book.read_bytes() != before
    undo(book)
    assert book.read_bytes() == before
    with pytest.raises(RefusedError, match="no refresh to undo"):
        undo(book)


def test_undo_of_an_edited_workbook_asks_first(book: Path) -> None:
    before = book.read_bytes()
    refresh(book, date(2026, 7, 1), Config())
    edited = Workbook.open(book)
    edited.sheet("设置").set("B9", "我的备注")
    edited.save(book)
    mine = book.read_bytes()
    with pytest.raises(RefusedError, match="--force"):
        undo(book)
    assert book.read_bytes() == mine
    undo(book, force=True)
    assert book.read_bytes() == before
    assert Store().read(sha256(mine)) == mine


def test_undo_works_on_a_destroyed_file(book: Path) -> None:
    before = book.read_bytes()
    refresh(book, date(2026, 7, 1), Config())
    book.write_bytes(b"not a workbook any more")
    undo(book, force=True)
    assert book.read_bytes() == before


def test_a_value_typed_over_a_computed_cell_is_told_once(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    row = int(hand.frame("customers").index[5])
    old = hand.read("customers", "tier", row)
    cell = hand.type("customers", "tier", row, "X 我的分级")
    report, data = opened(hand.done()).prepare(AS_OF)
    told = [f for f in report.findings if f.code == "GEN014"]
    assert [(f.row, f.field, f.facts["old"]) for f in told] == [(row, "tier", "X 我的分级")]
    assert report.changes is not None
    assert [c.cell for c in report.changes.cells] == [cell]
    assert Hand(data).read("customers", "tier", row) == old
    again, _ = opened(data).prepare(AS_OF)
    assert [f for f in again.findings if f.code == "GEN014"] == []


def test_what_was_typed_into_a_generated_sheet_is_told_once(refreshed_bytes: bytes) -> None:
    edited = Workbook(refreshed_bytes)
    edited.sheet("汇总").set("C500", "我的批注")
    report, data = opened(edited.to_bytes()).prepare(AS_OF)
    told = [f for f in report.findings if f.code == "GEN020"]
    assert [(f.sheet, f.facts["cells"]) for f in told] == [("汇总", ("C500",))]
    assert Workbook(data).sheet("汇总").get("C500") is None
    again, _ = opened(data).prepare(AS_OF)
    assert [f for f in again.findings if f.code == "GEN020"] == []


def with_own(data: bytes, *names: str) -> bytes:
    """The workbook with sheets of a person's in front, who wrote into B2 of each."""
    book = load_workbook(BytesIO(data))
    for name in names:
        book.create_sheet(name, 0)["B2"] = "mine"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # of openpyxl
def test_a_sheet_with_the_name_that_it_would_have_in_the_other_language_is_the_persons() -> None:
    sample = refreshed_sample(size=0.05)
    own = ("Summary", "Findings", "Settings", "Conflicts")
    _, data = opened(with_own(sample, *own)).prepare(AS_OF)
    after = Workbook(data)
    assert [after.sheet(name).get("B2") for name in own] == ["mine"] * 4
    assert after.sheet("汇总").get("B2") == Workbook(sample).sheet("汇总").get("B2")


def test_such_a_sheet_is_the_persons_before_the_first_refresh_too() -> None:
    _, data = opened(with_own(saved(made()), "Summary", "Findings")).prepare(AS_OF)
    after = Workbook(data)
    assert [after.sheet(name).get("B2") for name in ("Summary", "Findings")] == ["mine"] * 2
    assert {"汇总", "校验结果"} <= set(after.sheet_names)


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # of openpyxl
def test_a_persons_sheet_of_conflicts_stays_while_there_are_none() -> None:
    _, data = opened(with_own(refreshed_sample(size=0.05), "冲突")).prepare(AS_OF)
    assert Workbook(data).sheet("冲突").get("B2") == "mine"


def test_a_summary_of_a_persons_own_is_named_before_it_is_replaced() -> None:
    report, data = opened(with_own(saved(made()), "汇总")).prepare(AS_OF)
    told = [(f.sheet, f.facts["cells"]) for f in report.findings if f.code == "GEN020"]
    assert told == [("汇总", ("B2",))]
    again, _ = opened(data).prepare(AS_OF)
    assert not [f for f in again.findings if f.code == "GEN020"]
    report, _ = opened(new_sample(size=0.05)).prepare(AS_OF)
    assert not [f for f in report.findings if f.code == "GEN020"]


def test_rows_typed_below_the_table_are_taken_in(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    frame = hand.frame("visits")
    new = int(frame.index[-1]) + 2  # one blank row between
    like = int(frame.index[0])
    for field in ("visit_date", "customer", "visit_status", "visit_method", "purpose", "summary"):
        hand.type("visits", field, new, hand.read("visits", field, like))
    report, data = opened(hand.done()).prepare(AS_OF)
    assert report.changes is not None
    assert report.changes.ids == 1
    after = Hand(data)
    assert str(after.read("visits", "visit_id", new)).startswith("V")
    assert after.read("visits", "customer_id_resolved", new)
    sheet = after.typed.sheet(after.sheet("visits"))
    assert sheet.tables[0].area.bottom == new


def test_a_copied_and_edited_row_gets_a_new_id(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    frame = hand.frame("issues")
    like, new = int(frame.index[0]), int(frame.index[-1]) + 1
    for field in hand.book.session.places["issues"].columns:
        hand.type("issues", field, new, hand.read("issues", field, like))
    hand.type("issues", "issue", new, "另一个完全不同的问题")
    report, data = opened(hand.done()).prepare(AS_OF)
    told = [f for f in report.findings if f.code == "GEN017"]
    assert [f.row for f in told] == [new]
    after = Hand(data)
    assert after.read("issues", "issue_id", like) == hand.read("issues", "issue_id", like)
    assert after.read("issues", "issue_id", new) == told[0].facts["new"]
    assert [f for f in opened(data).check(AS_OF) if f.code in ("GEN004", "GEN017")] == []


def test_a_lost_id_comes_back(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    row = int(hand.frame("visits").index[30])
    old = hand.read("visits", "visit_id", row)
    hand.type("visits", "visit_id", row, None)
    report, data = opened(hand.done()).prepare(AS_OF)
    assert [f.row for f in report.findings if f.code == "GEN018"] == [row]
    assert Hand(data).read("visits", "visit_id", row) == old
    assert report.changes is not None
    assert report.changes.ids == 1


def test_many_vanished_rows_stop_a_refresh(whole_bytes: bytes) -> None:
    hand = Hand(whole_bytes)
    rows = [int(r) for r in hand.frame("issues").index][:20]
    for row in rows:
        for field in hand.book.session.places["issues"].columns:
            hand.type("issues", field, row, None)
    with pytest.raises(RefusedError, match="accept-deletes"):
        opened(hand.done()).prepare(AS_OF)
    report, _ = opened(hand.done()).prepare(AS_OF, accept_deletes=True)
    assert report.rows["issues"] == 40


def test_a_cleared_row_loses_its_computed_values(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    row = int(hand.frame("issues").index[3])
    for column in hand.book.session.places["issues"].module.owned("input"):
        if column.name in hand.book.session.places["issues"].columns:
            hand.type("issues", column.name, row, None)
    assert hand.read("issues", "age_days", row) is not None
    _, data = opened(hand.done()).prepare(AS_OF)
    assert (
        Workbook(data).sheet(hand.sheet("issues")).get(hand.cell("issues", "age_days", row)) is None
    )


def test_the_workbook_of_another_rep_is_another_workbook(refreshed_bytes: bytes) -> None:
    edited = Workbook(refreshed_bytes)
    edited.sheet("设置").set("B2", "R999")
    first, again = opened(edited.to_bytes()), opened(edited.to_bytes())
    assert first.session.workbook_id != opened(refreshed_bytes).session.workbook_id
    assert first.session.workbook_id == again.session.workbook_id


def _coded(data: bytes, code: str) -> bytes:
    edited = Workbook(data)
    edited.sheet("设置").set("B2", code)
    return edited.to_bytes()


def test_copies_of_a_template_are_workbooks_of_their_own_once_they_have_a_code(
    tmp_path: Path,
) -> None:
    new(tmp_path / "tpl.xlsx", config=Config())
    hand = Hand((tmp_path / "tpl.xlsx").read_bytes())
    hand.type("customers", "customer_name", 2, "王芳")
    template = refreshed(hand.done())  # handed out with a row in it
    later = Hand(template)
    later.type("customers", "customer_name", 3, "李娜")
    copies = [opened(_coded(later.done(), code)).prepare(AS_OF)[1] for code in ("R1", "R2", "R3")]
    known = [opened(data).session for data in copies]
    ids = {s.workbook_id for s in (opened(template).session, *known)}
    assert len(ids) == 4
    first, second = zip(*(s.frames["customers"]["customer_id"] for s in known), strict=True)
    assert len(set(first)) == 1  # what has an id keeps it
    assert len(set(second)) == 3
    assert refreshed(copies[0]) == copies[0]
    assert known[0].state.rows["customers"].keys() == {first[0], second[0]}


def test_a_code_that_was_cleared_and_typed_again_is_the_same_rep(refreshed_bytes: bytes) -> None:
    ident = opened(refreshed_bytes).session.workbook_id
    cleared = refreshed(_coded(refreshed_bytes, ""))
    assert opened(cleared).session.workbook_id == ident
    assert opened(_coded(cleared, "R001")).session.workbook_id == ident
    other = opened(_coded(cleared, "R999")).session.workbook_id
    assert other == opened(_coded(refreshed_bytes, "R999")).session.workbook_id != ident


def test_untouched_members_keep_their_bytes_and_order(refreshed_bytes: bytes) -> None:
    after = refreshed(refreshed_bytes, date(2026, 7, 20))
    old, new = zipfile.ZipFile(BytesIO(refreshed_bytes)), zipfile.ZipFile(BytesIO(after))
    assert [n for n in old.namelist() if n in new.namelist()] == [
        n for n in new.namelist() if n in old.namelist()
    ]
    kept = ("docProps/core.xml", "xl/theme/theme1.xml", "xl/comments1.xml", "xl/tables/table2.xml")
    for name in kept:
        assert old.read(name) == new.read(name)


def test_refresh_elsewhere_leaves_the_book_alone(book: Path, tmp_path: Path) -> None:
    before, out = book.read_bytes(), tmp_path / "other.xlsx"
    report = refresh(book, date(2026, 7, 1), Config(), out=out)
    assert report.changes is not None
    assert report.changes.written
    assert book.read_bytes() == before
    assert opened(out.read_bytes()).session.state.meta["as_of"] == "2026-07-01"
    again = refresh(book, date(2026, 7, 2), Config(), out=out)
    assert again.changes is not None
    assert again.changes.backup is not None  # what lay there went into the history


def test_an_open_workbook_is_not_touched(book: Path) -> None:
    before = book.read_bytes()
    (book.parent / f"~${book.name}").write_bytes(
        b"\x04Wang" + b" " * 50 + b"\x04\x00W\x00a\x00n\x00g\x00" + b"\x00" * 102
    )
    with pytest.raises(BookOpenError, match="ignore-owner-file"):
        refresh(book, date(2026, 7, 1), Config())
    assert book.read_bytes() == before
    assert check(book, AS_OF, Config()).count("error") == 0
    report = refresh(book, date(2026, 7, 1), Config(), ignore_owner=True)
    assert report.changes is not None
    assert report.changes.written


def test_the_library_as_the_readme_has_it(book: Path) -> None:
    opened_book = tracker.open(book)
    visits = opened_book.modules["visits"]
    cells = opened_book.cells("visits")
    assert visits.shape == cells.shape
    first = cells["visit_date"].iloc[0]
    sheet = Workbook.open(book).sheet("拜访记录与计划")
    assert sheet.get(first) == visits["visit_date"].iloc[0].to_pydatetime()
    assert all(isinstance(f, tracker.Finding) for f in opened_book.check(as_of=AS_OF))
    assert opened_book.plan(as_of=AS_OF).cells == []
    changes = tracker.open(book).refresh(as_of=date(2026, 7, 1))
    assert changes.written
    with pytest.raises(UnsuitableFileError):
        tracker.open(book.parent / "nothing.xlsx")


def test_a_plan_does_not_leak_into_the_next(refreshed_bytes: bytes) -> None:
    book = opened(refreshed_bytes)
    assert book.plan(date(2026, 7, 1)).cells
    report, data = book.prepare(AS_OF)
    assert report.changes is not None
    assert not report.changes.would_write
    assert data == refreshed_bytes


def test_what_is_let_go_of_before_the_bytes_are_made_is_not_missed(refreshed_bytes: bytes) -> None:
    kept, gone = (
        opened(refreshed_bytes).prepare(date(2026, 7, 1), last=last) for last in (False, True)
    )
    assert gone == kept


def test_every_member_outside_the_plan_keeps_its_packed_bytes(refreshed_bytes: bytes) -> None:
    before = Workbook(refreshed_bytes).package
    after = Workbook(refreshed(refreshed_bytes, date(2026, 7, 20))).package
    changed = {n for n in before if n not in after or before.raw(n) != after.raw(n)}
    own = {
        n for n in changed if n.startswith(("xl/worksheets/sheet", "xl/charts/", "xl/drawings/"))
    }
    # the Summary's print area and charts follow its content
    named = {"xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml", "xl/styles.xml"}
    listed = {"xl/tables/table7.xml"}  # that of the findings, behind those of the six modules
    assert changed - own <= named | listed
    assert "xl/worksheets/sheet4.xml" not in changed  # messages: nothing there depends on the day
    assert [n for n in before if n in after] == [n for n in after if n in before]


INJECTIONS = (
    "=1+1", "+1+1", "-2+3", "@SUM(1,1)", '=HYPERLINK("http://x.example","a")', "{{7*7}}", "{% raw %}",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\t=1", "&amp;lt;", "]]>",
)  # fmt: skip


def test_what_people_type_stays_text_everywhere(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    customers = [int(r) for r in hand.frame("customers").index]
    visits = [int(r) for r in hand.frame("visits").index]
    for i, text in enumerate(INJECTIONS):
        hand.type("customers", "customer_name", customers[i], text)
        hand.type("visits", "visit_method", visits[i], text)
        hand.type("visits", "topic", visits[i], text)
    _, data = opened(hand.done()).prepare(AS_OF)
    after = Hand(data)
    for i, text in enumerate(INJECTIONS):
        assert after.read("customers", "customer_name", customers[i]) == text
        assert after.read("visits", "topic", visits[i]) == text
    for name in zipfile.ZipFile(BytesIO(data)).namelist():
        if name.startswith("xl/worksheets/sheet"):
            xml = zipfile.ZipFile(BytesIO(data)).read(name)
            for formula in re.findall(rb"<f>([^<]*)</f>", xml):
                assert formula.startswith((b"HYPERLINK(&quot;#", b'HYPERLINK("#', b"IF"))
            assert b"<script" not in xml
    assert "49" not in {Workbook(data).sheet("汇总").get(f"B{r}") for r in range(1, 80)}


def test_a_table_that_is_about_something_else(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "loans.yaml").write_text(
        "module: loans\nsheet: {zh: 借阅, en: Loans}\ntable: tblLoans\nid: {field: loan_id, letter: L}\n"
        "columns:\n"
        "  - {name: title, zh: 书名, type: text, need: required}\n"
        "  - {name: due, zh: 应还, type: date, need: required}\n"
        "  - {name: loan_id, zh: 编号, type: text, owner: id}\n"
        "  - {name: row_check, zh: 校验, type: text, owner: computed}\n",
        encoding="utf-8",
    )
    import xlsxwriter

    path = tmp_path / "loans.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Loans")
        sheet.write_row(0, 0, ["书名", "应还", "编号", "校验（自动）"])
        sheet.write_row(1, 0, ["红楼梦", "2026.7.1"])
        sheet.write_row(2, 0, ["", "2026-07-02"])
    book = tracker.open(path, schema=folder)
    assert list(book.modules) == ["loans"]
    assert {(f.code, f.row) for f in book.check(AS_OF)} == {
        ("GEN007", 2),
        ("GEN007", 3),
        ("GEN001", 3),
    }
    assert book.refresh(AS_OF).written
    after = Workbook.open(path).sheet("Loans")
    assert str(after.get("C2")).startswith("L")
    assert str(after.get("D3")).startswith("×")


def test_a_table_that_vanished_as_a_whole_stops_a_refresh(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    header = hand.book.session.places["issues"].header_row
    for field in hand.book.session.places["issues"].columns:
        hand.type("issues", field, header, None)
    data = hand.done()
    rows = len(hand.frame("issues"))
    gone = rf'the table "{hand.sheet("issues")}" is gone \(it had {rows} rows\)'
    with pytest.raises(RefusedError, match=f"{gone}.*accept-deletes"):
        opened(data).prepare(AS_OF)
    book = opened(data)
    (told,) = [f for f in book.check(AS_OF) if "lost" in f.facts]
    assert (told.code, told.severity) == ("GEN005", "error")
    assert re.search(gone, message(told, book.schema, "en"))
    report, done = book.prepare(AS_OF, accept_deletes=True)
    assert "issues" not in report.rows
    assert [f.severity for f in report.findings if "lost" in f.facts] == ["warning"]
    assert not [f for f in opened(done).check(AS_OF) if "lost" in f.facts]
    assert opened(done).prepare(AS_OF)[1] == done


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("abc").write(0, 0, "x")
    before = path.read_bytes()
    with pytest.raises(UnsuitableFileError, match="tracker new"):
        refresh(path, AS_OF, Config())
    assert path.read_bytes() == before


def test_a_computed_column_that_a_person_retitled_is_theirs(refreshed_bytes: bytes) -> None:
    hand = Hand(refreshed_bytes)
    place = hand.book.session.places["visits"]
    row = int(hand.frame("visits").index[3])
    cell = hand.type("visits", "visit_no", row, "下周送资料")
    hand.type("visits", "visit_no", place.header_row, "我的备注")
    report, data = opened(hand.done()).prepare(AS_OF)
    assert [f for f in report.findings if f.code == "GEN014"] == []
    assert Workbook(data).sheet(hand.sheet("visits")).get(cell) == "下周送资料"


def test_rows_without_an_id_column_may_change_their_key(whole_bytes: bytes) -> None:
    hand = Hand(whole_bytes)
    place = hand.book.session.places["preferences"]
    hand.type("preferences", "pref_id", place.header_row, "别的")
    bare = opened(hand.done()).prepare(AS_OF)[1]
    again = Hand(bare)
    dates = [int(r) for r in again.frame("preferences").index][:50]
    for row in dates:
        again.type("preferences", "customer", row, again.read("preferences", "customer", dates[0]))
    report, _ = opened(again.done()).prepare(AS_OF)
    assert report.rows["preferences"] == 150


def test_an_edit_while_the_refresh_works_is_kept(book: Path, sample_bytes: bytes) -> None:
    with BookFile.open(book) as held:
        read = Book(book, held.data, config=Config())
        report, data = read.prepare(date(2026, 7, 1))
        book.write_bytes(sample_bytes)  # somebody saves meanwhile
        with pytest.raises(BookChangedError):
            commit(held, data, report, read.session)
    assert book.read_bytes() == sample_bytes


def test_writing_elsewhere_onto_itself_is_a_refresh_in_place(book: Path) -> None:
    before = book.read_bytes()
    report = refresh(book, date(2026, 7, 1), Config(), out=book)
    assert report.changes is not None
    assert report.changes.backup is not None
    undo(book)
    assert book.read_bytes() == before
