"""The whole way from a folder of workbooks to one, as a caller sees it."""

from __future__ import annotations

import random
import re
import shutil
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import tracker
from tests.books import AS_OF, Hand, new_sample, refreshed
from tests.cli.test_rollup import of_an_older_layout, without_sheet
from tests.rollups.conftest import opened
from tracker.api.book import Book
from tracker.api.config import Config
from tracker.api.history import undo
from tracker.api.rollup import Request, rollup
from tracker.api.run import check, refresh
from tracker.cli import app
from tracker.errors import ConfigError, RefusedError, UnsuitableFileError
from tracker.rollups.mask import HIDDEN
from tracker.rollups.result import Rollup
from tracker.xlsx import Workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
MODULES = (
    "客户基础信息",
    "拜访记录与计划",
    "产品与信息传递",
    "销售目标与达成",
    "客户反馈与问题跟进",
)


def rolled(paths: Sequence[Path], out: Path | None = None, **more: Any) -> Rollup:
    return rollup(Request(paths=paths, as_of=AS_OF, out=out, **more))


def lines(path: Path, sheet: str) -> list[dict[str, Any]]:
    book = opened(path)
    head, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), r, strict=True)) for r in rows]


def test_every_row_of_every_book_is_there_with_its_place(team: Path, tmp_path: Path) -> None:
    out = tmp_path / "rollup.xlsx"
    found = rolled([team], out)
    visits = lines(out, "拜访记录与计划")
    by_place = {(v["来源文件"], v["来源行"]): v for v in visits}
    assert len(by_place) == len(visits)
    for file in sorted(team.iterdir()):
        book = Book(file)
        frame, refs = book.modules["visits"], book.cells("visits")["visit_date"]
        for key, day, cell in zip(frame.index, frame["visit_date"], refs, strict=True):
            row = int("".join(c for c in cell if c.isdigit()))
            line = by_place.pop((file.name, row))
            assert line["拜访编号"] == key
            assert line["拜访日期"].date() == day.date()
            assert line["代表"] == file.stem
    assert not by_place
    assert found.rows["visits"] == len(visits)


@pytest.mark.parametrize(
    ("folder", "link"),
    [
        ("华东 区", "[../华东 区/R201.xlsx]'拜访记录与计划'!A2"),
        ("3#组 [新] 50%", "../3%23组 %5B新%5D 50%25/R201.xlsx#'拜访记录与计划'!A2"),
        ("很长的文件夹名" * 12 + "/" + "又一个" * 28 + "/" + "再一个" * 28, None),
    ],
)
def test_links_lead_through_odd_names_and_none_is_too_long_for_excel(
    tiny: Path, tmp_path: Path, folder: str, link: str | None
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tiny / "R201.xlsx").rename(tmp_path / folder / "R201.xlsx")
    (tmp_path / "out").mkdir()
    out = tmp_path / "out" / "rollup.xlsx"
    rolled([tmp_path / folder], out)
    cell = opened(out)["拜访记录与计划"]["F2"].value
    assert cell == (link and f'=HYPERLINK("{link}","打开")')


def test_order_of_paths_and_processes_do_not_show(team: Path, tmp_path: Path) -> None:
    files, results = sorted(team.iterdir())[:3], set()
    for n, (jobs, fresh) in enumerate(((1, True), (2, True), (1, False))):
        random.Random(n).shuffle(files)
        out = tmp_path / f"{n}.xlsx"
        rolled(files, out, jobs=jobs, fresh=fresh)
        results.add(out.read_bytes())
    assert len(results) == 1


@pytest.mark.own_state
def test_an_unchanged_book_is_not_read_again(team: Path) -> None:
    for name in ("R103", "R104", "R105"):
        (team / f"{name}.xlsx").unlink()
    assert not any(b.known for b in rolled([team]).books)
    assert all(b.known for b in rolled([team]).books)
    (team / "R101.xlsx").write_bytes((team / "R102.xlsx").read_bytes())
    states = {b.name: (b.state, b.known) for b in rolled([team]).books}
    assert states["R101.xlsx"] == ("read", True)
    assert states["R102.xlsx"][0] == "copy"
    other_day = rollup(Request(paths=[team], as_of=date(2026, 7, 1)))
    assert not any(b.known for b in other_day.books)


@pytest.mark.parametrize("among", [True, False])
def test_no_file_but_a_rollup_is_replaced_by_one(team: Path, tmp_path: Path, among: bool) -> None:
    for name in ("R103", "R104", "R105"):
        (team / f"{name}.xlsx").unlink()
    out = team / "R102.xlsx" if among else tmp_path / "notes"
    if not among:
        out.write_text("mine", "utf-8")
    before = out.read_bytes()
    with pytest.raises(RefusedError, match="rollup"):
        rolled([team], out)
    assert out.read_bytes() == before


def test_the_rollup_before_is_in_the_history(team: Path, tmp_path: Path) -> None:
    for name in ("R102", "R103", "R104", "R105"):
        (team / f"{name}.xlsx").unlink()
    out = tmp_path / "rollup.xlsx"
    rolled([team], out)
    noted = Workbook.open(out)
    noted.sheet(noted.worksheet_names[0]).set("Z99", "looked at by Li")
    out.write_bytes(noted.to_bytes())
    before = out.read_bytes()
    rolled([team], out)
    assert out.read_bytes() != before
    undo(out)
    assert out.read_bytes() == before


def test_the_library_rolls_up_as_the_command_does(team: Path, tmp_path: Path) -> None:
    for name in ("R103", "R104", "R105"):
        (team / f"{name}.xlsx").unlink()
    found = tracker.rollup([team], AS_OF, out=tmp_path / "a.xlsx")
    assert found.rows == rolled([team], tmp_path / "b.xlsx").rows
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_rollup_is_not_taken_for_the_workbook_of_somebody(team: Path, tmp_path: Path) -> None:
    for name in ("R102", "R103", "R104", "R105"):
        (team / f"{name}.xlsx").unlink()
    out = tmp_path / "rollup.xlsx"
    rolled([team], out)
    before = out.read_bytes()
    for run in (refresh, check):
        with pytest.raises(UnsuitableFileError, match="rollup"):
            run(out, AS_OF, Config())
    assert out.read_bytes() == before


def test_a_bad_book_is_named_and_the_others_are_whole(team: Path, tmp_path: Path) -> None:
    whole = rolled([team]).rows
    (team / "broken.xlsx").write_bytes((team / "R101.xlsx").read_bytes()[:5000])
    (team / "old.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    shutil.copy(team / "R102.xlsx", team / "R102 (冲突副本).xlsx")
    openpyxl.Workbook().save(team / "other.xlsx")
    (team / "~$R103.xlsx").write_bytes(b"\x03Wang" + b"\0" * 160)
    out = tmp_path / "rollup.xlsx"
    found = rolled([team], out, expected=["R101", "R999"])
    states = {b.name: b.state for b in found.books}
    assert states == {
        "R101.xlsx": "read", "R102 (冲突副本).xlsx": "copy", "R102.xlsx": "read",
        "R103.xlsx": "partial", "R104.xlsx": "read", "R105.xlsx": "read", "R999": "missing",
        "broken.xlsx": "skipped", "old.xls": "skipped", "other.xlsx": "skipped",
    }  # fmt: skip
    assert all(b.remarks for b in found.books if b.state != "read")
    assert found.rows == whole


def test_a_book_of_an_older_layout_and_one_without_a_table_say_so(tiny: Path) -> None:
    first, second, _ = sorted(tiny.iterdir())
    first.write_bytes(of_an_older_layout(refreshed(first.read_bytes())))
    second.write_bytes(without_sheet(second.read_bytes(), "客户反馈与问题跟进"))
    found = {b.name: b for b in rolled([tiny]).books}
    assert [found[f"R20{n}.xlsx"].state for n in (1, 2, 3)] == ["partial", "partial", "read"]
    assert "schema version 0" in found["R201.xlsx"].remarks[0]["en"]
    assert "no table of" in found["R202.xlsx"].remarks[0]["en"]


@pytest.mark.parametrize(
    ("module", "field", "told"),
    [
        ("targets", "target", "销售目标"),
        ("customers", "institution", "所在机构"),
        ("customers", "title", None),
    ],
)
def test_a_book_without_what_the_sums_are_made_of_says_so(
    tiny: Path, module: str, field: str, told: str | None
) -> None:
    path = tiny / "R201.xlsx"
    hand = Hand(path.read_bytes())
    head = hand.book.session.places[module].header_row
    for row in (head, *hand.frame(module).index):
        hand.type(module, field, int(row), None)
    path.write_bytes(hand.done())
    found = next(b for b in rolled([path]).books)
    assert found.state == ("partial" if told else "read")
    assert [told in r["zh"] for r in found.remarks if told] == ([True] if told else [])


@pytest.mark.own_state
def test_a_book_is_read_again_when_its_own_configuration_changes(team: Path) -> None:
    apart = team / "apart"
    apart.mkdir()
    book = min(team.glob("*.xlsx")).rename(apart / "one.xlsx")
    before = rolled([team])
    (apart / "tracker.toml").write_text('ignore = ["VIS*", "ISS*", "CUS*"]\n', "utf-8")
    after = rolled([team])
    assert {b.name for b in after.books if not b.known} == {f"apart/{book.name}"}
    codes = [
        {f.code[:3] for b, f in r.findings if b.name == "apart/one.xlsx"} for r in (before, after)
    ]
    assert codes[0] & {"VIS", "ISS", "CUS"}
    assert not codes[1] & {"VIS", "ISS", "CUS"}


def test_a_mentioned_adverse_event_is_told_whatever_the_book_leaves_out(tmp_path: Path) -> None:
    hand = Hand(new_sample(size=0.02))
    row = int(hand.frame("issues").index[0])
    hand.type("issues", "issue", row, "患者用药后出现副作用")
    hand.type("issues", "record_type", row, "问题")
    call = int(hand.frame("visits").index[0])
    hand.type("visits", "summary", call, "谈到一例不良反应")
    (tmp_path / "book.xlsx").write_bytes(hand.done())
    (tmp_path / "tracker.toml").write_text('ignore = ["VIS", "ISS"]\n', "utf-8")
    out = tmp_path / "rollup.xlsx"
    codes = {f.code for _, f in rolled([tmp_path / "book.xlsx"], out).findings}
    assert {"ISS510", "VIS222"} <= codes
    assert not codes & {"ISS504", "ISS503", "VIS213"}
    page = [str(v) for row in opened(out)["汇总"].values for v in row if v is not None]
    assert "另有 2 处提到，尚未登记" in page
    assert any("VIS222、ISS510" in line for line in page)


def test_a_rollup_is_not_rolled_up(team: Path, tmp_path: Path) -> None:
    out = team / "rollup.xlsx"
    rolled([team], out)
    first = out.read_bytes()
    rolled([team], out)
    assert out.read_bytes() == first
    rolled([team, tmp_path], tmp_path / "other.xlsx")
    found = rolled([tmp_path / "other.xlsx", team])
    states = {b.name: b.state for b in found.books}
    assert states["other.xlsx"] == states["team/rollup.xlsx"] == "skipped"


def test_what_several_reps_have_is_listed_and_never_merged(team: Path, tmp_path: Path) -> None:
    out = tmp_path / "rollup.xlsx"
    found = rolled([team], out)
    told = [f for _, f in found.findings if f.code == "ROL703"]
    assert told
    assert len({f.value for f in told}) == len(told)
    codes = {p.code for p in found.schema.modules["targets"].by_name["subject_level"].picks}
    assert not [f.value for f in told if codes & set(str(f.value).split())]
    shared = [m for m in found.shared if m.module == "targets"]
    sold = lines(out, "销售目标与达成")
    assert {m.key[4] for m in shared} == {"2026q2"}  # of those that run on the day
    for m in shared[:20]:
        for book, s in m.seen:
            (line,) = [v for v in sold if (v["来源文件"], v["来源行"]) == (book.name, s.row)]
            assert line["实际达成"] == s.facts["actual"]


def test_no_personal_value_of_anybody_is_in_the_rollup(
    team: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = set[str]()
    for book in map(Book, team.iterdir()):
        for name, frame in book.modules.items():
            for column in book.schema.modules[name].columns:
                if column.data_class != "public" and column.name in frame and not column.picks:
                    secrets |= {str(v) for v in frame[column.name].dropna() if len(str(v)) > 4}
    dates = re.compile(r"(\d{4}-)?\d\d-\d\d( 00:00:00)?")  # any column holds such
    secrets = {s for s in secrets if re.search(r"[\d@]", s) and not dates.fullmatch(s)}
    assert len(secrets) > 30
    out = tmp_path / "rollup.xlsx"
    rolled([team], out, parquet=tmp_path / "parquet")
    texts = "\n".join(
        str(v)
        for sheet in opened(out)
        for row in sheet.iter_rows(values_only=True)
        for v in row
        if v is not None
    )
    import pyarrow.parquet as pq

    texts += "".join(str(pq.read_table(f).to_pydict()) for f in (tmp_path / "parquet").iterdir())
    with zipfile.ZipFile(out) as package:
        texts += "".join(package.read(n).decode("utf-8", "replace") for n in package.namelist())
    page = tmp_path / "page.html"
    assert app.run(["report", str(out), "-o", str(page)]) == 0
    assert app.run(["rollup", str(team), "--as-of", AS_OF.isoformat(), "-v"]) == 0
    said = capsys.readouterr()
    texts += page.read_text("utf-8") + said.out + said.err
    assert [s for s in secrets if s in texts] == []
    assert {v["重要日期"] for v in lines(out, "客户偏好与个性化需求")} == {HIDDEN, None}


def test_unmasking_is_recorded(team: Path, tmp_path: Path) -> None:
    out = tmp_path / "rollup.xlsx"
    rolled([team], out, unmask=["private_phone"])
    head = [str(r[0]) for r in opened(out)["来源"].iter_rows(max_row=4, values_only=True)]
    assert any("private_phone" in line for line in head)
    with pytest.raises(ConfigError, match="remarks"):
        rolled([team], unmask=["remarks"])


def test_parquet_holds_the_rows_as_values_and_codes(team: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    found = rolled([team], parquet=tmp_path / "p")
    visits = pq.read_table(tmp_path / "p" / "visits.parquet").to_pandas()
    assert len(visits) == found.rows["visits"]
    (head, *_), frame = found.books, Book(team / found.books[0].name).modules["visits"]
    mine = visits[visits["source_file"] == head.name].set_index("visit_id")
    assert mine["visit_status"].tolist() == frame["visit_status"].tolist()
    assert list(mine["visit_date"]) == [d.date() for d in frame["visit_date"]]
    assert [tuple(p) for p in mine["purpose"]] == frame["purpose"].tolist()


def test_the_library_takes_one_path_and_texts(tiny: Path, tmp_path: Path) -> None:
    found = tracker.rollup(
        str(tiny), AS_OF, parquet=str(tmp_path / "rows"), unmask="wechat", expected="R999"
    )
    assert [b.name for b in found.books if not b.taken] == ["R999"]
    assert found.written == (tmp_path / "rows",)
    assert tracker.rollup(tiny, AS_OF).rows == found.rows
    with pytest.raises(ConfigError, match="no workbook or folder"):
        tracker.rollup([], AS_OF)


def test_nothing_to_roll_up_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnsuitableFileError):
        rolled([tmp_path])
    with pytest.raises(UnsuitableFileError, match="no such"):
        rolled([tmp_path / "none"])
