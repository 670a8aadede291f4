from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.opc.crafted import book
from tracker.errors import RefusedError, UnsuitableFileError
from tracker.history.retention import kept
from tracker.history.store import Store, book_key, sha256
from tracker.history.undo import undo_target
from tracker.opc.save import BookFile

NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
BOOK = Path("/books/账本.xlsx")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state")


def keep(store: Store, key: str, before: bytes, after: bytes, days_ago: int = 0) -> None:
    when = NOW - timedelta(days=days_ago)
    store.keep(key, before, after, saved_at=when, command="refresh", path=BOOK)


def test_keeps_and_gives_back(store: Store) -> None:
    entry = store.keep(
        "k",
        b"old",
        b"new",
        saved_at=NOW,
        command="refresh",
        path=BOOK,
        as_of=date(2026, 6, 30),
        notes=[{"code": "GEN017", "id": "CBCDFGH"}],
    )
    assert store.entries("k") == [entry]
    assert (entry.seq, entry.before, entry.after) == (1, sha256(b"old"), sha256(b"new"))
    assert entry.notes == ({"code": "GEN017", "id": "CBCDFGH"},)
    assert store.read(entry.before) == b"old"
    assert not store.has(entry.after)


def test_nothing_is_made_by_looking(store: Store, tmp_path: Path) -> None:
    assert store.entries("k") == []
    assert not store.has(sha256(b""))
    assert store.prune("k", NOW) == 0
    assert list(tmp_path.iterdir()) == []


def test_numbers_rise_by_book(store: Store) -> None:
    for key in ("k", "k", "l"):
        keep(store, key, b"old", b"new")
    assert [e.seq for e in store.entries("k")] == [1, 2]
    assert [e.seq for e in store.entries("l")] == [1]


def test_equal_contents_are_stored_once_and_mended(store: Store, tmp_path: Path) -> None:
    keep(store, "k", b"old", b"new")
    (content,) = (tmp_path / "state" / "history" / "objects").glob("*/*")
    keep(store, "k", b"old", b"newer")
    content.write_bytes(b"damaged")
    with pytest.raises(UnsuitableFileError, match="damaged"):
        store.read(sha256(b"old"))
    keep(store, "k", b"old", b"newest")
    assert store.read(sha256(b"old")) == b"old"
    assert list(content.parent.iterdir()) == [content]


def test_missing_content(store: Store) -> None:
    with pytest.raises(UnsuitableFileError, match="not in the history"):
        store.read(sha256(b"never"))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_private(store: Store, tmp_path: Path) -> None:
    keep(store, "k", b"old", b"new")
    for file in (tmp_path / "state").rglob("*"):
        expected = 0o700 if file.is_dir() else 0o600
        assert stat.S_IMODE(file.stat().st_mode) == expected


def test_state_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RefusedError):
        keep(Store(tmp_path / "file"), "k", b"old", b"new")


def test_default_folder_follows_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_STATE_DIR", str(tmp_path))
    keep(Store(), "k", b"old", b"new")
    assert (tmp_path / "history" / "journal" / "k.jsonl").exists()


def test_book_key(tmp_path: Path) -> None:
    real, link = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    link.symlink_to(real)
    assert book_key("WBCDFGH", real) == "id-WBCDFGH"
    assert book_key(None, real) == book_key("", link) != book_key(None, tmp_path / "c.xlsx")
    strange = book_key("../../evil", real)
    assert strange == book_key("../../evil", link)
    assert strange.replace("-", "").isalnum()


@pytest.mark.parametrize(
    ("ages", "last", "days", "staying"),
    [
        ([200, 100, 50, 0], 20, 90, [200, 100, 50, 0]),
        ([200, 100, 50, 0], 1, 90, [50, 0]),
        ([200, 100, 50, 0], 3, 10, [100, 50, 0]),
        ([91, 90, 0], 0, 90, [90, 0]),
        ([], 20, 90, []),
    ],
)
def test_retention(store: Store, ages: list[int], last: int, days: int, staying: list[int]) -> None:
    for age in ages:
        keep(store, "k", b"old%d" % age, b"new", age)
    found = kept(store.entries("k"), NOW, last=last, days=days)
    assert [(NOW - e.saved_at).days for e in found] == staying
    assert store.prune("k", NOW, last=last, days=days) == len(ages) - len(staying)
    assert store.entries("k") == found
    assert [store.has(sha256(b"old%d" % age)) for age in ages] == [a in staying for a in ages]


def test_pruning_spares_what_another_book_names(store: Store) -> None:
    keep(store, "k", b"shared", b"x", 200)
    keep(store, "k", b"own", b"x", 200)
    keep(store, "l", b"shared", b"x", 200)
    assert store.prune("k", NOW, last=0) == 2
    assert store.entries("k") == []
    assert store.has(sha256(b"shared"))
    assert not store.has(sha256(b"own"))


def test_numbers_go_on_after_pruning(store: Store) -> None:
    for age in (200, 150, 0):
        keep(store, "k", b"%d" % age, b"x", age)
    store.prune("k", NOW, last=1)
    keep(store, "k", b"more", b"x")
    assert [e.seq for e in store.entries("k")] == [3, 4]


def change(path: Path, store: Store, state: Path, new: bytes, command: str) -> None:
    with BookFile.open(path, state=state) as f:
        f.commit(
            new,
            lambda old: store.keep("k", old, new, saved_at=NOW, command=command, path=path),
        )


def test_there_and_back(store: Store, tmp_path: Path) -> None:
    path, state = tmp_path / "book.xlsx", tmp_path / "state"
    versions = [book(str(n)) for n in range(4)]
    path.write_bytes(versions[0])
    for new in versions[1:]:
        change(path, store, state, new, "refresh")
    for earlier in versions[2::-1]:
        target = undo_target(store.entries("k"), sha256(path.read_bytes()))
        assert target is not None
        change(path, store, state, store.read(target.sha), "undo")
        assert path.read_bytes() == earlier
    assert undo_target(store.entries("k"), sha256(path.read_bytes())) is None
    assert store.read(sha256(versions[3])) == versions[3]


def test_writers_of_several_processes_get_a_line_each(store: Store, tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from tracker.history.store import Store\n"
        "for n in range(10):\n"
        "    Store(Path(sys.argv[1])).keep('k', b'%d' % n, b'x', command='refresh',\n"
        "        saved_at=datetime(2026, 7, 1, tzinfo=UTC), path=Path('b'))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "state")]
    children = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(3)]
    assert [c.wait(timeout=120) for c in children] == [0, 0, 0]
    assert [e.seq for e in store.entries("k")] == list(range(1, 31))
