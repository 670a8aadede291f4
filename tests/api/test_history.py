"""The way back over real files: undo, restore, purge, copies, moves, broken workbooks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand, opened, refreshed_sample
from tests.opc.crafted import book as other_book
from tracker.api.conffile import NAME
from tracker.api.config import Config
from tracker.api.history import history, purge, purge_all, restore, undo
from tracker.api.rollup import Request, rollup
from tracker.api.run import refresh
from tracker.errors import ConfigError, RefusedError, UnsuitableFileError
from tracker.history.objects import sha256
from tracker.history.store import Store, book_key
from tracker.opc.save import BookFile
from tracker.opc.statedir import state_dir
from tracker.xlsx import Workbook

NOW = datetime(2026, 7, 10, 4, tzinfo=UTC)  # noon in Shanghai
Change = Callable[..., None]


@pytest.fixture(scope="module")
def first() -> bytes:
    """A small refreshed workbook."""
    return refreshed_sample("zh", 0.02)


@pytest.fixture(scope="module")
def versions(first: bytes) -> list[bytes]:
    """It and seven edits of it, all with the same workbook id."""
    return [first, *(edited(first, f"version {n}") for n in range(1, 8))]


@pytest.fixture(scope="module")
def change(first: bytes) -> Change:
    """Replaces a workbook as a refresh does, the history first."""
    ident = opened(first).session.workbook_id

    def run(path: Path, new: bytes, when: datetime = NOW) -> None:
        def keep(old: bytes) -> None:
            key = book_key(ident, path)
            Store().keep(key, old, new, saved_at=when, command="refresh", path=held.real)

        with BookFile.open(path) as held:
            held.commit(new, keep)

    return run


@pytest.fixture
def path(tmp_path: Path, versions: list[bytes]) -> Path:
    folder = tmp_path / "书"
    folder.mkdir()
    (folder / "账本.xlsx").write_bytes(versions[0])
    return folder / "账本.xlsx"


def edited(data: bytes, text: str) -> bytes:
    """The workbook with a remark typed into it."""
    book = Workbook(data)
    book.sheet("设置").set("H9", text)
    return book.to_bytes()


def test_history_of_a_real_refresh(path: Path, versions: list[bytes]) -> None:
    assert history(path) == []
    refresh(path, date(2026, 7, 1), Config())
    refresh(path, date(2026, 7, 3), Config())
    second, first = history(path)
    assert (first.entry.seq, first.entry.command, first.entry.as_of) == (
        1, "refresh", date(2026, 7, 1),
    )  # fmt: skip
    assert (first.size, first.elsewhere) == (len(versions[0]), None)
    assert first.entry.before == sha256(versions[0])
    assert (second.entry.seq, second.entry.after) == (2, sha256(path.read_bytes()))


def test_looking_makes_nothing(path: Path, tmp_path: Path) -> None:
    assert history(path) == []
    assert not (tmp_path / "state").exists()
    with pytest.raises(UnsuitableFileError, match="no such file"):
        history(path.with_name("none.xlsx"))


def test_every_version_comes_back_by_number_and_by_digest(
    path: Path, versions: list[bytes], change: Change
) -> None:
    for new in versions[1:4]:
        change(path, new)
    for n in (1, 3, 2):
        assert restore(path, str(n)).written
        assert path.read_bytes() == versions[n - 1]
    for version in versions[:4]:
        restore(path, sha256(version)[:10])
        assert path.read_bytes() == version
    assert not restore(path, sha256(path.read_bytes())).written
    assert [c.entry.command for c in history(path)[:-3]] == ["restore"] * 7
    assert all(c.size for c in history(path))


def test_undo_takes_a_restore_back_and_restore_an_undo(
    path: Path, versions: list[bytes], change: Change
) -> None:
    a, b, c = versions[:3]
    change(path, b)
    change(path, c)
    steps: list[tuple[str, bytes]] = [
        ("1", a), ("undo", c), ("undo", b), ("3", c), ("undo", b), ("undo", a),
        ("2", b), ("1", a), ("undo", b), ("undo", a),
    ]  # fmt: skip
    for n, (step, expected) in enumerate(steps):
        undo(path) if step == "undo" else restore(path, step)
        assert path.read_bytes() == expected, n
    with pytest.raises(RefusedError, match="no refresh to undo"):
        undo(path)
    assert path.read_bytes() == a


def test_by_day_in_the_configured_zone(path: Path, versions: list[bytes], change: Change) -> None:
    # July 1 and 3 in Shanghai; 23:30 of July 2 in UTC is July 3 there
    whens = [datetime(2026, 7, 1, 1, tzinfo=UTC), datetime(2026, 7, 2, 23, 30, tzinfo=UTC)]
    for new, when in zip(versions[1:3], whens, strict=True):
        change(path, new, when)
    out = path.with_name("out.xlsx")
    for day, zone, expected in [
        ("2026-06-30", "Asia/Shanghai", 0),
        ("2026-07-01", "Asia/Shanghai", 1),
        ("2026-07-02", "Asia/Shanghai", 1),
        ("2026-07-01", "UTC", 1),
    ]:
        restore(path, day, out=out, config=Config(timezone=zone))
        assert out.read_bytes() == versions[expected]
        out.unlink()
    for day, zone in [("2026-07-03", "Asia/Shanghai"), ("2026-07-02", "UTC")]:
        with pytest.raises(ConfigError, match="nothing was changed after"):
            restore(path, day, config=Config(timezone=zone))
    path.with_name(NAME).write_text("timezone = 'Nowhere'", encoding="utf-8")
    with pytest.raises(ConfigError, match="Nowhere"):
        restore(path, "2026-07-01")
    assert path.read_bytes() == versions[2]


@pytest.mark.parametrize(
    ("to", "said"),
    [("9", "changes 1 to 2"), ("0", "no version"), ("nonsense", "no number"), ("fffffff", "no version")],
)  # fmt: skip
def test_a_version_that_is_not_there(
    path: Path, versions: list[bytes], change: Change, to: str, said: str
) -> None:
    with pytest.raises(RefusedError, match="no version of this workbook"):
        restore(path, to)
    change(path, versions[1])
    change(path, versions[2])
    with pytest.raises(ConfigError, match=said):
        restore(path, to)
    assert path.read_bytes() == versions[2]


def test_an_edited_workbook_is_restored_only_if_asked_and_not_lost(
    path: Path, versions: list[bytes], change: Change
) -> None:
    change(path, versions[1])
    path.write_bytes(versions[2])
    with pytest.raises(RefusedError, match="--force"):
        restore(path, "1")
    assert path.read_bytes() == versions[2]
    restore(path, "1", force=True)
    assert path.read_bytes() == versions[0]
    undo(path)
    assert path.read_bytes() == versions[2]


def test_into_a_new_file(path: Path, versions: list[bytes], change: Change) -> None:
    change(path, versions[1])
    path.write_bytes(versions[2])  # edited: of no account, it stays as it is
    out = path.with_name("früher.xlsx")
    done = restore(path, "1", out=out)
    assert (done.path, done.entry.seq) == (out, 1)
    assert (out.read_bytes(), path.read_bytes()) == (versions[0], versions[2])
    for there in (out, path):
        with pytest.raises(RefusedError, match="exists"):
            restore(path, "1", out=there, force=True)
    assert (out.read_bytes(), path.read_bytes()) == (versions[0], versions[2])
    assert len(history(path)) == 1


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\3\4 cut off"])
def test_a_destroyed_workbook(
    path: Path, versions: list[bytes], change: Change, content: bytes
) -> None:
    change(path, versions[1])
    change(path, versions[2])
    path.write_bytes(content)
    assert [c.entry.seq for c in history(path)] == [2, 1]
    with pytest.raises(RefusedError, match="--force"):
        restore(path, "1")
    restore(path, "1", force=True)
    assert path.read_bytes() == versions[0]
    assert [c.entry.seq for c in history(path)] == [3, 2, 1]  # one journal, whole or destroyed
    undo(path)
    assert path.read_bytes() == content
    undo(path, force=True)
    assert path.read_bytes() == versions[1]
    undo(path)
    assert path.read_bytes() == versions[0]


def test_a_deleted_workbook(path: Path, versions: list[bytes], change: Change) -> None:
    change(path, versions[1])
    change(path, versions[2])
    path.unlink()
    assert [c.entry.seq for c in history(path)] == [2, 1]
    restore(path, "2")
    assert path.read_bytes() == versions[1]
    undo(path)
    assert path.read_bytes() == versions[0]


@pytest.mark.parametrize("touched", [False, True])
def test_a_moved_workbook(path: Path, versions: list[bytes], change: Change, touched: bool) -> None:
    change(path, versions[1])
    change(path, versions[2])
    moved = path.rename(path.parent.parent / "renamed.xlsx")
    if touched:
        moved.write_bytes(versions[3])
        with pytest.raises(RefusedError, match="--force"):
            undo(moved)
    assert [c.elsewhere for c in history(moved)] == [str(path), str(path)]
    undo(moved, force=touched)
    assert moved.read_bytes() == versions[1]
    undo(moved)
    assert moved.read_bytes() == versions[0]
    assert [c.elsewhere for c in history(moved)] == [None, None, str(path), str(path)]


def test_a_copy_that_was_edited_gets_nothing_of_the_other(
    path: Path, versions: list[bytes], change: Change
) -> None:
    copy = path.with_name("账本 (冲突副本).xlsx")
    change(path, versions[1])
    shutil.copy(path, copy)
    change(path, versions[2])
    copy.write_bytes(versions[5])  # saved by a colleague
    for force in (False, True):
        with pytest.raises(RefusedError, match="no refresh to undo"):
            undo(copy, force=force)
    change(copy, versions[6])
    undo(copy)
    assert copy.read_bytes() == versions[5]
    with pytest.raises(RefusedError, match="no refresh to undo"):
        undo(copy, force=True)
    undo(path)
    undo(path)
    assert (path.read_bytes(), copy.read_bytes()) == (versions[0], versions[5])


def test_a_copy_goes_back_behind_the_copying(
    path: Path, versions: list[bytes], change: Change
) -> None:
    copy = path.with_name("copy.xlsx")
    change(path, versions[1])
    shutil.copy(path, copy)
    change(path, versions[2])
    change(copy, versions[3])
    for expected in versions[1], versions[0]:
        undo(copy)
        assert copy.read_bytes() == expected
    assert path.read_bytes() == versions[2]
    assert [(c.entry.seq, c.elsewhere is None) for c in history(copy)] == [
        (5, True), (4, True), (3, True), (2, False), (1, False),
    ]  # fmt: skip
    restore(copy, "2")  # of the other copy, but asked for by its number: what both had
    assert copy.read_bytes() == versions[1]


def test_another_workbook_in_the_same_place(
    path: Path, versions: list[bytes], change: Change
) -> None:
    change(path, versions[1])
    stranger = refreshed_sample("en", 0.02)
    assert opened(stranger).session.workbook_id == opened(versions[0]).session.workbook_id
    settled = Workbook(stranger)
    settled.sheet("Settings").set("B2", "R999")
    path.write_bytes(opened(settled.to_bytes()).prepare(AS_OF)[1])
    assert history(path) == []
    with pytest.raises(RefusedError, match="no refresh to undo"):
        undo(path, force=True)


def test_retention_is_applied_after_each_change(
    path: Path, versions: list[bytes], change: Change
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=91)
    for n in range(22):
        change(path, versions[1 + n % 2], long_ago + timedelta(seconds=n))
    assert len(history(path)) == 22
    undo(path)
    assert [c.entry.seq for c in history(path)] == list(range(23, 3, -1))
    path.with_name(NAME).write_text("[history]\nlast = 2\ndays = 100\n", encoding="utf-8")
    restore(path, "21")
    assert len(history(path)) == 21
    path.with_name(NAME).write_text("[history]\nlast = 2\ndays = 1\n", encoding="utf-8")
    refresh(path, date(2026, 7, 20), Config(history={"last": 4, "days": 1}))
    assert len(history(path)) == 4
    undo(path)
    assert len(history(path)) == 4  # these are of today
    path.with_name(NAME).write_text("nonsense", encoding="utf-8")
    undo(path)  # a broken configuration stands in nobody's way
    assert len(history(path)) == 5


def test_purge(path: Path, versions: list[bytes], change: Change, tmp_path: Path) -> None:
    for new in versions[1:4]:
        change(path, new)
    planned = purge(path, keep=1, dry=True)
    assert (planned.versions, planned.bytes) == (2, len(versions[0]) + len(versions[1]))
    assert len([c for c in history(path) if c.size]) == 3
    assert purge(path, keep=1) == planned
    assert [(c.size is not None, c.entry.purged) for c in history(path)] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip
    for to in "12":
        with pytest.raises(RefusedError, match="--purge"):
            restore(path, to)
    undo(path)
    assert path.read_bytes() == versions[2]
    with pytest.raises(RefusedError, match="--purge"):
        undo(path)
    assert path.read_bytes() == versions[2]
    assert purge(path).versions == 2
    left = [f for f in (tmp_path / "state" / "history" / "objects").rglob("*") if f.is_file()]
    assert left == []


def test_nothing_of_a_workbook_is_kept_after_a_purge(path: Path, change: Change) -> None:
    phone = "13912345678"
    hand = Hand(path.read_bytes())
    hand.type("customers", "private_phone", int(hand.frame("customers").index[0]), phone)
    change(path, hand.done())
    rollup(Request(paths=[path], as_of=AS_OF))
    extracts = state_dir() / "extracts"
    assert any(f.is_file() for f in extracts.rglob("*"))  # packed: their words cannot be looked for
    purge(path)
    assert not extracts.exists()
    kept = [f for f in state_dir().rglob("*") if f.is_file()]
    assert not any(phone.encode() in f.read_bytes() for f in kept)


def test_purge_names_copies_and_spares_other_workbooks(
    path: Path, versions: list[bytes], change: Change
) -> None:
    copy = path.with_name("copy.xlsx")
    shutil.copy(path, copy)
    change(path, versions[1])
    change(copy, versions[2])
    Store().keep(
        "another", versions[0], b"x", saved_at=NOW, command="refresh", path=path.with_name("o.xlsx")
    )
    assert purge(path, dry=True).copies == (str(copy),)
    assert purge(path).versions == 0  # both began with what the other workbook's journal names
    assert Store().has(sha256(versions[0]))
    undo(path)
    assert path.read_bytes() == versions[0]


def test_purge_all(path: Path, versions: list[bytes], change: Change) -> None:
    change(path, versions[1])
    Store().keep("another", b"x", b"y", saved_at=NOW, command="refresh", path=path)
    assert purge_all(dry=True) == (len(versions[0]) + 1, 2, 2)
    purge_all()
    assert history(path) == []
    with pytest.raises(RefusedError, match="no refresh to undo"):
        undo(path)


def test_a_workbook_without_an_id_is_found_by_its_place_and_content(
    path: Path, versions: list[bytes]
) -> None:
    """As an encrypted one is: its bytes tell nothing."""
    closed = [other_book(str(n)) for n in range(3)]
    path.write_bytes(closed[0])
    for old, new in (closed[0], closed[1]), (closed[1], closed[2]):
        with BookFile.open(path) as held:
            held.commit(new, lambda _, old=old, new=new: keep_closed(path, old, new))  # type: ignore[misc]
    undo(path)
    moved = path.rename(path.with_name("moved.xlsx"))
    undo(moved)
    assert moved.read_bytes() == closed[0]
    restore(moved, "2")
    assert moved.read_bytes() == closed[1]
    assert Store().keys() == ["id-opened-with-a-password"]


def keep_closed(path: Path, old: bytes, new: bytes) -> object:
    key = book_key("opened-with-a-password", path)
    return Store().keep(key, old, new, saved_at=NOW, command="refresh", path=path)


@pytest.mark.skipif(os.name != "posix", reason="links and modes are POSIX")
def test_a_link_and_the_mode_stay(path: Path, versions: list[bytes], change: Change) -> None:
    link = path.with_name("link.xlsx")
    link.symlink_to(path)
    path.chmod(0o640)
    change(link, versions[1])
    restore(link, "1")
    assert link.is_symlink()
    assert path.read_bytes() == versions[0]
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_journal_names_rows_that_vanished(path: Path) -> None:
    hand = Hand(path.read_bytes())
    gone = hand.frame("visits").iloc[-1]
    for field in hand.book.session.places["visits"].columns:
        hand.type("visits", field, int(gone.name), None)
    path.write_bytes(hand.done())
    refresh(path, AS_OF, Config())
    notes = history(path)[0].entry.notes
    assert {"vanished": "visits", "ids": [gone["visit_id"]]} in notes
