"""What all tests share: a state folder of their own, and one sample workbook made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import AS_OF, new_sample, refreshed


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """History, locks and reports go into the test's folder, never into the user's.

    Every run is a whole one: what is kept of earlier runs has tests of its own.
    """
    monkeypatch.setenv("TRACKER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("TRACKER_LANG", raising=False)
    monkeypatch.setenv("TRACKER_FULL_RUN", "1")


@pytest.fixture(scope="session")
def sample_bytes() -> bytes:
    """The workbook that `tracker new --sample` makes."""
    return new_sample()


@pytest.fixture(scope="session")
def refreshed_bytes(sample_bytes: bytes) -> bytes:
    """The sample workbook as refreshed for AS_OF."""
    return refreshed(sample_bytes, AS_OF)


@pytest.fixture
def book(tmp_path: Path, refreshed_bytes: bytes) -> Path:
    """A refreshed sample workbook on disk."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(refreshed_bytes)
    return path
