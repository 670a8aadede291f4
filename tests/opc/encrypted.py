"""Encrypted workbooks made with another program's code, for tests."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.container import ecma376_encrypted as container
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.ecma376_standard import ECMA376Standard

PASSWORD = "密码 Straße 1"
LABEL = b"a label that nobody may lose"


def agile(plain: bytes, password: str = PASSWORD, *, spins: int = 500) -> bytes:
    """As Excel 2013 and later: AES-256, SHA-512; fewer iterations, for speed."""
    made: bytes = ECMA376Agile.encrypt(password, io.BytesIO(plain), spin_count=spins)
    return made


def agile_sha1(plain: bytes, password: str = PASSWORD) -> bytes:
    """As Excel 2010: AES-128 and SHA-1 for the package, whose digests are no whole blocks."""
    info, key = ECMA376Agile.generate_encryption_parameters(password, None, 500)
    data, key, info.encryptedKeyValue = info.keyData, key[:16], info.encryptedKeyValue[:16]
    data.hashName, data.keyBits, data.hashSize = "SHA1", 128, 20
    package = ECMA376Agile.encrypt_payload(io.BytesIO(plain), data, key, data.saltValue)
    secret = os.urandom(20)
    told = hmac.digest(secret, package, "sha1")
    wrapped = []
    for block, value in (("5fb2ad010cb9e1f6", secret), ("a0677f02b22c8433", told)):
        iv = hashlib.sha1(data.saltValue + bytes.fromhex(block)).digest()[:16]
        run = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        wrapped.append(run.update(value.ljust(32, b"\0")) + run.finalize())
    info.encryptedHmacKey, info.encryptedHmacValue = wrapped
    xml = info.toEncryptionDescriptor().encode()
    return wrap(package, info.getEncryptionDescriptorHeader() + xml)


def standard(plain: bytes, password: str = PASSWORD) -> bytes:
    """As Excel 2007 and LibreOffice: AES-128 in ECB."""
    salt, verifier = os.urandom(16), os.urandom(16)
    key = ECMA376Standard.makekey_from_password(password, 0x660E, 0x8004, 24, 128, 16, salt)
    known = hashlib.sha1(verifier).digest().ljust(32, b"\0")
    header = struct.pack("<8L", 0x24, 0, 0x660E, 0x8004, 128, 24, 0, 0)
    header += "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    info = struct.pack("<2H2L", 3, 2, 0x24, len(header)) + header + struct.pack("<L", 16) + salt
    info += _ecb(key, verifier) + struct.pack("<L", 20) + _ecb(key, known)
    padded = plain.ljust(-(-len(plain) // 16) * 16, b"\0")
    return wrap(struct.pack("<Q", len(plain)) + _ecb(key, padded), info)


def _ecb(key: bytes, data: bytes) -> bytes:
    run = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return run.update(data) + run.finalize()


def wrap(package: bytes, info: bytes, *, label: bytes = b"") -> bytes:
    """A container of both streams, with a stream `LabelInfo` where there is a label."""
    made = container.ECMA376Encrypted(package, info)
    if label:
        entries = made._dirs
        entries[container.DSPos.iDataSpaces].LeftSiblingId = len(entries)
        stream = container.DirectoryEntryType.STREAM
        entries.append(container.DirectoryEntry("LabelInfo", stream, content=label))
    out = io.BytesIO()
    made.write_to(out)
    return out.getvalue()


def decrypted(data: bytes, password: str = PASSWORD) -> bytes:
    """The package inside, as the other program reads it."""
    out, book = io.BytesIO(), OOXMLFile(io.BytesIO(data))
    book.load_key(password)
    book.decrypt(out)
    return out.getvalue()
