"""The samples made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sample_workbooks import build
from sample_workbooks.slips import Planted
from tracker.opc.statedir import VARIABLE


class Made:
    """A folder with every sample, what was planted, and the worked book before it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.planted: list[Planted] = build.make_all(folder)
        self.worked = folder / build.WORKED
        self.untouched = folder / "before_june.xlsx"
        build.make_untouched(self.untouched)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("state")))
        yield Made(tmp_path_factory.mktemp("samples"))
