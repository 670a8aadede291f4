"""A team's folder of workbooks, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

TEAM = Path(__file__).parents[2] / "sample_workbooks" / "team"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder with the five workbooks of the sample team."""
    return Path(shutil.copytree(TEAM, tmp_path / "team"))
