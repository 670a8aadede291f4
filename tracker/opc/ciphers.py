"""The two encryptions that office programs put around a package ([MS-OFFCRYPTO] 2.3.4).

Agile (Excel since 2010): AES-CBC in segments, with a keyed digest over the lot. Standard (Excel
2007, LibreOffice): AES-ECB without a digest; what guards it are the CRCs inside the package.

Writing keeps the key and all that protects it (password verifier, iterations, key length, other
ways to the key, such as certificates), so that nothing about the protection gets weaker. Salts
follow from the key and the content: equal content gives equal bytes (G3), other content never
shares a salt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from tracker.opc.parts import parse_xml
from tracker.opc.sniff import Reason

_SEGMENT, _BLOCK = 4096, 16
_MOST_SPINS = 1_000_000  # Excel writes 100,000; the format's own limit would take ten seconds
_MOST_INFO = 64 << 10
_HASHES = {"SHA1": "sha1", "SHA-1": "sha1"} | {f"SHA{n}": f"sha{n}" for n in (256, 384, 512)}
_DOOR = "{http://schemas.microsoft.com/office/2006/keyEncryptor/password}encryptedKey"
_VERIFIER, _VERIFIER_HASH, _KEY_VALUE, _HMAC_KEY, _HMAC_VALUE = map(
    bytes.fromhex,
    ("fea7d2763b4b9e79", "d7aa0f6d3061344e", "146e0be7abacd0d6", "5fb2ad010cb9e1f6",
     "a0677f02b22c8433"),
)  # fmt: skip
_AES = {0x660E: 128, 0x660F: 192, 0x6610: 256}

WRONG = Reason("密码不对；请换一个密码再试", "the password is wrong; try again with another")
DAMAGED = Reason(
    "加密的内容已损坏或被改动；请用 tracker undo --force 或从备份取回",
    "its encrypted content is damaged or was tampered with; take it back with tracker undo "
    "--force or from a backup",
)
UNUSUAL = Reason(
    "加密方式不受支持；请在 Excel 或 WPS 中取消密码，或重新设置密码后另存",
    "it is encrypted in a way that is not supported; remove the password in Excel or WPS, or set "
    "it anew and save",
)


class SealedError(Exception):
    """Why an encrypted workbook stays closed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.en)
        self.reason = reason


def read_info(info: bytes) -> Agile | Standard:
    """The encryption that a stream EncryptionInfo describes. SealedError where it is another."""
    major, minor = struct.unpack_from("<2H", info.ljust(4, b"\0"))
    try:
        if len(info) <= _MOST_INFO and (major, minor) == (4, 4):
            return Agile(info)
        if len(info) <= _MOST_INFO and major in (2, 3, 4) and minor == 2:
            return Standard(info)
    except (ValueError, KeyError, SyntaxError, struct.error):
        pass
    raise SealedError(UNUSUAL)


class _Lock(NamedTuple):
    """The attributes of keyData or encryptedKey. `size` is the key's, in bytes."""

    salt: bytes
    hash: str
    size: int

    @classmethod
    def of(cls, element: etree._Element | None) -> _Lock:
        how = [_text(element, n) for n in ("cipherAlgorithm", "cipherChaining", "blockSize")]
        if how != ["AES", "ChainingModeCBC", str(_BLOCK)]:
            raise ValueError("another cipher")
        salt, size = _bytes(element, "saltValue"), int(_text(element, "keyBits")) // 8
        if size not in (16, 24, 32) or not salt:
            raise ValueError("another length of key")
        return cls(salt, _HASHES[_text(element, "hashAlgorithm")], size)

    def digest(self, data: bytes) -> bytes:
        return hashlib.new(self.hash, data).digest()

    def iv(self, block: bytes = b"") -> bytes:
        return _sized(self.digest(self.salt + block) if block else self.salt, _BLOCK)


class Agile:
    """Agile encryption, as the XML in `info` describes it."""

    def __init__(self, info: bytes) -> None:
        self.info, xml = info, info[8:]
        if b"<!" in xml or b"\0" in xml:
            raise ValueError("a DTD, or an encoding that could hide one")
        root = parse_xml(xml)
        door, guard = root.find(f".//{_DOOR}"), root.find("{*}dataIntegrity")
        self._data, self._door = _Lock.of(root.find("{*}keyData")), _Lock.of(door)
        self._guard = [_bytes(guard, f"encryptedHmac{n}") for n in ("Key", "Value")]
        self._spins = int(_text(door, "spinCount"))
        names = ("encryptedVerifierHashInput", "encryptedVerifierHashValue", "encryptedKeyValue")
        self._locked = [_bytes(door, n) for n in names]
        if not 0 <= self._spins <= _MOST_SPINS:
            raise ValueError("too many iterations")
        if self._told(self._data.salt, self._guard) != info:
            raise ValueError("written in a way that could not be written again")

    def unlock(self, password: str) -> bytes:
        """The key of the package. Raises SealedError where the password is wrong."""
        door = self._door
        stretched = _stretched(door.hash, door.salt + _utf16(password), self._spins)
        verifier, known, key = (
            _cbc(_sized(door.digest(stretched + block), door.size), door.iv(), locked)
            for block, locked in zip(
                (_VERIFIER, _VERIFIER_HASH, _KEY_VALUE), self._locked, strict=True
            )
        )
        told = door.digest(verifier[: len(door.salt)])
        if not hmac.compare_digest(told, known[: len(told)]):
            raise SealedError(WRONG)
        return key[: self._data.size]

    def decrypt(self, key: bytes, package: bytes) -> bytes:
        """The package inside. Raises SealedError where a bit of it was changed."""
        size, data = _length(package), self._data
        width = hashlib.new(data.hash).digest_size
        secret, told = (
            _cbc(key, data.iv(block), locked)[:width]
            for block, locked in zip((_HMAC_KEY, _HMAC_VALUE), self._guard, strict=True)
        )
        if not hmac.compare_digest(hmac.digest(secret, package, data.hash), told):
            raise SealedError(DAMAGED)
        body = package[8 : 8 + _padded(size)]
        return b"".join(self._segments(key, data, body, seal=False))[:size]

    def encrypt(self, key: bytes, plain: bytes) -> tuple[bytes, bytes]:
        """The streams EncryptionInfo and EncryptedPackage for a content."""
        seed = hashlib.sha512(plain).digest()
        data = self._data._replace(
            salt=hmac.digest(key, b"salt" + seed, "sha512")[: len(self._data.salt)]
        )
        body = plain.ljust(_padded(len(plain)), b"\0")
        package = struct.pack("<Q", len(plain)) + b"".join(
            self._segments(key, data, body, seal=True)
        )
        width = hashlib.new(data.hash).digest_size
        secret = hmac.digest(key, b"hmac" + seed, "sha512")[:width]
        told = hmac.digest(secret, package, data.hash)
        guard = [
            _cbc(key, data.iv(block), value.ljust(_padded(width), b"\0"), seal=True)
            for block, value in ((_HMAC_KEY, secret), (_HMAC_VALUE, told))
        ]
        return self._told(data.salt, guard), package

    def _told(self, salt: bytes, guard: list[bytes]) -> bytes:
        """The stream EncryptionInfo with another salt and digest of the package."""
        info = _with(self.info, b"keyData", b"saltValue", salt)
        for name, value in zip((b"encryptedHmacKey", b"encryptedHmacValue"), guard, strict=True):
            info = _with(info, b"dataIntegrity", name, value)
        return info

    @staticmethod
    def _segments(key: bytes, data: _Lock, body: bytes, *, seal: bool) -> list[bytes]:
        return [
            _cbc(key, data.iv(struct.pack("<L", n)), body[at : at + _SEGMENT], seal=seal)
            for n, at in enumerate(range(0, len(body), _SEGMENT))
        ]


class Standard:
    """Standard encryption, as the records in `info` describe it."""

    def __init__(self, info: bytes) -> None:
        self.info = info
        (header,) = struct.unpack_from("<L", info, 8)
        algorithm, _, bits = struct.unpack_from("<3L", info, 12 + 8)
        at = 12 + header
        salt_size, self._salt, self._verifier = struct.unpack_from("<L16s16s", info, at)
        (self._known,) = struct.unpack_from("<32s", info, at + 40)
        if _AES.get(algorithm) != bits or salt_size != _BLOCK:
            raise ValueError("another cipher")
        self._size = bits // 8

    def unlock(self, password: str) -> bytes:
        """The key of the package. Raises SealedError where the password is wrong."""
        stretched = _stretched("sha1", self._salt + _utf16(password), 50_000)
        last = hashlib.sha1(stretched + bytes(4)).digest()  # noqa: S324 - as the format has it
        halves = (
            hashlib.sha1(bytes(a ^ b for a, b in zip(last.ljust(64, b"\0"), pad, strict=True)))  # noqa: S324
            for pad in (b"\x36" * 64, b"\x5c" * 64)
        )
        key = b"".join(h.digest() for h in halves)[: self._size]
        told = hashlib.sha1(_ecb(key, self._verifier)).digest()  # noqa: S324
        if not hmac.compare_digest(told, _ecb(key, self._known)[: len(told)]):
            raise SealedError(WRONG)
        return key

    def decrypt(self, key: bytes, package: bytes) -> bytes:
        """The package inside, of which the format itself proves nothing."""
        size = _length(package)
        return _ecb(key, package[8 : 8 + _padded(size)])[:size]

    def encrypt(self, key: bytes, plain: bytes) -> tuple[bytes, bytes]:
        """The streams EncryptionInfo and EncryptedPackage for a content."""
        body = _ecb(key, plain.ljust(_padded(len(plain)), b"\0"), seal=True)
        return self.info, struct.pack("<Q", len(plain)) + body


def _length(package: bytes) -> int:
    """What the package says of its size, which may be a lie: never more than is there."""
    size = int.from_bytes(package[:8], "little")
    if len(package) < 8 or _padded(size) > len(package) - 8:
        raise SealedError(DAMAGED)
    return size


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _sized(data: bytes, size: int) -> bytes:
    return data[:size].ljust(size, b"\x36")


def _utf16(password: str) -> bytes:
    return password.encode("utf-16-le", "surrogatepass")


def _stretched(name: str, start: bytes, spins: int) -> bytes:
    make, count = getattr(hashlib, name), struct.Struct("<L").pack
    digest: bytes = make(start).digest()
    for n in range(spins):
        digest = make(count(n) + digest).digest()
    return digest


def _text(element: etree._Element | None, name: str) -> str:
    if element is None or name not in element.attrib:
        raise ValueError(f"no {name}")
    return str(element.attrib[name])


def _bytes(element: etree._Element | None, name: str) -> bytes:
    return base64.b64decode(_text(element, name), validate=True)


def _with(info: bytes, tag: bytes, name: bytes, value: bytes) -> bytes:
    """The XML with another value in an attribute of the one element of that name."""
    entry = rb"(<(?:[\w.-]+:)?%b\s(?:[^>]*\s)?%b\s*=\s*[\"'])[^\"']*" % (tag, name)
    new, found = re.subn(entry, rb"\g<1>" + base64.b64encode(value), info, count=1)
    if not found:
        raise ValueError("no such attribute")
    return new


def _cbc(key: bytes, iv: bytes, data: bytes, *, seal: bool = False) -> bytes:
    return _aes(key, modes.CBC(iv), data, seal=seal)


def _ecb(key: bytes, data: bytes, *, seal: bool = False) -> bytes:
    return _aes(key, modes.ECB(), data, seal=seal)  # noqa: S305 - as the format has it


def _aes(key: bytes, mode: modes.CBC | modes.ECB, data: bytes, *, seal: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), mode)
    run = cipher.encryptor() if seal else cipher.decryptor()
    return run.update(data) + run.finalize()
