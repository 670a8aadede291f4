"""What all tests share: a state folder of their own, and sample workbooks made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import new_sample, refreshed_sample


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
    """What `tracker new --sample` makes, with a fifth of the customers: all there is to refresh."""
    return new_sample(size=0.2)


@pytest.fixture(scope="session")
def refreshed_bytes() -> bytes:
    """The smaller sample workbook as refreshed for AS_OF."""
    return refreshed_sample(size=0.2)


@pytest.fixture(scope="session")
def whole_bytes() -> bytes:
    """The whole of what `tracker new --sample` makes, refreshed for AS_OF."""
    return refreshed_sample()


@pytest.fixture
def whole_book(tmp_path: Path, whole_bytes: bytes) -> Path:
    """The whole refreshed sample workbook on disk."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(whole_bytes)
    return path


@pytest.fixture
def book(tmp_path: Path, refreshed_bytes: bytes) -> Path:
    """A refreshed smaller sample workbook on disk."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(refreshed_bytes)
    return path
