"""What a fix does to a workbook: every proposal carried out, and nothing else."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.books import AS_OF, Hand, Place, new_sample, opened, places, refreshed_sample
from tests.opc.encrypted import PASSWORD, agile, decrypted
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.fix import plan_fixes
from tracker.api.history import history, undo
from tracker.api.report import Report
from tracker.api.run import fix, refresh
from tracker.book.fixes import FixedCell, put_fixed
from tracker.checks.catalogue import Grading
from tracker.errors import BookChangedError, BookOpenError, ProofError
from tracker.findings import Finding
from tracker.xlsx import Workbook

MIDNIGHT = dt.time()
FIXABLE = {"GEN002", "GEN003", "GEN006", "GEN007", "GEN008", "GEN015", "CUS109", "TGT403"}


@pytest.fixture(scope="module")
def clean() -> bytes:
    """A small sample workbook, refreshed."""
    return refreshed_sample(size=0.1)


def day(number: int, time: dt.time = MIDNIGHT) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, 3, number), time)


def soiled(data: bytes) -> tuple[bytes, dict[tuple[str, str, str], Any]]:
    """The workbook with one fault of each kind; what is to stand in each cell after a fix."""
    hand, wanted = Hand(data), dict[tuple[str, str, str], Any]()
    rows = {n: [int(r) for r in hand.frame(n).index] for n in ("customers", "visits", "targets")}

    def soil(code: str, module: str, field: str, n: int, dirty: Any, right: Any) -> None:
        cell = hand.type(module, field, rows[module][n], dirty)
        wanted[code, module, cell] = right

    name = hand.read("customers", "customer_name", rows["customers"][0])
    who = hand.read("visits", "customer", rows["visits"][7])
    soil("GEN006", "customers", "customer_name", 0, f"{name}\u3000", name)
    soil("CUS109", "customers", "office_phone", 1, 13800138000.0, "13800138000")
    soil("CUS109", "customers", "office_phone", 2, 1065551234.0, "01065551234")
    soil("GEN007", "customers", "consent_date", 3, "2026.3.5", day(5))
    soil("GEN007", "visits", "visit_date", 0, "2026年3月5日", day(5))
    soil("GEN002", "visits", "visit_date", 1, "3月6日", day(6))
    soil("GEN007", "visits", "visit_date", 2, "2026-03-05 14:30", day(5, dt.time(14, 30)))
    soil("GEN003", "visits", "visit_method", 3, "电话-拜访", "电话拜访")
    soil("GEN006", "visits", "topic", 4, "\n指南 更新 ", "指南 更新")
    soil("GEN015", "visits", "customer", 7, f"{who[0]}-{who[1:]}", who)
    soil("GEN008", "targets", "target", 0, "3万", 30_000)
    soil("GEN008", "targets", "actual", 1, "１，２００", 1200)
    soil("TGT403", "targets", "period", 2, "2026年三季度", "2026Q3")
    hand.type("visits", "start_time", rows["visits"][5], "9:30-10:00")
    hand.type("visits", "visit_method", rows["visits"][6], "视频会")
    return hand.done(), wanted


@pytest.fixture(scope="module")
def dirty(clean: bytes) -> bytes:
    return soiled(clean)[0]


@pytest.fixture
def path(tmp_path: Path, dirty: bytes) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(dirty)
    return path


def fixable(book: Book) -> set[Place]:
    return _proposed(book, book.check(AS_OF))


def _proposed(book: Book, findings: Iterable[Finding]) -> set[Place]:
    known = book.schema.codes
    return places([f for f in findings if f.fix is not None and known[f.code].fixable])


def fixed(data: bytes, codes: Grading | None = None) -> tuple[bytes, tuple[FixedCell, ...]]:
    _, after, cells = _fixed(opened(data), codes or Grading())
    return after, cells


def _fixed(book: Book, codes: Grading) -> tuple[set[Place], bytes, tuple[FixedCell, ...]]:
    """What could be fixed in a book, its bytes when it is, and the cells that differ."""
    as_is, report, after = book.prepare_fixes(AS_OF, codes)
    assert report.changes is not None
    cells = report.changes.cells
    assert all(isinstance(c, FixedCell) for c in cells)
    return _proposed(book, as_is.findings), after, cells  # type: ignore[return-value]


def always(_: Report) -> bool:
    return True


def test_every_proposal_stands_in_its_cell_and_none_is_left(clean: bytes) -> None:
    data, wanted = soiled(clean)
    book = opened(data)
    assert fixable(book) == set(wanted)
    assert {code for code, _, _ in wanted} == FIXABLE
    after, cells = fixed(data)
    assert len(cells) == len(wanted)
    typed = Workbook(after)
    for (_, module, cell), right in wanted.items():
        assert typed.sheet(book.session.places[module].sheet.name).get(cell) == right, cell
    assert fixable(opened(after)) == set()


def test_a_fix_twice_changes_nothing(path: Path) -> None:
    first = fix(path, AS_OF, Config(), agree=always)
    assert first.changes is not None
    assert first.changes.written
    before, stat = path.read_bytes(), path.stat()
    again = fix(path, AS_OF, Config(), agree=always)
    assert again.changes is not None
    assert (again.changes.cells, again.changes.written) == ((), False)
    assert path.read_bytes() == before
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (stat.st_mtime_ns, stat.st_ino)


def test_the_same_input_gives_the_same_bytes(dirty: bytes) -> None:
    assert fixed(dirty) == fixed(dirty)


def test_only_the_cells_told_of_differ(dirty: bytes) -> None:
    after, cells = fixed(dirty)
    told = {(c.sheet, c.cell) for c in cells}
    old, new = Workbook(dirty), Workbook(after)
    for name in old.worksheet_names:
        a, b = old.sheet(name), new.sheet(name)
        assert set(a.scan.rows) == set(b.scan.rows)
        for number in a.scan.rows:
            was, now = (
                {c.column: s.value(c) for c in s.scan.cells(s.scan.rows[number])} for s in (a, b)
            )
            differing = {c for c in was | now if was.get(c) != now.get(c)}
            assert all((name, _ref(number, c)) in told for c in differing)
    members = [zipfile.ZipFile(BytesIO(d)).namelist() for d in (dirty, after)]
    assert members[0] == members[1]


def _ref(row: int, column: int) -> str:
    from tracker.xlsx.refs import ref

    return ref(row, column)


def test_undo_brings_back_the_bytes_and_the_history_names_each_cell(path: Path) -> None:
    before = path.read_bytes()
    report = fix(path, AS_OF, Config(), agree=always)
    assert report.changes is not None
    (entry,) = (c.entry for c in history(path))
    assert entry.command == "fix"
    noted: list[Any] = list(entry.notes)
    told = {(n["fixed"], n["sheet"], c) for n in noted for c in n["cells"]}
    assert told == {
        (c.code, c.sheet, c.cell) for c in report.changes.cells if isinstance(c, FixedCell)
    }
    assert report.changes.backup is not None
    assert report.changes.backup.read_bytes() == before
    undo(path)
    assert path.read_bytes() == before


def test_a_workbook_that_was_never_refreshed_is_fixed_and_brought_back(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    path.write_bytes(soiled(new_sample(size=0.05))[0])
    before = path.read_bytes()
    report = fix(path, AS_OF, Config(), agree=always)
    assert report.changes is not None
    assert report.changes.written
    undo(path)
    assert path.read_bytes() == before


def test_nothing_is_written_without_consent(path: Path) -> None:
    before = path.read_bytes()
    shown: list[Report] = []

    def refuse(report: Report) -> bool:
        shown.append(report)
        return False

    for agree in (None, refuse):
        report = fix(path, AS_OF, Config(), agree=agree)
        assert report.changes is not None
        assert len(report.changes.cells) == 13
        assert (report.changes.would_write, report.changes.written) == (True, False)
        assert "GEN007" in {f.code for f in report.findings}  # the file as it stands
        assert path.read_bytes() == before
    assert len(shown) == 1
    assert not history(path)


def test_a_copy_is_fixed_and_the_original_stays(path: Path, tmp_path: Path) -> None:
    before, out = path.read_bytes(), tmp_path / "fixed.xlsx"
    fix(path, AS_OF, Config(), agree=always, out=out)
    assert path.read_bytes() == before
    assert fixable(Book(out, config=Config())) == set()
    out.write_bytes(before)
    fix(path, AS_OF, Config(), agree=always, out=out)
    undo(out)
    assert out.read_bytes() == before


def test_codes_are_singled_out_or_left_out(dirty: bytes) -> None:
    _, only = fixed(dirty, Grading(select=frozenset({"GEN006", "TGT"})))
    assert {c.code for c in only} == {"GEN006", "TGT403"}
    _, but = fixed(dirty, Grading(ignore=frozenset({"GEN"})))
    assert {c.code for c in but} == {"CUS109", "TGT403"}


def test_a_refresh_after_a_fix_is_one_after_typing_the_same(path: Path, clean: bytes) -> None:
    fix(path, AS_OF, Config(), agree=always)
    report = refresh(path, AS_OF, Config())
    assert not {"GEN001", "GEN002", "GEN004", "GEN015", "GEN017"} & {
        f.code for f in report.findings
    }
    assert [f.value for f in report.findings if f.code == "GEN003"] == ["视频会"]
    again = refresh(path, AS_OF, Config())
    assert again.changes is not None
    assert not again.changes.would_write


def test_a_name_tidied_is_still_found_by_those_that_refer_to_it(clean: bytes) -> None:
    hand = Hand(clean)
    row = int(hand.frame("customers").index[0])
    name = hand.read("customers", "customer_name", row)
    hand.type("customers", "customer_name", row, f"\u3000{name} ")
    keys = [opened(clean).session.frames[m]["customer_key"].tolist() for m in ("visits", "targets")]
    after, cells = fixed(hand.done())
    assert [(c.code, c.new) for c in cells] == [("GEN006", name)]
    book = opened(after)
    assert [book.session.frames[m]["customer_key"].tolist() for m in ("visits", "targets")] == keys
    assert "GEN015" not in {f.code for f in book.check(AS_OF)}


def test_an_encrypted_workbook_stays_encrypted_and_its_journal_says_nothing(
    tmp_path: Path, dirty: bytes
) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(agile(dirty))
    fix(path, AS_OF, Config(), agree=always, password=PASSWORD)
    assert fixable(Book(path, config=Config(), password=PASSWORD)) == set()
    assert decrypted(path.read_bytes()) == fixed(dirty)[0]
    (entry,) = (c.entry for c in history(path))
    assert {n["sheet"] for n in entry.notes} == {""}


def test_an_open_or_changed_workbook_is_left_alone(path: Path, clean: bytes) -> None:
    owner = path.with_name("~$book.xlsx")
    owner.write_bytes(b"\x02Li" + b" " * 52 + b"\x02\x00L\x00i\x00" + b" \x00" * 52)
    before = path.read_bytes()
    with pytest.raises(BookOpenError):
        fix(path, AS_OF, Config(), agree=always)
    owner.unlink()

    def saved_meanwhile(_: Report) -> bool:
        path.write_bytes(clean)
        return True

    with pytest.raises(BookChangedError):
        fix(path, AS_OF, Config(), agree=saved_meanwhile)
    assert path.read_bytes() == clean != before


def test_the_library_fixes_too(path: Path) -> None:
    changes = Book(path, config=Config()).fix(AS_OF)
    assert changes.written
    assert fixable(Book(path, config=Config())) == set()


def test_a_fix_that_would_be_read_otherwise_is_refused(
    dirty: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tracker.api.fix as module

    honest = put_fixed

    def careless(table: Any, change: FixedCell) -> None:
        honest(table, change)
        if change.code == "GEN008":
            table.place.sheet.set(change.cell, 7)

    monkeypatch.setattr(module, "put_fixed", careless)
    with pytest.raises(ProofError, match="reads as something else"):
        plan_fixes(opened(dirty).session, AS_OF, Grading())


TYPED = st.one_of(
    st.sampled_from([" 王 ", "3月5日", "2026.3.5", "20260305", "1,200", "3万", "85%", "电话-拜访", "2026年8月", "26Q3",
                     "1.38E+10", "02-29", "12-30", "2026-02-30", "是 ", "A\u3000B", "0571-8888 7777", "=1+1"]),
    st.floats(0, 99_999).map(lambda x: round(x, 2)),
    st.integers(1_000_000, 99_999_999_999).map(float),
    st.text(st.sampled_from(" \u3000\n，-.年月日/万%0123456789ab"), min_size=1, max_size=10),
)  # fmt: skip
FIELDS = [
    (module, field)
    for module, fields in {
        "customers": "customer_name institution office_phone consent_date target_frequency email",
        "visits": "customer visit_date start_time visit_method purpose topic next_visit_date",
        "targets": "period target actual product actual_as_of",
        "preferences": "important_date remind_days",
    }.items()
    for field in fields.split()
]


@settings(
    max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],  # a loaded machine is no fault of the law
)  # fmt: skip
@given(
    st.lists(st.tuples(st.sampled_from(FIELDS), st.integers(0, 7), TYPED), min_size=8, max_size=40)
)
def test_whatever_was_typed_a_fix_leaves_nothing_to_fix_and_the_rest_reads_the_same(
    typed: list[tuple[tuple[str, str], int, Any]],
) -> None:
    hand = Hand(refreshed_sample(size=0.05))  # no fixture: its bytes would be in every message
    for (module, field), n, value in typed:
        hand.type(module, field, int(hand.frame(module).index[n]), value)
    data = hand.done()
    before = opened(data)
    _, after, cells = _fixed(before, Grading())
    book = opened(after)
    assert _fixed(book, Grading()) == (set(), after, ())
    told = {(c.field, c.row) for c in cells if before.schema.codes[c.code].severity == "error"}
    for name, frame in before.session.frames.items():
        for column in before.schema.modules[name].owned("input"):
            if column.name in frame:
                for row, old, new in zip(
                    frame.index,
                    frame[column.name],
                    book.session.frames[name][column.name],
                    strict=True,
                ):
                    blank = old != old and new != new  # NaN, NaT
                    assert old == new or blank or (column.name, int(row)) in told
