from __future__ import annotations

import io
import os
import random
import re
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import olefile
import pytest

from tests.office.test_edited import PYTHON, SCRIPT, _has_office
from tests.opc.crafted import PARTS, pack
from tests.opc.encrypted import (
    LABEL,
    PASSWORD,
    agile,
    agile_sha1,
    decrypted,
    standard,
    wrap,
)
from tracker.errors import UnsuitableFileError
from tracker.opc.crypt import MAX_ENCRYPTED, check_outside, is_encrypted, opened

PATH = Path("book.xlsx")
MADE: dict[str, Callable[[bytes], bytes]] = {
    "agile": agile, "agile with SHA-1": agile_sha1, "standard": standard,
}  # fmt: skip
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
REAL = {
    "poi/protected_sha512__2a86a4.xlsx": "this is a test",
    "poi/60320-protected__deed30.xlsx": "Test001!!",
    "poi/extenxls_pwd123__24d908.xlsx": "pwd123",
    "poi/58616__32613e.xlsx": None,  # Excel's default, which it does not ask for
    "poi/protect__b0b9fc.xlsx": None,
    "calamine/pass_protected__caae96.xlsx": "123",
}


def book(text: str = "x", size: int = 9000) -> bytes:
    """A workbook too large for a mini stream, its content no pattern."""
    noise = random.Random(text).randbytes(size)
    return pack({**PARTS, "docProps/note.txt": text.encode(), "docProps/noise.bin": noise})


def parts(plain: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def streams(data: bytes) -> dict[str, bytes]:
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return {"/".join(p): ole.openstream(p).read() for p in ole.listdir()}


def refusal(data: bytes, password: str | None = PASSWORD) -> str:
    with pytest.raises(UnsuitableFileError) as caught:
        opened(PATH, data, password)
    for lang in ("zh", "en"):
        said = caught.value.message(lang)
        assert "\n" not in said
        assert PASSWORD not in said
    assert caught.value.exit_code == 2
    return caught.value.message("en")


@pytest.mark.parametrize("kind", MADE)
def test_what_is_written_opens_with_the_same_password(kind: str) -> None:
    old, new = book("old"), book("new", 70_000)
    data = MADE[kind](old)
    check_outside(PATH, data)
    envelope = opened(PATH, data, PASSWORD)
    assert envelope.plain == old
    sealed = envelope.sealed(new)
    assert decrypted(sealed) == new
    assert opened(PATH, sealed, lambda path: PASSWORD if path == PATH else None).plain == new
    assert "wrong" in refusal(sealed, PASSWORD + "x")
    for secret in (b"docProps/note.txt", b"PK\3\4"):
        assert secret in new
        assert secret not in sealed


@pytest.mark.parametrize("kind", MADE)
def test_only_salts_and_content_change(kind: str) -> None:
    data = MADE[kind](book("old"))
    before, after = streams(data), streams(opened(PATH, data, PASSWORD).sealed(book("new")))
    assert {n for n in before if before[n] != after[n]} <= {"EncryptionInfo", "EncryptedPackage"}
    assert list(before) == list(after)
    salted = rb'(<keyData[^>]*saltValue|encryptedHmacKey|encryptedHmacValue)="[^"]*"'
    infos = [re.sub(salted, rb"\1", s["EncryptionInfo"]) for s in (before, after)]
    assert infos[0] == infos[1]
    assert (before["EncryptionInfo"] == after["EncryptionInfo"]) is (kind == "standard")


@pytest.mark.parametrize("kind", MADE)
def test_equal_content_gives_equal_bytes(kind: str) -> None:
    data = MADE[kind](book("old"))
    envelope = opened(PATH, data, PASSWORD)
    assert envelope.sealed(book("old")) is data
    sealed = envelope.sealed(book("new"))
    assert opened(PATH, data, PASSWORD).sealed(book("new")) == sealed
    assert opened(PATH, sealed, PASSWORD).sealed(book("newer")) != sealed
    assert opened(PATH, envelope.sealed(book("newer")), PASSWORD).sealed(book("new")) == sealed


@pytest.mark.parametrize("size", [0, 1, 3000, 4096, 7_200_000, 7_500_000])
def test_containers_of_every_size(size: int) -> None:
    """A small one lies in the mini stream; beyond 7 MB the table of tables needs its own."""
    new = pack({**PARTS, "a.bin": os.urandom(size)}, zipfile.ZIP_STORED)
    sealed = opened(PATH, agile(book()), PASSWORD).sealed(new)
    assert decrypted(sealed) == new


def test_other_streams_of_the_container_are_kept() -> None:
    bare = streams(agile(book("old")))
    data = wrap(bare["EncryptedPackage"], bare["EncryptionInfo"], label=LABEL)
    after = streams(opened(PATH, data, PASSWORD).sealed(book("new")))
    assert after["LabelInfo"] == LABEL
    assert len(after) == len(bare) + 1


def test_a_flipped_bit_of_the_package_is_refused() -> None:
    found = streams(agile(book()))
    package, info = found["EncryptedPackage"], found["EncryptionInfo"]
    assert opened(PATH, wrap(package, info), PASSWORD).plain == book()
    for at in (0, 8, 20, 4103, 4104, len(package) // 2, len(package) - 1):
        flipped = bytearray(package)
        flipped[at] ^= 1
        assert "damaged" in refusal(wrap(bytes(flipped), info))


@pytest.mark.parametrize("kind", MADE)
def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(kind: str) -> None:
    data, draw = MADE[kind](book(size=5000)), random.Random(7)
    told = parts(book(size=5000))
    refused = 0
    for _ in range(60):
        flipped = bytearray(data)
        flipped[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        try:
            found = opened(PATH, bytes(flipped), PASSWORD).plain
        except UnsuitableFileError:
            refused += 1
        else:
            assert parts(found) == told
    assert refused > 20


def test_what_the_directory_of_a_standard_package_says_is_held_against_its_records() -> None:
    plain = bytearray(book())
    at = plain.index(b"docProps/note.txt") - 20  # time and CRC of the local header
    plain[at : at + 6] = b"\1\2\3\4\5\6"
    assert zipfile.ZipFile(io.BytesIO(plain)).testzip() is None  # which nobody else notices
    assert "damaged" in refusal(standard(bytes(plain)))


@pytest.mark.parametrize("size", [1 << 62, 10_000_000, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", MADE)
def test_a_size_that_lies_is_refused_before_anything_is_decrypted(kind: str, size: int) -> None:
    found = streams(MADE[kind](book()))
    package = struct.pack("<Q", size) + found["EncryptedPackage"][8:]
    assert "damaged" in refusal(wrap(package, found["EncryptionInfo"]))


@pytest.mark.parametrize("password", [None, ""])
def test_without_a_password(password: str | None) -> None:
    said = refusal(agile(book()), password)
    for way in ("--password-file", "TRACKER_PASSWORD_COMMAND", "keyring"):
        assert way in said


def test_the_password_that_excel_does_not_ask_for() -> None:
    def never(_path: Path) -> str:
        raise AssertionError

    data = standard(book("old"), "VelvetSweatshop")
    for asked in (None, never):
        assert opened(PATH, data, asked).plain == book("old")
    assert "wrong" in refusal(data, PASSWORD)


def test_nothing_is_asked_for_a_workbook_without_a_password() -> None:
    def never(_path: Path) -> str:
        raise AssertionError

    envelope = opened(PATH, book(), never)
    assert envelope.plain == envelope.outside == book()
    assert envelope.sealed(book("new")) == book("new")


def bomb() -> bytes:
    return pack({**PARTS, "xl/a.xml": bytes(64 << 20)})


def dtd() -> bytes:
    return pack({**PARTS, "xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "b": os.urandom(5000)})


@pytest.mark.parametrize(
    ("plain", "said"),
    [(bomb(), "bomb"), (dtd(), "DTD"), (pack({"word/document.xml": os.urandom(9000)}), "Word"),
     (b"PK no archive" + os.urandom(9000), "damaged"), (b"a,b\n" * 2000, "text")],
)  # fmt: skip
def test_the_preflight_looks_inside(plain: bytes, said: str) -> None:
    assert said in refusal(agile(plain))


def with_info(old: bytes, new: bytes) -> bytes:
    found = streams(agile(book()))
    assert old in found["EncryptionInfo"]
    return wrap(found["EncryptedPackage"], found["EncryptionInfo"].replace(old, new))


UNUSUAL = {
    "too many iterations": (b'spinCount="500"', b'spinCount="10000000"'),
    "a negative number": (b'spinCount="500"', b'spinCount="-1"'),
    "another cipher": (b"AES", b"RC2"),
    "another chaining": (b"ChainingModeCBC", b"ChainingModeCFB"),
    "another digest": (b"SHA512", b"WHIRLPOOL"),
    "no digest of the package": (b"<dataIntegrity", b"<nothing"),
    "no password": (b"p:encryptedKey", b"c:encryptedKey"),
    "an odd key": (b'keyBits="256"', b'keyBits="64"'),
    "no base64": (b'saltValue="', b'saltValue="*'),
    "cut off": (b"</encryption>", b""),
    "a DTD": (b"<encryption ", b"<!DOCTYPE a><encryption "),
    "a sign that hides the end of a tag": (b'saltSize="16"', b'saltSize="1>"'),
    "extensible": (b"\x04\x00\x04\x00", b"\x04\x00\x03\x00"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_encryption_that_is_not_known_is_named(name: str) -> None:
    assert "not supported" in refusal(with_info(*UNUSUAL[name]))


def test_rights_management_is_no_password() -> None:
    data = agile(book()).replace(
        "EncryptionInfo".encode("utf-16-le"), "DrmOtherStream".encode("utf-16-le")
    )
    assert "rights management" in refusal(data)


def test_an_old_workbook_that_speaks_of_encryption_is_an_old_workbook() -> None:
    data = agile(book())
    for old, new in (("EncryptedPackage", "Workbook"), ("EncryptionInfo", "AnythingElse01")):
        long = len(old.encode("utf-16-le"))
        entry = old.encode("utf-16-le") + bytes(64 - long) + struct.pack("<H", long + 2)
        name = new.encode("utf-16-le")
        data = data.replace(entry, name + bytes(64 - len(name)) + struct.pack("<H", len(name) + 2))
    data = data[:-100] + "EncryptedPackage".encode("utf-16-le") + data[-68:]
    assert "old .xls" in refusal(data)


def test_a_stream_under_another_name_is_not_taken_for_it() -> None:
    data = agile(book())
    name, odd = ("EncryptedPackage".encode("utf-16-le"), "EncryptedPackagE".encode("utf-16-le"))
    at = data.index(name, data.index("Root Entry".encode("utf-16-le")))
    refusal(data[:at] + odd + data[at + len(name) :])


def test_a_large_one_is_refused_before_it_is_taken_apart() -> None:
    data = agile(book())
    assert "64 MB" in refusal(data + bytes(MAX_ENCRYPTED - len(data) + 1))


def test_a_container_cut_off_anywhere_is_refused() -> None:
    data = agile(book())
    for end in range(600, len(data) - 600, 700):
        if is_encrypted(data[:end]):
            refusal(data[:end])


def test_the_key_and_the_password_are_not_shown() -> None:
    envelope = opened(PATH, agile(book()), PASSWORD)
    assert repr(envelope) == f"_Sealed(path={PATH!r})"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public workbooks are not here")
@pytest.mark.parametrize("name", REAL)
def test_workbooks_that_excel_encrypted(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    envelope = opened(PATH, data, REAL[name])
    sealed = envelope.sealed(book("new"))
    assert opened(PATH, sealed, REAL[name]).plain == book("new")
    before, after = streams(data), streams(sealed)
    assert list(before) == list(after)
    changed = {n for n in before if before[n] != after[n]}
    assert changed <= {"EncryptionInfo", "EncryptedPackage"}


_OFFICE = """
import sys, tempfile, uuid
sys.path.insert(0, sys.argv[1])
import edit, uno
from com.sun.star.beans import NamedValue
book, out, word = sys.argv[2:]
with tempfile.TemporaryDirectory() as profile:
    desktop, office = edit.connect(profile, "t" + uuid.uuid4().hex)
    try:
        url = uno.systemPathToFileUrl(book)
        hidden = edit.prop("Hidden", True)
        doc = desktop.loadComponentFromURL(url, "_blank", 0, (hidden, edit.prop("Password", word)))
        print(doc.Sheets[0].getCellByPosition(0, 0).String)
        key = (NamedValue("CryptoType", "StrongEncryptionDataSpace"), NamedValue("OOXPassword", word))
        key = uno.Any("[]com.sun.star.beans.NamedValue", key)
        xlsx = edit.prop("FilterName", "Calc MS Excel 2007 XML")
        doc.storeToURL(uno.systemPathToFileUrl(out), (xlsx, edit.prop("EncryptionData", key)))
        doc.close(True)
    finally:
        desktop.terminate()
        office.wait(30)
"""


def in_office(data: bytes, folder: Path) -> tuple[str, bytes]:
    """What LibreOffice reads in A1, and the workbook as it encrypts it."""
    source, target = folder / "in.xlsx", folder / "out.xlsx"
    source.write_bytes(data)
    done = subprocess.run(
        [PYTHON, "-c", _OFFICE, str(SCRIPT.parent), str(source), str(target), PASSWORD],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), target.read_bytes()


def typed(text: str) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet().write(0, 0, text)
    return out.getvalue()


@pytest.mark.office
@pytest.mark.skipif(not _has_office(), reason="LibreOffice with python3-uno is not installed")
@pytest.mark.parametrize("kind", ["agile", "standard"])
def test_an_office_program_opens_it_and_we_open_what_it_encrypts(kind: str, tmp_path: Path) -> None:
    sealed = opened(PATH, MADE[kind](typed("old")), PASSWORD).sealed(typed("new"))
    said, theirs = in_office(sealed, tmp_path)
    assert said == "new"
    back = opened(PATH, theirs, PASSWORD).sealed(typed("newer"))
    assert in_office(back, tmp_path)[0] == "newer"
