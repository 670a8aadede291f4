"""What a refresh says about the worked book, and that it leaves its owner's things alone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from sample_workbooks import build, pivot, sheets, worked
from sample_workbooks.tables import LAYOUTS, VISITS
from tests.sample_workbooks.conftest import Made
from tracker.api.config import Config
from tracker.api.report import Report
from tracker.api.run import refresh
from tracker.findings import Finding
from tracker.opc.package import Package
from tracker.xlsx import Sheet, Workbook

PLANTED = [
    ("GEN003", "visits", "visit_method"), ("VIS204", "visits", "summary"),
    ("VIS203", "visits", "end_time"), ("GEN002", "visits", "next_visit_date"),
    ("GEN007", "visits", "visit_date"), ("GEN004", "visits", "visit_id"),
    ("GEN008", "targets", "target"), ("TGT401", "targets", "period"),
    ("TGT401", "targets", "period"), ("CUS109", "customers", "office_phone"),
    ("GEN006", "customers", "department"), ("GEN014", "customers", "tier"),
    ("GEN015", "issues", "customer"), ("ISS502", "issues", "due_date"), ("GEN020", None, None),
]  # fmt: skip
OWNERS = {
    "xl/charts/chart1.xml", "xl/charts/chart2.xml",
    "xl/drawings/drawing1.xml", "xl/drawings/drawing2.xml",
    "xl/drawings/_rels/drawing1.xml.rels", "xl/drawings/_rels/drawing2.xml.rels",
    "xl/media/image1.png", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotCache/pivotCacheRecords1.xml",
    "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
    "xl/pivotTables/pivotTable1.xml", "xl/pivotTables/_rels/pivotTable1.xml.rels",
    "xl/tables/table1.xml", "xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml",
}  # fmt: skip
OWN_SHEETS = (sheets.BOARD, sheets.COSTS, worked.PIVOT, sheets.NOTES, "产品", "机构别名", "设置")
GENERATED = ("汇总", "校验结果", "_lists", "_tracker")
TOOLS = {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"}


@pytest.fixture(scope="module")
def june(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """The worked book, refreshed at the end of June, and what the refresh said."""
    path = tmp_path_factory.mktemp("june") / build.WORKED
    shutil.copy(made.worked, path)
    return path, refresh(path, build.LAST_DAY, Config())


def places(findings: Iterable[Finding]) -> Counter[tuple[str, str, int | None, int | None]]:
    return Counter((f.code, f.sheet, f.row, f.column) for f in findings)


def test_refresh_finds_what_was_planted_and_nothing_else(
    made: Made, june: tuple[Path, Report]
) -> None:
    without = refresh(made.untouched, build.LAST_DAY, Config(), dry=True)
    told = places(june[1].findings)
    assert places(without.findings) <= told
    known = places(without.findings)
    new = [f for f in june[1].findings if not known[f.code, f.sheet, f.row, f.column]]
    assert sorted((f.code, f.module, f.field) for f in new if f.module) == sorted(
        p for p in PLANTED if p[1]
    )
    assert [f.code for f in new if not f.module] == ["GEN020"]


def test_what_the_story_leaves_open_is_of_few_kinds(made: Made) -> None:
    report = refresh(made.untouched, build.LAST_DAY, Config(), dry=True)
    known = {"GEN010", "GEN012", "CUS112", "CUS113", "VIS208", "ISS503", "ISS504"}
    assert {f.code for f in report.findings} - {"ISS509"} == known
    assert report.count("error") == 0


def test_rows_typed_below_the_tables_are_records_with_ids(june: tuple[Path, Report]) -> None:
    path, report = june
    assert report.changes is not None
    assert report.changes.ids == 3
    book = Workbook.open(path)
    for sheet, table in ((VISITS, "tblVisits"), ("销售目标与达成", "tblTargets")):
        found = next(t for t in book.sheet(sheet).tables if t.name == table)
        assert found.area.bottom == max(r for r in book.sheet(sheet).scan.rows)


def test_typed_over_tier_is_computed_again(made: Made, june: tuple[Path, Report]) -> None:
    slip = next(p for p in made.planted if p.code == "GEN014")
    assert Workbook.open(made.worked).sheet(slip.sheet).get(slip.cell) == "A"
    before = Workbook.open(made.untouched).sheet(slip.sheet).get(slip.cell)
    assert Workbook.open(june[0]).sheet(slip.sheet).get(slip.cell) == before != "A"


def test_second_refresh_leaves_bytes_and_time_alone(june: tuple[Path, Report]) -> None:
    path, _ = june
    before, moment = path.read_bytes(), path.stat().st_mtime_ns
    report = refresh(path, build.LAST_DAY, Config())
    assert report.changes is not None
    assert not report.changes.written
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, moment)


@pytest.mark.parametrize("state", ["worked", "layout"])
def test_owner_parts_stay_byte_identical(
    made: Made, tmp_path: Path, state: str, june: tuple[Path, Report]
) -> None:
    """Also in the first refresh, which adds the program's own sheets and parts."""
    if state == "worked":
        before, after = made.worked.read_bytes(), june[0].read_bytes()
    else:
        before, after = worked.worked_layout(), made.untouched.read_bytes()
    old, new = Package(before), Package(after)
    owners = OWNERS | {Workbook(before).sheet(n).part for n in OWN_SHEETS}
    assert owners <= set(old)
    assert [n for n in sorted(owners) if old.raw(n) != new.raw(n)] == []
    changed = {n for n in old if n not in new or old.raw(n) != new.raw(n)}
    assert changed <= _may_change(Workbook(before))


def _may_change(book: Workbook) -> set[str]:
    """What a refresh may write: shared parts, module sheets and tables, its own sheets' parts."""
    names = set(book.worksheet_names)
    modules = [n for n in book.worksheet_names if n not in {*OWN_SHEETS, *GENERATED}]
    found = TOOLS | {"xl/_rels/workbook.xml.rels"} | {book.sheet(n).part for n in modules}
    found |= {t.part for n in modules for t in book.sheet(n).tables}
    todo = [book.sheet(n).part for n in GENERATED if n in names]
    while todo:
        part = todo.pop()
        folder, name = part.rsplit("/", 1)
        found |= {part, f"{folder}/_rels/{name}.rels"}
        todo += [r.target for r in book.package.relationships(part) if not r.external]
    return found


def test_own_columns_keep_their_cells(made: Made, june: tuple[Path, Report]) -> None:
    before, after = Workbook.open(made.worked), Workbook.open(june[0])
    for name, layout in LAYOUTS.items():
        title = layout.sheet or {"customers": "客户基础信息", "targets": "销售目标与达成"}[name]
        old, new = before.sheet(title), after.sheet(title)
        headers = {own.header for own in layout.own.values()}
        heads = {c.column: old.value(c) for c in old.scan.cells(old.scan.rows[1])}
        columns = [c for c, text in heads.items() if text in headers]
        assert len(columns) == len(headers)
        for row in old.scan.rows:
            for column in columns:
                assert _cell(old, row, column) == _cell(new, row, column)


def _cell(sheet: Sheet, row: int, column: int) -> object:
    raw = sheet.raw(row, column)
    return raw and (raw.kind, raw.value, raw.style, raw.formula)


def test_pivot_counts_what_the_visits_hold() -> None:
    source = pivot.Source(
        "S", "A1:B5", {"方式": ["微信", "电话", "微信", "微信"], "状态": ["计划", "完成", "完成", "完成"]},
        down="方式", across="状态",
    )  # fmt: skip
    assert pivot.grid(source) == [
        ["计数项:方式", "列标签"],
        ["行标签", "完成", "计划", "总计"],
        ["微信", 2, 1, 3],
        ["电话", 1, None, 1],
        ["总计", 3, 1, 4],
    ]


def test_pivot_cache_has_a_record_for_every_visit(made: Made) -> None:
    package = Package(made.worked.read_bytes())
    records = package.read("xl/pivotCache/pivotCacheRecords1.xml")
    visits = refresh(made.untouched, build.FIRST_DAY, Config(), dry=True).rows["visits"]
    assert records.count(b"<r>") == visits
    assert b'recordCount="%d"' % visits in package.read("xl/pivotCache/pivotCacheDefinition1.xml")
