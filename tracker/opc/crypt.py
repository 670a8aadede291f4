"""Workbooks with a password to open: decrypted and encrypted in memory, never on disk (G1, G8).

Needs the extra `tracker[crypto]`; nothing of it is imported for a workbook without a password.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import ProofError, UnsuitableFileError
from tracker.opc.preflight import check_bytes
from tracker.opc.sniff import ENCRYPTED, OLD_XLS, Reason, foreign
from tracker.opc.zipraw import RawZip

if TYPE_CHECKING:
    from tracker.opc.ciphers import Agile, Standard
    from tracker.opc.compound import Compound

Password = str | Callable[[Path], str | None] | None
"""A password, or what gives it for a workbook and is asked only where one is needed."""

MAX_ENCRYPTED = 64 << 20  # it is held several times over, and 1 GB has to do
_DEFAULT = "VelvetSweatshop"  # Excel's own, for a workbook that opens without asking
_INFO, _PACKAGE = "EncryptionInfo", "EncryptedPackage"
_DESCRIPTOR = 0x8  # sizes and CRC stand behind the member
_ZIP64 = b"\xff" * 4

_NO_PASSWORD = Reason(
    "工作簿有打开密码，而没有提供密码；请在终端中运行后输入，或用 --password-file、"
    "环境变量 TRACKER_PASSWORD_COMMAND 或系统钥匙串提供（Python 中用 password=）",
    "the workbook is encrypted with a password, and none was given; run it in a terminal, or "
    "supply it with --password-file, TRACKER_PASSWORD_COMMAND or the keyring (password= in Python)",
)
_NO_EXTRA = Reason(
    "工作簿有打开密码；要处理它，请先运行 pip install 'tracker[crypto]'",
    "the workbook is encrypted with a password; to work on it run pip install 'tracker[crypto]'",
)
_RIGHTS = Reason(
    "工作簿受权限管理（IRM 或敏感度标签）保护，不是用密码加密；请在 Excel 中取消保护后另存",
    "the workbook is protected by rights management (IRM or a sensitivity label), not by a "
    "password; remove the protection in Excel and save it",
)
_LARGE = Reason(
    f"加密的工作簿超过 {MAX_ENCRYPTED >> 20} MB，无法在内存中解密；请删去大图片或取消密码",
    f"an encrypted workbook of more than {MAX_ENCRYPTED >> 20} MB cannot be decrypted in memory; "
    "remove large pictures or the password",
)


@dataclass(frozen=True)
class Envelope:
    """A workbook as it lies on disk, and the package inside: the same where it has no password."""

    path: Path
    outside: bytes = field(repr=False)
    plain: bytes = field(repr=False)

    def sealed(self, plain: bytes) -> bytes:
        """What is to lie on disk for a package: the old bytes where the package is the old one."""
        return plain


@dataclass(frozen=True)
class _Sealed(Envelope):
    compound: Compound = field(repr=False)
    cipher: Agile | Standard = field(repr=False)
    key: bytes = field(repr=False)

    def sealed(self, plain: bytes) -> bytes:
        """Encrypted as before, with the same key, and proven by decrypting it again."""
        if plain == self.plain:
            return self.outside
        info, package = self.cipher.encrypt(self.key, plain)
        data = self.compound.rewritten({_INFO: info, _PACKAGE: package})
        _prove(self.compound, data, self.key, plain)
        return data


def is_encrypted(data: bytes) -> bool:
    """Whether the bytes are those of an encrypted workbook."""
    return foreign(data) is ENCRYPTED


def is_encrypted_file(path: Path) -> bool:
    """The same of a file; one that cannot be read is none."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
            return start != b"PK" and is_encrypted(start + file.read())
    except OSError:
        return False


def check_outside(path: Path, data: bytes) -> None:
    """The pre-flight of what lies on disk; what is inside an encrypted one is for `opened`."""
    if not is_encrypted(data):
        check_bytes(path, data)


def opened(path: Path, data: bytes, password: Password = None) -> Envelope:
    """The package inside a file, which has passed the pre-flight where it was encrypted.

    Raises:
        UnsuitableFileError: it is encrypted, and the password is missing or wrong, its content
            damaged, its encryption another, or the extra not installed.
    """
    if not is_encrypted(data):
        return Envelope(path, data, data)
    try:
        import msoffcrypto  # noqa: F401 - proves what is written: better missed here than there

        from tracker.opc.ciphers import DAMAGED, SealedError, Standard, read_info
    except ImportError:
        raise _unsuitable(path, _NO_EXTRA) from None
    try:
        compound = _container(data)
        cipher = read_info(compound.read(_INFO))
        package = compound.read(_PACKAGE)
        key = _key(cipher, path, password)
        plain = cipher.decrypt(key, package)
    except SealedError as e:
        raise _unsuitable(path, e.reason) from None
    except ValueError:
        raise _unsuitable(path, DAMAGED) from None
    check_bytes(path, plain)
    if isinstance(cipher, Standard) and not _whole(plain):
        raise _unsuitable(path, DAMAGED)
    return _Sealed(path, data, plain, compound, cipher, key)


def _unsuitable(path: Path, reason: Reason) -> UnsuitableFileError:
    return UnsuitableFileError(path=path, zh=reason.zh, en=reason.en)


def _container(data: bytes) -> Compound:
    """The container, which has both streams. SealedError or ValueError where it is another."""
    from tracker.opc.ciphers import DAMAGED, SealedError
    from tracker.opc.compound import Compound

    if len(data) > MAX_ENCRYPTED:
        raise SealedError(_LARGE)
    compound = Compound(data)
    if _PACKAGE not in compound:
        raise SealedError(OLD_XLS if "Workbook" in compound or "Book" in compound else DAMAGED)
    if _INFO not in compound:
        raise SealedError(_RIGHTS)
    return compound


def _key(cipher: Agile | Standard, path: Path, password: Password) -> bytes:
    """The key of the package; nobody is asked for a password that office programs do not ask for."""
    from tracker.opc.ciphers import SealedError

    if not isinstance(password, str):
        with suppress(SealedError):
            return cipher.unlock(_DEFAULT)
    word = password(path) if callable(password) else password
    if not word:
        raise SealedError(_NO_PASSWORD)
    return cipher.unlock(word)


def _whole(plain: bytes) -> bool:
    """Whether every member agrees with its record in the directory and with its CRC."""
    try:
        package = RawZip(plain)
        for m in package.members:
            local, told = plain[m.start : m.start + 30], m.central
            flags = int.from_bytes(told[8:10], "little")
            free = flags & _DESCRIPTOR or _ZIP64 in (local[18:22], local[22:26])
            if local[6:14] != told[8:16] or not (free or local[14:26] == told[16:28]):
                return False
            package.read(m)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, KeyError):
        return False
    return True


def _prove(before: Compound, data: bytes, key: bytes, plain: bytes) -> None:
    """Decrypt what is to be written, here and with a program of other people's."""
    from msoffcrypto.format.ooxml import OOXMLFile

    from tracker.opc.ciphers import read_info
    from tracker.opc.compound import Compound

    theirs = io.BytesIO()
    try:
        after = Compound(data)
        ours = read_info(after.read(_INFO)).decrypt(key, after.read(_PACKAGE))
        book = OOXMLFile(io.BytesIO(data))
        book.load_key(secret_key=key)
        book.decrypt(theirs)
        kept = before.others(_INFO, _PACKAGE) == after.others(_INFO, _PACKAGE)
    except Exception as e:  # noqa: BLE001 - whatever it is, nothing may be written
        raise ProofError(why=f"encryption: {type(e).__name__}") from None
    if not kept or ours != plain or theirs.getbuffer() != plain:
        raise ProofError(why="encryption: what was written reads otherwise")
