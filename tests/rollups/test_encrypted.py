"""Encrypted workbooks among others: read with their password, and nothing of them is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import AS_OF
from tracker.api.rollup import Request, rollup
from tracker.cli import app

pytest.importorskip("msoffcrypto")
from tests.opc.encrypted import PASSWORD, agile

pytestmark = pytest.mark.own_state


@pytest.fixture
def locked(tiny: Path) -> Path:
    """Three workbooks of which one has a password."""
    path = tiny / "R202.xlsx"
    path.write_bytes(agile(path.read_bytes()))
    return tiny


def kept(folder: Path) -> list[Path]:
    return [f for f in (folder / "state" / "extracts").rglob("*") if f.is_file()]


def test_it_counts_as_it_would_without_the_password_and_is_not_kept(
    locked: Path, tiny_books: Path, tmp_path: Path
) -> None:
    (locked / "R203.xlsx").unlink()
    again = [rollup(Request([locked], AS_OF, password=PASSWORD)) for _ in range(2)]
    for found in again:
        assert {b.state for b in found.books} == {"read"}
    assert len(kept(tmp_path)) == 1
    assert {b.name for b in again[1].books if b.known} == {"R201.xlsx"}
    plain = rollup(Request([tiny_books / "R201.xlsx", tiny_books / "R202.xlsx"], AS_OF))
    assert again[0].rows == plain.rows


def test_it_is_written_and_without_its_password_it_is_named(locked: Path, tmp_path: Path) -> None:
    (tmp_path / "word").write_text(PASSWORD, "utf-8")
    said = ["rollup", str(locked), "--as-of", AS_OF.isoformat(), "--ignore", "ROL,GEN,CUS,VIS"]
    word, out = str(tmp_path / "word"), tmp_path / "out.xlsx"
    rows = ["-o", str(out), "--parquet", str(tmp_path / "rows"), "--jobs", "2"]
    assert app.run([*said, *rows, "--password-file", word]) == 0
    assert out.is_file()
    assert app.run(said) == 1
