"""Encrypted workbooks stay encrypted, and nothing of them gets onto the disk in the plain."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest

import tracker
from tests.books import AS_OF, Hand, opened, refreshed, refreshed_sample
from tests.opc.encrypted import PASSWORD, agile, agile_sha1, decrypted, standard
from tracker.api.config import Config
from tracker.api.history import undo
from tracker.api.report import Report
from tracker.api.run import check, refresh
from tracker.errors import BookChangedError, UnsuitableFileError
from tracker.opc.save import BookFile

CANARY = "金丝雀 canary 4711"
LATER = date(2026, 7, 1)
MADE = {"agile": agile, "agile with SHA-1": agile_sha1, "standard": standard}


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A small sample workbook, refreshed; then somebody typed over a computed cell."""
    hand = Hand(refreshed_sample(size=0.05))
    row = int(hand.frame("visits").index[0])
    hand.type("visits", "customer_id_resolved", row, CANARY)
    out = io.BytesIO(hand.done())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("xl/media/canary.bin"), CANARY * 9)
    return out.getvalue()


@pytest.fixture(scope="module")
def after(plain: bytes) -> bytes:
    """The same after a refresh."""
    return refreshed(plain)


@pytest.fixture
def locked(tmp_path: Path, plain: bytes) -> Path:
    """The same, encrypted."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(agile(plain))
    return path


def run(path: Path, as_of: date = AS_OF, **more: object) -> Report:
    return refresh(path, as_of, Config(), password=PASSWORD, **more)  # type: ignore[arg-type]


def state(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_mtime_ns


@pytest.mark.parametrize("kind", MADE)
def test_a_refresh_writes_what_it_would_write_without_the_password(
    tmp_path: Path, plain: bytes, after: bytes, kind: str
) -> None:
    locked, before = tmp_path / "book.xlsx", MADE[kind](plain)
    locked.write_bytes(before)
    report = run(locked)
    assert report.changes is not None
    assert report.changes.written
    assert decrypted(locked.read_bytes()) == after
    assert {f.code for f in report.findings} >= {"GEN014"}
    assert report.changes.backup is not None
    assert report.changes.backup.read_bytes() == before
    settled = state(locked)
    again = run(locked)
    assert again.changes is not None
    assert not again.changes.would_write
    assert state(locked) == settled
    undo(locked)
    assert locked.read_bytes() == before


def test_undo_goes_back_further_without_a_password(locked: Path) -> None:
    versions = [locked.read_bytes()]
    for as_of in (AS_OF, LATER):
        run(locked, as_of)
        versions.append(locked.read_bytes())
    for version in versions[-2::-1]:
        undo(locked)
        assert locked.read_bytes() == version


def test_checks_and_dry_runs_write_nothing(locked: Path, plain: bytes) -> None:
    before = state(locked)
    report = check(locked, AS_OF, Config(), password=PASSWORD)
    told = opened(plain).report(AS_OF)
    assert [(f.code, f.row, f.column) for f in report.findings] == [
        (f.code, f.row, f.column) for f in told.findings
    ]
    dry = run(locked, dry=True).changes
    assert dry is not None
    assert dry.would_write
    assert dry.cells
    assert state(locked) == before


def test_writing_elsewhere_stays_encrypted_and_twice_is_once(
    locked: Path, plain: bytes, after: bytes
) -> None:
    before, out = state(locked), locked.with_name("out.xlsx")
    run(locked, out=out)
    assert decrypted(out.read_bytes()) == after
    settled = state(out)
    run(locked, out=out)
    assert state(out) == settled
    run(locked, LATER, out=out)
    assert decrypted(out.read_bytes()) == refreshed(plain, LATER)
    undo(out)
    assert out.read_bytes() == settled[0]
    assert state(locked) == before


def files_below(*folders: Path) -> dict[Path, bytes]:
    return {f: f.read_bytes() for d in folders for f in d.rglob("*") if f.is_file()}


def test_no_file_holds_anything_in_the_plain(
    locked: Path, plain: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert CANARY.encode() in plain
    run(locked)
    run(locked, LATER, out=tmp_path / "out.xlsx")
    undo(locked)
    with pytest.raises(UnsuitableFileError):
        refresh(locked, AS_OF, Config(), password="wrong")
    found = files_below(tmp_path)
    assert len(found) >= 4
    for file, content in found.items():
        for secret in (CANARY.encode(), "金丝雀".encode(), b"4711", PASSWORD.encode(), b"PK\3\4"):
            assert secret not in content, file
        assert CANARY.encode("unicode-escape") not in content.replace(b"\\\\", b"\\"), file


_SPY = """
import os, sys
written = []
def spy(event, args):
    if event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
        path, mode, flags = args
        if (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or set(mode or "") & set("wax+"):
            written.append(os.fsdecode(path))
sys.addaudithook(spy)
from datetime import date
from pathlib import Path
from tracker.api.config import Config
from tracker.api.run import refresh
refresh(Path(sys.argv[1]), date(2026, 6, 30), Config(), password=sys.argv[2])
print("\\n".join(written))
"""


def test_no_file_is_written_but_those_of_the_save(plain: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(agile(plain))
    done = subprocess.run(
        [sys.executable, "-B", "-c", _SPY, str(path), PASSWORD],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    written = {Path(p) for p in done.stdout.split("\n") if p}
    home = tmp_path / "state"
    beside = {p for p in written if home not in p.parents}
    assert len(beside) == 1, beside
    (part,) = beside
    assert part.parent == tmp_path
    assert part.suffix == ".part"
    assert {p.relative_to(home).parts[0] for p in written - beside} <= {
        "locks",
        "history",
        "derived",
    }


def test_the_wrong_password_or_none_writes_nothing(locked: Path) -> None:
    before = state(locked)
    for password in ("wrong", None, "", lambda _path: None):
        with pytest.raises(UnsuitableFileError) as caught:
            refresh(locked, AS_OF, Config(), password=password)
        assert caught.value.exit_code == 2
    assert state(locked) == before


def test_a_flipped_bit_writes_nothing(locked: Path) -> None:
    data = bytearray(locked.read_bytes())
    data[len(data) // 2] ^= 16
    locked.write_bytes(data)
    before = state(locked)
    with pytest.raises(UnsuitableFileError, match="damaged"):
        run(locked)
    assert state(locked) == before


def test_an_edit_meanwhile_is_kept(locked: Path, plain: bytes) -> None:
    def edit(path: Path) -> str:
        path.write_bytes(agile(plain, "another"))
        return PASSWORD

    with pytest.raises(BookChangedError):
        refresh(locked, AS_OF, Config(), password=edit)
    assert decrypted(locked.read_bytes(), "another") == plain


def test_the_library_opens_it(locked: Path, plain: bytes, after: bytes) -> None:
    with pytest.raises(UnsuitableFileError, match="password"):
        tracker.open(locked)
    with pytest.raises(UnsuitableFileError, match="wrong"):
        tracker.open(locked, password="wrong")
    book = tracker.open(locked, password=PASSWORD)
    assert book.modules.keys() == opened(plain).modules.keys()
    assert PASSWORD not in repr(book)
    book.refresh(AS_OF)
    assert decrypted(locked.read_bytes()) == after


SHARING = b'<fileSharing readOnlyRecommended="1" reservationPassword="CC1A"/>'
PROTECTION = b'<workbookProtection workbookPassword="CC1A" lockStructure="1"/>'


def test_a_password_to_modify_is_no_encryption_and_is_kept(tmp_path: Path, plain: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "xl/workbook.xml":
                assert b"<workbookPr" in content
                content = content.replace(b"<workbookPr", SHARING + b"<workbookPr", 1)
                content = content.replace(b"<bookViews", PROTECTION + b"<bookViews", 1)
            new.writestr(member, content)
    path = tmp_path / "book.xlsx"
    path.write_bytes(out.getvalue())
    with BookFile.open(path) as held:
        assert held.data == out.getvalue()
    refresh(path, AS_OF, Config())
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/workbook.xml")
    assert SHARING in xml
    assert PROTECTION in xml


@pytest.mark.parametrize("package", ["msoffcrypto", "cryptography", "olefile"])
def test_without_the_extra(tmp_path: Path, plain: bytes, package: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(agile(plain))
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name.split('.')[0] == {package!r}: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "from tracker.cli.app import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    word = tmp_path / "word.txt"
    word.write_text(PASSWORD, encoding="utf-8")
    for command in ("check", "refresh"):
        done = subprocess.run(
            [sys.executable, "-c", code, command, str(path), "--password-file", str(word)],
            capture_output=True, text=True, env={**os.environ, "PYTHONUTF8": "1"}, check=False,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert "pip install 'tracker[crypto]'" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    path.write_bytes(plain)
    bare = [sys.executable, "-c", code, "refresh", str(path), "--as-of", "2026-06-30"]
    assert subprocess.run(bare, capture_output=True, check=False).returncode == 0
