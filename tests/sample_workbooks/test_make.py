from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sample_workbooks import build
from sample_workbooks.slips import make_slips
from tests.sample_workbooks.conftest import Made
from tracker.api.config import Config
from tracker.api.run import refresh
from tracker.opc.statedir import VARIABLE

FILES = [build.NEW, build.WORKED, *(f"{build.TEAM}/R10{n}.xlsx" for n in range(1, 6))]


def members(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


@pytest.mark.parametrize("name", FILES)
def test_committed_sample_is_what_the_source_makes(made: Made, name: str) -> None:
    committed, fresh = members(build.HERE / name), members(made.folder / name)
    assert [n for n, _ in committed] == [n for n, _ in fresh]
    assert [n for (n, a), (_, b) in zip(committed, fresh, strict=True) if a != b] == []


def test_every_committed_workbook_is_made_here() -> None:
    found = {p.relative_to(build.HERE).as_posix() for p in build.HERE.rglob("*.xlsx")}
    assert found == set(FILES)


def test_samples_stay_small() -> None:
    assert sum((build.HERE / name).stat().st_size for name in FILES) < 3_000_000


def test_same_bytes_in_another_time_zone_and_with_another_hash_seed(
    made: Made, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from sample_workbooks import build; "
        "build.make_worked(Path(sys.argv[1]))"
    )
    elsewhere = {
        "TZ": "America/St_Johns", "PYTHONHASHSEED": "4711", "LC_ALL": "C",
        VARIABLE: str(tmp_path / "state"),
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        check=True, cwd=build.HERE.parent, env={**os.environ, **elsewhere},
    )  # fmt: skip
    assert (tmp_path / build.WORKED).read_bytes() == made.worked.read_bytes()


def test_readme_lists_every_slip_with_its_cell_and_what_refresh_says(made: Made) -> None:
    readme = (build.HERE / build.README).read_text("utf-8")
    assert build.with_table(readme, build.said_of(made.planted, made.worked)) == readme


def test_slips_are_planted_the_same_way_twice(made: Made, tmp_path: Path) -> None:
    assert make_slips(made.untouched, tmp_path / "again.xlsx") == made.planted
    assert (tmp_path / "again.xlsx").read_bytes() == made.worked.read_bytes()


def test_new_sample_was_never_refreshed(made: Made) -> None:
    report = refresh(made.folder / build.NEW, build.LAST_DAY, Config(), dry=True)
    assert report.changes is not None
    assert report.changes.ids == sum(report.rows.values())


@pytest.mark.parametrize("name", FILES[2:])
def test_team_books_have_nothing_left_to_refresh(made: Made, name: str) -> None:
    report = refresh(made.folder / name, build.LAST_DAY, Config(), dry=True)
    assert report.changes is not None
    assert not report.changes.would_write
    assert report.count("error") == 0
