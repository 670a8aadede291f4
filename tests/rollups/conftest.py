"""A team's folder of workbooks, each read once for all tests of rollups."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.books import AS_OF
from tracker.api.config import Config
from tracker.api.rollup import Request, rollup
from tracker.api.run import new
from tracker.rollups.result import Rollup
from tracker.xlsx import Workbook

TEAM = Path(__file__).parents[2] / "sample_workbooks" / "team"


def opened(path: Path) -> Any:
    """A workbook as openpyxl streams it; no file stays open."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)


@contextmanager
def on_disk(path: Path) -> Iterator[Workbook]:
    """A workbook to edit, saved afterwards."""
    book = Workbook(path.read_bytes())
    yield book
    path.write_bytes(book.to_bytes())


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that all tests share: what one has read, the others know."""
    return tmp_path_factory.mktemp("extracts")


@pytest.fixture(autouse=True)
def _known_extracts(
    _own_state: None,
    extracts: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The shared state folder, unless a test is marked to start from nothing."""
    if request.node.get_closest_marker("own_state") is None:
        monkeypatch.setenv("TRACKER_STATE_DIR", str(extracts))


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder with the five workbooks of the sample team."""
    return Path(shutil.copytree(TEAM, tmp_path / "team"))


@pytest.fixture(scope="session")
def tiny_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three new workbooks of a few rows each, for copies."""
    folder = tmp_path_factory.mktemp("tiny")
    for rep in ("R201", "R202", "R203"):
        new(folder / f"{rep}.xlsx", sample=True, rep=rep, size=0.02, config=Config())
    return folder


@pytest.fixture
def tiny(tiny_books: Path, tmp_path: Path) -> Path:
    """A folder of three small workbooks."""
    return Path(shutil.copytree(tiny_books, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def whole(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rollup, Path]:
    """The sample team rolled up as it is, and its workbook."""
    out = tmp_path_factory.mktemp("whole") / "rollup.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_STATE_DIR", str(extracts))
        return rollup(Request(paths=[TEAM], as_of=AS_OF, out=out)), out
