from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import tracker.history.store as store_module
from tests.opc.crafted import book
from tracker.errors import RefusedError, UnsuitableFileError
from tracker.history.journal import Entry, contents_named, read_journal
from tracker.history.objects import sha256
from tracker.history.retention import kept
from tracker.history.store import Store, book_key
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


def everything(folder: Path) -> dict[str, int]:
    """Modes by name of all that lies below a folder."""
    found = folder.rglob("*")
    return {str(f.relative_to(folder)): stat.S_IMODE(f.stat().st_mode) for f in found}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("made_by_somebody", [False, True])
def test_private(store: Store, tmp_path: Path, umask: int, made_by_somebody: bool) -> None:
    state = tmp_path / "state"
    if made_by_somebody:
        state.mkdir(0o755)
        state.chmod(0o755)
    old = os.umask(umask)
    try:
        for before in (b"1", b"2"):
            keep(store, "k", before, b"new", 100)
        store.purge("k", last=1)
        store.prune("k", NOW, last=1)
    finally:
        os.umask(old)
    modes = everything(state)
    assert len(modes) > 8
    for name, mode in modes.items():
        assert mode == (0o700 if (state / name).is_dir() else 0o600), name
    assert stat.S_IMODE(state.stat().st_mode) == (0o755 if made_by_somebody else 0o700)
    assert store.open_folders() == ([(state, 0o755)] if made_by_somebody else [])


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
        ([91, 90], 0, 0, [90]),  # the newest always stays
        ([], 20, 90, []),
    ],
)
def test_retention(store: Store, ages: list[int], last: int, days: int, staying: list[int]) -> None:
    for age in ages:
        keep(store, "k", b"old%d" % age, b"new", age)
    found = kept(store.entries("k"), NOW, last=last, days=days)
    assert [(NOW - e.saved_at).days for e in found] == staying
    for age in ages:
        aged(store.file_of(sha256(b"old%d" % age)), NOW, days=age + 1)
    assert store.prune("k", NOW, last=last, days=days) == len(ages) - len(staying)
    assert store.entries("k") == found
    assert [store.has(sha256(b"old%d" % age)) for age in ages] == [a in staying for a in ages]


def test_pruning_spares_what_another_book_names(store: Store) -> None:
    keep(store, "k", b"shared", b"x", 200)
    keep(store, "k", b"own", b"x", 200)
    keep(store, "k", b"newest", b"x", 200)
    keep(store, "l", b"shared", b"x", 200)
    for data in (b"shared", b"own", b"newest"):
        aged(store.file_of(sha256(data)), NOW, days=200)
    assert store.prune("k", NOW, last=0) == 2
    assert [e.before for e in store.entries("k")] == [sha256(b"newest")]
    assert store.has(sha256(b"shared"))
    assert not store.has(sha256(b"own"))


def test_numbers_go_on_after_pruning(store: Store) -> None:
    for age in (200, 150, 0):
        keep(store, "k", b"%d" % age, b"x", age)
    store.prune("k", NOW, last=1)
    keep(store, "k", b"more", b"x")
    assert [e.seq for e in store.entries("k")] == [3, 4]


def aged(file: Path, now: datetime, **age: float) -> Path:
    """Give a file a time of writing before `now`, making it where it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    when = (now - timedelta(**age)).timestamp()
    os.utime(file, (when, when))
    return file


def test_half_written_files_of_killed_runs_go_after_an_hour(store: Store, tmp_path: Path) -> None:
    keep(store, "k", b"old", b"new")
    history = tmp_path / "state" / "history"
    old = [aged(history / f / ".0a.part", NOW, minutes=61) for f in ("objects/ab", "journal")]
    young = aged(history / "objects" / "ab" / ".0b.part", NOW, minutes=59)
    assert store.prune("k", NOW) == 0
    assert not [f for f in old if f.exists()]
    assert young.exists()


def test_all_journals_are_read_once_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def entries(file: Path) -> list[Entry]:
        read.append(file.stem)
        return read_journal(file)

    def named(file: Path) -> Iterator[tuple[int, str]]:
        read.append(file.stem)
        return contents_named(file)

    monkeypatch.setattr(store_module, "read_journal", entries)
    monkeypatch.setattr(store_module, "contents_named", named)
    for key in "klm":
        keep(store, key, key.encode(), b"x", 200)
        aged(store.file_of(sha256(key.encode())), NOW, days=200)

    def others_read(**later: float) -> bool:
        read.clear()
        keep(store, "k", b"more", b"x", 100)
        store.prune("k", NOW + timedelta(**later), last=1)
        return set(read) != {"k"}

    assert others_read()
    assert not store.has(sha256(b"k"))
    assert not others_read(hours=1)
    assert not others_read(hours=23)
    assert others_read(hours=24)
    assert others_read(days=-9)  # the clock was wrong


def test_contents_without_a_line_in_a_journal_go_after_a_day(store: Store) -> None:
    for data in (b"named", b"young", b"old"):
        keep(store, "k" if data == b"named" else "killed", data, b"x")
    killed = store.folder / "journal" / "killed.jsonl"
    killed.unlink()
    aged(store.file_of(sha256(b"named")), NOW, days=50)
    aged(store.file_of(sha256(b"old")), NOW, hours=25)
    aged(store.file_of(sha256(b"young")), NOW, hours=23)
    assert store.prune("k", NOW) == 0
    assert [store.has(sha256(d)) for d in (b"named", b"young", b"old")] == [True, True, False]


def test_what_a_damaged_line_names_stays(store: Store) -> None:
    for data in (b"1", b"2", b"3"):
        keep(store, "k", data, b"x")
    journal = store.folder / "journal" / "k.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"seq": 2', b'"seq": ?'))
    for data in (b"1", b"2", b"3"):
        aged(store.file_of(sha256(data)), NOW, days=2)
    assert [e.seq for e in store.entries("k")] == [1, 3]
    store.prune("k", NOW)
    store.purge("l")
    assert [store.has(sha256(d)) for d in (b"1", b"2", b"3")] == [True, True, True]


KILLED = (
    "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path\n"
    "from tracker.history.store import Store\n"
    "def hook(event, arguments):\n"
    "    if event == sys.argv[2] and sys.argv[3] in str(arguments[:2]):\n"
    "        os.kill(os.getpid(), signal.SIGKILL)\n"
    "sys.addaudithook(hook)\n"
    "Store(Path(sys.argv[1])).keep('k', b'lost', b'x', command='refresh',\n"
    "    saved_at=datetime(2026, 7, 1, tzinfo=UTC), path=Path('b'))\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.parametrize(
    ("event", "file", "left"), [("os.rename", ".part", ".part"), ("open", "k.jsonl', None", "")]
)
def test_a_run_killed_while_keeping_leaves_nothing_for_long(
    store: Store, event: str, file: str, left: str
) -> None:
    keep(store, "k", b"first", b"x")
    known = {sha256(b"first"), "k.jsonl"}
    state = str(store.folder.parent)
    command = [sys.executable, "-c", KILLED, state, event, file]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert done.returncode == -9
    names = {f.name for f in store.folder.rglob("*") if f.is_file()}
    assert len(names - known) == 1
    assert (names - known).pop().endswith(left or sha256(b"lost"))
    keep(store, "k", b"second", b"x")
    assert [e.seq for e in store.entries("k")] == [1, 2]
    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    assert store.prune("k", tomorrow) == 0
    names = {f.name for f in store.folder.rglob("*") if f.is_file()}
    assert names == known | {sha256(b"second"), "swept"}


def test_purging(store: Store) -> None:
    for n in range(4):
        store.keep(
            "k", b"%d" % n, b"x", saved_at=NOW, command="refresh", path=BOOK,
            notes=[{"code": "GEN014", "old": "typed by a person"}],
        )  # fmt: skip
    keep(store, "l", b"1", b"x")
    sizes = store.purgeable("k", last=1)
    assert sizes == {sha256(b"0"): 1, sha256(b"2"): 1}
    assert store.purge("k", last=1) == sizes
    assert [store.has(sha256(b"%d" % n)) for n in range(4)] == [False, True, False, True]
    assert [(e.purged, bool(e.notes)) for e in store.entries("k")] == [(True, False)] * 3 + [
        (False, True)
    ]
    assert store.purge("k", last=1) == {}
    assert store.purge("l") == {sha256(b"1"): 1}
    assert store.purge("k") == {sha256(b"3"): 1}
    assert store.usage() == (0, 0, 2)
    keep(store, "k", b"0", b"x")  # a purged content comes back with a new change
    assert [e.seq for e in store.entries("k")] == [1, 2, 3, 4, 5]
    assert store.has(sha256(b"0"))


def test_purging_everything(store: Store) -> None:
    assert store.purge_all() == (0, 0, 0)
    for key in "kl":
        keep(store, key, b"of " + key.encode(), b"x")
    aged(store.folder / "objects" / "ab" / ".0a.part", NOW)
    assert store.usage() == (8, 2, 2)
    assert store.purge_all() == (8, 2, 2)
    assert not [f for f in store.folder.rglob("*") if f.is_file()]
    assert store.usage() == (0, 0, 0)


def test_finding_a_journal(store: Store) -> None:
    keep(store, "k", b"a", b"b", 3)
    keep(store, "l", b"b", b"c", 2)
    assert store.find(lambda e: e.before == sha256(b"a")) == "k"
    assert store.find(lambda e: e.path == str(BOOK)) == "l"
    assert store.find(lambda e: e.seq == 9) is None
    assert store.keys() == ["k", "l"]


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
