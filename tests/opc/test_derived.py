"""What is kept of what was made comes back only for the same sources, and never gets in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.opc import derived
from tracker.opc.derived import recall, remember
from tracker.opc.statedir import state_dir


def test_what_was_kept_comes_back_for_the_same_sources() -> None:
    assert recall("k", "a.yaml", 3) is None
    remember("k", {"made": [1, 2]}, "a.yaml", 3)
    assert recall("k", "a.yaml", 3) == {"made": [1, 2]}
    assert recall("k", "a.yaml", 4) is None
    assert recall("other", "a.yaml", 3) is None
    (file,) = (state_dir() / "derived").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_another_program_makes_it_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    remember("k", 1)
    assert recall("k") == 1
    monkeypatch.setattr(derived, "program", lambda: "another")
    assert recall("k") is None


@pytest.mark.parametrize("left", [b"", b"x" * 64, None])
def test_what_is_torn_is_made_anew(left: bytes | None) -> None:
    remember("k", list(range(100)))
    file = state_dir() / "derived" / "k"
    file.write_bytes(file.read_bytes()[:-20] if left is None else left)
    assert recall("k") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    monkeypatch.setenv("TRACKER_STATE_DIR", str(taken))
    remember("k", 1)
    assert recall("k") is None
