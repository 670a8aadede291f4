"""Rows of a rollup for other programs: what comes out is what was in the books, by every way."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.books import AS_OF
from tests.rollups.conftest import TEAM, on_disk
from tracker.api.config import Config
from tracker.api.export import export
from tracker.api.rollup import Request, rollup
from tracker.errors import RefusedError, UnsuitableFileError
from tracker.rollups.exports import write
from tracker.rollups.result import Rollup
from tracker.rollups.tables import Rows

TYPED = ["=1+1", "+86", "-", "@x", "'a", "a=b", "＝1+1", "＋86", "－x", "＠x"]


@pytest.fixture(scope="module")
def stored(
    whole: tuple[Rollup, Path], extracts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_STATE_DIR", str(extracts))
        rollup(Request(paths=[TEAM], as_of=whole[0].as_of, parquet=folder))
    return folder


def rows(names: Sequence[str]) -> Rows:
    return Rows("notes", {"rep": "text"}, lambda: iter([{"rep": list(names)}]))


def test_a_workbook_gives_the_very_rows_of_its_parquet_files(
    whole: tuple[Rollup, Path], stored: Path, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    found = export(whole[1], Config(), out=tmp_path, fmt="parquet")
    assert {f.name for f in found.files} == {f.name for f in stored.iterdir()}
    assert not found.elsewhere
    for file in found.files:
        ours, theirs = pq.read_table(file), pq.read_table(stored / file.name)
        assert ours.schema.equals(theirs.schema)
        for name, values in theirs.to_pydict().items():
            assert twelve(ours.column(name).to_pylist()) == twelve(values), name


def twelve(values: Sequence[object]) -> list[object]:
    """Numbers to 12 digits; a sheet holds 16."""
    return [f"{v:.12g}" if isinstance(v, float) else v for v in values]


def test_duckdb_counts_what_the_rollup_counts(
    whole: tuple[Rollup, Path], stored: Path, tmp_path: Path
) -> None:
    duckdb = pytest.importorskip("duckdb")
    (path,) = export(stored, Config(), out=tmp_path, fmt="duckdb").files
    with duckdb.connect(str(path), read_only=True) as base:
        for name, count in whole[0].rows.items():
            assert base.table(name).count("*").fetchall() == [(count,)]
        sold = base.sql("select sum(actual) from targets where period = '2026Q2' and rep = 'R101'")
        assert sold.fetchall() == [(2938.0,)]


def test_text_files_hold_the_same_rows_and_no_formula(stored: Path, tmp_path: Path) -> None:
    for fmt in ("csv", "jsonl"):
        export(stored, Config(), out=tmp_path, fmt=fmt)
    with (tmp_path / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    told = [json.loads(v) for v in (tmp_path / "visits.jsonl").read_text("utf-8").splitlines()]
    assert [v["visit_id"] for v in lines] == [v["visit_id"] for v in told]
    assert [v["visit_date"] for v in lines] == [v["visit_date"] for v in told]
    assert lines[0]["purpose"] == "、".join(told[0]["purpose"])
    (path,) = write([rows(TYPED)], tmp_path, "csv")
    cells = path.read_text("utf-8-sig").splitlines()[1:]
    assert cells == ["'=1+1", "'+86", "'-", "'@x", "''a", "a=b", "'＝1+1", "'＋86", "'－x", "'＠x"]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("notes.csv", b"rep,mine\n1,2\n"), ("notes.csv", b"\xef\xbb\xbfname,rep\n1,2\n"),
        ("notes.jsonl", b'{"mine": 1}\n'), ("notes.parquet", b"a,b\n"), ("rollup.duckdb", b"a,b\n"),
    ],
)  # fmt: skip
def test_only_what_an_export_wrote_is_replaced(tmp_path: Path, name: str, theirs: bytes) -> None:
    path, fmt = tmp_path / name, name.rpartition(".")[2]
    if fmt == "duckdb":
        pytest.importorskip("duckdb")
    path.write_bytes(theirs)
    with pytest.raises(RefusedError, match=name):
        write([Rows("first", {"rep": "text"}, rows(["a"]).batches), rows(["a"])], tmp_path, fmt)
    assert [f.name for f in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == theirs
    path.write_bytes(b"")
    for names in (["a"], ["b", "c"]):
        write([rows(names)], tmp_path, fmt)
    assert [f.name for f in tmp_path.iterdir()] == [name]


def test_a_rollup_replaces_no_parquet_file_but_a_rollups(tiny: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder, asked = (
        tmp_path / "rows",
        Request([tiny / "R201.xlsx"], AS_OF, parquet=tmp_path / "rows"),
    )
    folder.mkdir()
    pq.write_table(pa.table({"mine": [1]}), folder / "visits.parquet")
    before = (folder / "visits.parquet").read_bytes()
    with pytest.raises(RefusedError, match=r"visits\.parquet"):
        rollup(asked)
    assert [f.name for f in folder.iterdir()] == ["visits.parquet"]
    assert (folder / "visits.parquet").read_bytes() == before
    (folder / "visits.parquet").unlink()
    for _ in range(2):
        rollup(asked)
    assert {f.suffix for f in folder.iterdir()} == {".parquet"}


def test_tables_of_an_earlier_team_do_not_stay_among_those_of_this_one(
    tiny: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "rows", tmp_path / "out"
    rollup(Request([tiny / "R201.xlsx"], AS_OF, parquet=folder))
    export(folder, Config(), out=out, fmt="csv")
    (folder / "mine.parquet").write_bytes(b"mine")
    with on_disk(tiny / "R202.xlsx") as book:
        book.drop_sheet("客户偏好与个性化需求")
    rollup(Request([tiny / "R202.xlsx"], AS_OF, parquet=folder))
    names = {"customers", "visits", "messaging", "targets", "issues"}
    assert {f.stem for f in folder.iterdir()} == {*names, "mine"}
    export(folder, Config(), out=out, fmt="csv")
    assert {f.stem for f in out.iterdir()} == names


@pytest.mark.parametrize("taken", ["rows", "file/rows"])
def test_a_folder_that_cannot_be_made_is_refused(tiny: Path, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken.partition("/")[0]).write_text("mine")
    with pytest.raises(RefusedError, match="rows"):
        rollup(Request([tiny / "R201.xlsx"], AS_OF, parquet=tmp_path / taken))


def test_a_workbook_that_is_no_rollup_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnsuitableFileError, match="rollup"):
        export(TEAM / "R101.xlsx", Config(), out=tmp_path, fmt="csv")
    with pytest.raises(UnsuitableFileError, match="parquet"):
        export(tmp_path, Config(), out=tmp_path, fmt="csv")
    assert not list(tmp_path.iterdir())
