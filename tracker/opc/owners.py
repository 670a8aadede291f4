"""Owner files: the marks that Excel, WPS and LibreOffice lay beside a workbook they have open."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_EXCEL = "Excel / WPS"
_LIBRE = "LibreOffice"
_NAME_AT = (55, 54)  # Excel and PowerPoint, Word
_LONGEST = 32_000
_OFFICE_NAMES = ("office", "oosplash")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner file: where it lies, who it names, and whether it is certainly left over."""

    file: Path
    who: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class LibreLock:
    """The five fields of a `.~lock.name#` file; `profile` is the URL of the user's profile."""

    user: str
    login: str
    host: str
    since: str
    profile: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides whether a LibreOffice lock is left over.

    Attributes:
        host: this machine's name.
        booted: seconds since the epoch, None where that is not known.
        office_profiles: of each office process its profile URL, None where it does not say;
            itself None where processes cannot be listed.
    """

    host: str
    booted: float | None = None
    office_profiles: tuple[str | None, ...] | None = None


def live_owner(path: Path) -> Owner | None:
    """Who has the workbook open, looking beside the path and beside what a link leads to."""
    folders = dict.fromkeys((path, Path(os.path.realpath(path))))
    found = (o for p in folders for o in find_owners(p))
    return next((o for o in found if not o.stale), None)


def find_owners(path: Path, machine: Machine | None = None) -> list[Owner]:
    """Owner files beside `path`, left-over ones marked; `machine` defaults to this one."""
    marks = (path.with_name(f"~${path.name}"), path.with_name(f".~{path.name}"))
    found = [o for o in map(_excel_owner, marks) if o]
    lock = path.with_name(f".~lock.{path.name}#")
    content = _peek(lock)
    if content is not None:
        found.append(_libre_owner(lock, content, machine or this_machine()))
    return found


def _peek(file: Path) -> bytes | None:
    """The beginning of a file; None where there is none, empty where it may not be read."""
    try:
        with file.open("rb") as f:
            return f.read(_LONGEST)
    except OSError:
        return b"" if os.path.lexists(file) and not file.is_dir() else None


def _excel_owner(file: Path) -> Owner | None:
    content = _peek(file)
    if content is None:
        return None
    name = excel_user(content)
    return Owner(file, f"{name}, {_EXCEL}" if name else _EXCEL)


def excel_user(content: bytes) -> str | None:
    """The user named in a `~$` file, or None.

    165 bytes from Excel, 162 from Word: length and name in the code page, padded; then from
    byte 55 (Word 54) the length as 16 bits and the name in UTF-16.
    """
    for at in _NAME_AT:
        if len(content) >= at + 2:
            (length,) = struct.unpack_from("<H", content, at)
            raw = content[at + 2 : at + 2 + 2 * length]
            if 0 < length <= 54 and len(raw) == 2 * length:
                name = raw.decode("utf-16-le", "replace").strip("\0 ")
                if name.isprintable() and name:
                    return name
    return _code_page_user(content)


def _code_page_user(content: bytes) -> str | None:
    try:
        name = content[1 : 1 + content[0]].decode("gb18030").strip("\0 ") if content else ""
    except UnicodeDecodeError:
        return None
    return name if name and name.isprintable() else None


def libre_lock(content: bytes) -> LibreLock | None:
    r"""Parse `user,login,host,DD.MM.YYYY HH:MM,profile;`, where `\` takes the next literally."""
    fields, field, letters = [], "", iter(content.decode("utf-8", "replace"))
    for c in letters:
        if c == "\\":
            field += next(letters, "")
        elif c in ",;":
            fields.append(field)
            field = ""
            if c == ";":
                break
        else:
            field += c
    return LibreLock(*fields) if len(fields) == 5 else None


def _libre_owner(file: Path, content: bytes, machine: Machine) -> Owner:
    lock = libre_lock(content)
    if lock is None:
        return Owner(file, _LIBRE)
    name = lock.user or lock.login
    host = f"{name}@{lock.host}" if name and lock.host else name or lock.host
    who = ", ".join(filter(None, (host, lock.since, _LIBRE)))
    return Owner(file, who, is_stale(lock, _mtime(file), machine))


def _mtime(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return float("inf")


def is_stale(lock: LibreLock, written: float, machine: Machine) -> bool:
    """Whether a lock is left over for certain.

    That needs a lock of this host whose profile folder is here and ours (so that its process
    would be in sight), and either a start of the machine after `written` (epoch seconds) or
    no office process that may use that profile.
    """
    if lock.host.lower() != machine.host.lower() or not _is_our_folder(lock.profile):
        return False
    if machine.booted is not None and written < machine.booted:
        return True
    if machine.office_profiles is None:
        return False
    mine = lock.profile.rstrip("/")
    return not any(p is None or p.rstrip("/") == mine for p in machine.office_profiles)


def _is_our_folder(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or os.name != "posix":
        return False
    try:
        return Path(unquote(parts.path)).stat().st_uid == os.geteuid()
    except (OSError, ValueError):
        return False


def this_machine(proc: Path = Path("/proc")) -> Machine:
    """This machine, as far as Linux's `proc` tells; elsewhere only its name is known."""
    host = socket.gethostname()
    try:
        booted = _boot_time((proc / "stat").read_text("ascii"))
        profiles = tuple(p for entry in proc.iterdir() for p in _office_profile(entry))
    except OSError:
        return Machine(host)
    return Machine(host, booted, profiles)


def _boot_time(stat: str) -> float | None:
    for line in stat.splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    return None


def _office_profile(entry: Path) -> list[str | None]:
    """One item for an office process: its profile, None where its command line has none."""
    if not entry.name.isdigit():
        return []
    try:
        name = (entry / "comm").read_text("utf-8", "replace").lower()
        arguments = (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
    if not any(word in name for word in _OFFICE_NAMES) or not any(arguments):
        return []  # without a command line it is dead, and nobody has waited for it yet
    mark = b"-env:UserInstallation="
    given = [os.fsdecode(a.removeprefix(mark)) for a in arguments if a.startswith(mark)]
    return [given[0] if given else None]
