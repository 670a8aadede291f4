"""Rows of a central file go to the workbooks as bundles, which their own refresh takes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.api.central import AS_OF, Rep, codes, new_book, schema_folder
from tracker.api.distribute import Distribution, Order, Sent, distribute
from tracker.checks.catalogue import hint, message
from tracker.cli.app import run
from tracker.errors import UnsuitableFileError

HEADER = ["工号", "地区", "产品", "目标", "级别"]
PRODUCTS = [["产品名称", "产品编码", "在用"], ["甲药", "P1", "是"], ["乙药", "P2", None]]
ROWS: list[list[Any]] = [
    ["R001", "东区", "甲药", 150, "高"],
    ["R001", "南区", "P1", "1.2万", None],
    ["R002", "东区", "甲药", 90, None],
]


class Office:
    """The central side's desk: two reps' workbooks in their folders, and the central file."""

    def __init__(self, folder: Path, schema: Path, books: dict[str, bytes]) -> None:
        self.folder, self.schema, self.plan = folder, schema, folder / "计划.xlsx"
        for rep, data in books.items():
            (folder / rep).mkdir()
            (folder / rep / "book.xlsx").write_bytes(data)
        self.write(ROWS)

    def rep(self, code: str) -> Rep:
        """A rep's workbook."""
        return Rep(self.folder / code / "book.xlsx", self.schema)

    def write(
        self, rows: list[list[Any]], header: list[str] = HEADER, products: Any = PRODUCTS
    ) -> None:
        """Write the central file."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "指标"
        for row in (header, *rows):
            sheet.append(row)
        if products:
            listed = book.create_sheet("产品")
            for row in products:
                listed.append(row)
        book.save(self.plan)

    def send(self, *paths: Path, **options: Any) -> Distribution:
        """Distribute to the folder, or to some paths."""
        asked = paths or (self.folder,)
        return distribute(Order(self.plan, asked, AS_OF, schema=self.schema, **options))

    def bundle(self, sent: Sent) -> dict[str, Any]:
        """What a bundle's file says."""
        assert sent.file is not None
        found: dict[str, Any] = json.loads(sent.file.read_text("utf-8"))
        return found


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return schema_folder(tmp_path_factory.mktemp("own") / "schema")


@pytest.fixture(scope="module")
def books(schema: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    found = {}
    for code in ("R001", "R002"):
        path = tmp_path_factory.mktemp(code) / "book.xlsx"
        path.write_bytes(new_book(schema, code))
        Rep(path, schema).refresh()
        found[code] = path.read_bytes()
    return found


@pytest.fixture
def office(tmp_path: Path, schema: Path, books: dict[str, bytes]) -> Office:
    return Office(tmp_path, schema, books)


def states(result: Distribution) -> dict[str, str]:
    return {b.name: b.state for b in result.books}


def told(result: Distribution) -> list[str]:
    return sorted(f.code for _, f in result.findings)


def test_each_gets_his_rows_and_everybody_the_lists(office: Office) -> None:
    before = {r: office.rep(r).path.read_bytes() for r in ("R001", "R002")}
    result = office.send()
    assert (states(result), told(result)) == (
        {"R001/book.xlsx": "sent", "R002/book.xlsx": "sent"}, [],
    )  # fmt: skip
    one, two = result.books
    assert (one.number, one.rows) == (1, {"products": 2, "goals": 2})
    assert two.rows == {"products": 2, "goals": 1}
    said = office.bundle(one)
    assert (said["workbook"], said["owner"], said["follows"]) == ("001".ljust(32, "0"), "R001", 0)
    south = next(r for r in said["rows"] if r["at"].get("region") == "南区")
    assert south["at"] == {"region": "南区", "product": "甲药"}
    assert south["values"] == {"goal": 12_000.0, "level": None}
    assert one.file == office.folder / "R001" / "tracker-inbox" / "001000000000-0001.json"
    assert {r: office.rep(r).path.read_bytes() for r in before} == before


def test_nothing_is_sent_twice_whether_taken_in_or_not(office: Office) -> None:
    office.send()
    assert set(states(office.send()).values()) == {"unchanged"}
    office.rep("R001").refresh()
    assert set(states(office.send()).values()) == {"unchanged"}
    office.write([["R001", "东区", "甲药", 160, "高"], *ROWS[1:]])
    one, two = office.send().books
    assert (one.state, one.number, one.rows, two.state) == ("sent", 2, {"goals": 1}, "unchanged")
    office.write([["R001", "东区", "甲药", 170, "高"], *ROWS[1:]])
    assert office.send().books[0].number == 3
    rep = office.rep("R001")
    report = rep.refresh()
    assert report.changes is not None
    assert report.changes.taken == (2, 3)
    assert rep.goals()["南区"]["goal"] == 12_000


def test_distributed_refreshed_changed_on_both_sides_and_decided(office: Office) -> None:
    rep = office.rep("R001")
    office.send()
    assert codes(rep.refresh()) == ["DST805", "DST806"]  # 东区 said 100 before
    rep.adopt("下发的")
    rep.refresh()
    rep.type("指标", rep.cell("东区", "goal"), 155)
    office.write([["R001", "东区", "甲药", 180, "高"], *ROWS[1:]])
    office.send()
    rep.refresh()
    ((*_, mine, theirs, base),) = [line[:7] for line in rep.conflicts()]
    assert (mine, theirs, base) == (155, 180, 150)
    rep.adopt("我的")
    rep.refresh()
    assert (rep.goals()["东区"]["goal"], rep.conflicts()) == (155, [])
    assert set(states(office.send()).values()) == {"unchanged"}


def test_a_dry_run_writes_nothing(office: Office) -> None:
    result = office.send(dry=True)
    assert {b.number for b in result.books} == {1}
    assert list(office.folder.rglob("*.json")) == []


def test_bundles_can_be_laid_into_one_folder(office: Office) -> None:
    out = office.folder / "outbox"
    result = office.send(to=out)
    assert sorted(p.name for p in out.iterdir()) == [
        "001000000000-0001.json",
        "002000000000-0001.json",
    ]
    assert set(states(office.send(to=out)).values()) == {"unchanged"}
    inbox = office.folder / "R002" / "tracker-inbox"
    inbox.mkdir()
    for sent in result.books:
        assert sent.file is not None
        sent.file.rename(inbox / sent.file.name)
    assert codes(office.rep("R002").refresh()) == ["DST802", "DST805", "DST806"]


def test_rows_that_are_gone_are_withdrawn_where_the_file_speaks_of_them(office: Office) -> None:
    office.send()
    office.rep("R001").refresh()
    office.write([["R002", "东区", "乙药", 90, None]])
    assert [(b.rows, b.gone) for b in office.send(dry=True).books] == [
        ({}, {}), ({"goals": 1}, {}),
    ]  # fmt: skip
    office.write([["R002", "东区", "甲药", 90, None]], products=PRODUCTS[:2])
    one, two = office.send().books
    assert (one.gone, two.gone) == ({"goals": 2, "products": 1}, {"products": 1})


def test_what_cannot_be_sent_is_told_and_the_rest_goes(office: Office) -> None:
    rows: list[list[Any]] = [
        ["R001", "东区", "甲药", "很多", None], ["", "北区", "甲药", 1, None], ["R009", "北区", "甲药", 1, None],
        ["R001", "中区", "甲药", 1, None], ["R001", "中 区", "甲药", 2, None], ["R001", "上区", "甲药", 3, "顶"],
        ["R001", "下区", "甲药", 4, "低"],
    ]  # fmt: skip
    office.write(rows)
    result = office.send()
    assert told(result) == ["DST811", "DST812", "DST813", "DST814", "DST814"]
    at = {(f.code, f.row, f.field) for _, f in result.findings}
    assert {
        ("DST811", 3, None),
        ("DST813", 6, None),
        ("DST814", 2, "goal"),
        ("DST814", 7, "level"),
    } <= at
    assert [b.rows.get("goals") for b in result.books] == [1, None]


def test_a_code_written_in_several_ways_is_one_reps(office: Office) -> None:
    office.write(
        [ROWS[0], ["r001 ", "南区", "甲药", 2, None], ["Ｒ００１", "北区", "甲药", 3, None]]
    )
    result = office.send()
    assert told(result) == []
    assert result.books[0].rows["goals"] == 3
    office.write([ROWS[0], ["r001", "东区", "甲药", 151, None], ["r009", "北区", "甲药", 1, None]])
    result = office.send(dry=True)
    assert {(f.code, f.row, f.value) for _, f in result.findings} == {
        ("DST813", 3, None),
        ("DST812", None, "r009"),
    }


@pytest.mark.parametrize(
    "slip",
    [
        ["R001", "南区", "甲药", "很多", None], ["R001", None, "甲药", 12_000, None],
        [None, "南区", "甲药", 12_000, None], ["R001", "东区", "甲药", 151, "高"],
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_sent_does_not_count_as_withdrawn(
    office: Office, slip: list[Any]
) -> None:
    office.send()
    office.rep("R001").refresh()
    office.write([ROWS[0], slip, ROWS[2]])
    result = office.send()
    assert len(told(result)) == 1
    assert [dict(b.gone) for b in result.books] == [{}, {}]
    office.write([ROWS[0], ROWS[2]])
    assert office.send().books[0].gone == {"goals": 1}


def test_a_file_without_a_column_that_says_which_row_it_is_says_so_once(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write([[r[0], *r[2:]] for r in ROWS], [HEADER[0], *HEADER[2:]])
    assert told(office.send(dry=True)) == ["DST814"]
    (office.folder / "tracker.toml").write_text(f'schema = "{office.schema.as_posix()}"\n', "utf-8")
    monkeypatch.setenv("TRACKER_LANG", "zh")
    assert run(["distribute", str(office.plan), str(office.folder), "--as-of", "2026-06-30"]) == 1
    said = capsys.readouterr().out
    assert "计划.xlsx:指标!1: DST814 没有“地区”这一列，表中的行都没有下发" in said
    assert "加上“地区”列" in said


def test_a_product_that_the_files_own_list_lacks_is_told_before_anybody_gets_it(
    office: Office,
) -> None:
    office.write([ROWS[0], ["R001", "南区", "乙葯", 5, None], ["R001", "北区", "p2", 6, None]])
    result = office.send()
    ((_, found),) = result.findings
    assert (found.code, found.row, found.field, found.value) == ("DST814", 3, "product", "乙葯")
    assert "清单" in message(found, result.schema, "zh")
    assert "list" in hint(found, result.schema, "en")
    assert result.books[0].rows["goals"] == 2
    office.write([["R001", "南区", "乙葯", 5, None]], products=None)
    assert told(office.send()) == []


def test_a_file_without_the_column_of_owners_says_so_once(office: Office) -> None:
    office.write([r[1:] for r in ROWS], HEADER[1:])
    result = office.send()
    assert told(result) == ["DST811"]
    assert result.findings[0][1].facts["what"] == "代表编号"
    assert [dict(b.rows) for b in result.books] == [{"products": 2}, {"products": 2}]


def test_copies_count_once_and_two_books_of_one_rep_get_no_rows_of_his(
    office: Office, schema: Path
) -> None:
    (office.folder / "R001" / "book (2).xlsx").write_bytes(office.rep("R001").path.read_bytes())
    assert states(office.send(dry=True))["R001/book.xlsx"] == "skipped"
    other = office.folder / "R002" / "other.xlsx"
    other.write_bytes(new_book(schema, "R002"))
    rep = Rep(other, schema)
    rep.type("设置", "B2", "R003")
    rep.refresh()
    rep.type("设置", "B2", "R002")
    rep.refresh()
    result = office.send(dry=True)
    assert told(result) == ["ROL701"]
    mine = {b.name: dict(b.rows) for b in result.books if b.owner == "R002"}
    assert mine == {"R002/book.xlsx": {"products": 2}, "R002/other.xlsx": {"products": 2}}


def test_books_that_cannot_be_read_are_named_and_all_of_them_is_a_failure(office: Office) -> None:
    (office.folder / "R002" / "book.xlsx").write_bytes(b"no workbook")
    result = office.send()
    assert states(result) == {"R001/book.xlsx": "sent", "R002/book.xlsx": "skipped"}
    with pytest.raises(UnsuitableFileError):
        office.send(office.folder / "R002")


def test_a_lost_bundle_is_made_up_for_by_the_next(office: Office) -> None:
    office.send()
    rep = office.rep("R001")
    rep.refresh()
    for value in (160, 170):
        office.write([["R001", "东区", "甲药", value, "高"], *ROWS[1:]])
        lost = office.send(office.rep("R001").path).books[0]
        if value == 160:
            assert lost.file is not None
            kept = lost.file.rename(office.folder / "lost.json")
    assert "DST804" not in codes(
        rep.refresh()
    )  # made of what the workbook had, not of the lost one
    kept.rename(rep.path.parent / "tracker-inbox" / "001000000000-0002.json")
    assert "DST804" in codes(rep.refresh())
    assert [line[5] for line in rep.conflicts()] == [170]


def test_the_command_line_says_what_went_where(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (office.folder / "tracker.toml").write_text(f'schema = "{office.schema.as_posix()}"\n', "utf-8")
    monkeypatch.setenv("TRACKER_LANG", "zh")
    args = ["distribute", str(office.plan), str(office.folder), "--as-of", "2026-06-30"]
    assert run([*args, "--dry"]) == 0
    assert "第 1 号下发包：产品 2，指标 2\n" in capsys.readouterr().out
    assert run([*args, "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["command"], said["as_of"]) == (1, "distribute", "2026-06-30")
    assert [(b["path"], b["state"], b["rep"], b["number"], b["written"]) for b in said["books"]] == [
        ("R001/book.xlsx", "sent", "R001", 1, True), ("R002/book.xlsx", "sent", "R002", 1, True),
    ]  # fmt: skip
    assert said["written"] == [b["bundle"] for b in said["books"]]
    assert run([*args, "--lang", "en"]) == 0
    assert "nothing new" in capsys.readouterr().out
    assert (
        run(["refresh", str(office.rep("R001").path), "--as-of", "2026-06-30", "--lang", "en"]) == 0
    )
    assert "took in bundle 1" in capsys.readouterr().out
    office.write([["", "北区", "甲药", 1, None]])
    assert run([*args, "-q"]) == 1
    assert "计划.xlsx:指标!A2: DST811" in capsys.readouterr().out
    (office.folder / "R001" / "book.xlsx").write_bytes(b"")
    assert run(["distribute", str(office.plan), str(office.folder / "R001")]) == 2


def test_a_file_of_something_else_is_refused(office: Office) -> None:
    office.plan.write_bytes(b"no workbook")
    with pytest.raises(UnsuitableFileError):
        office.send()
    book = openpyxl.Workbook()
    book.save(office.plan)
    with pytest.raises(UnsuitableFileError, match="kept centrally"):
        office.send()
