"""Reading a workbook's bytes from disk, or one clear line why that cannot be done (G8)."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import UnsuitableFileError
from tracker.opc.preflight import MAX_FILE, check_bytes
from tracker.opc.sniff import Reason

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

_MISSING = Reason("找不到这个文件；请检查路径和文件名", "no such file; check the path and the name")
_FOLDER = Reason(
    "这是文件夹，不是工作簿；请指定其中的 .xlsx 文件",
    "this is a folder, not a workbook; name an .xlsx file in it",
)
_BUNDLE = Reason(
    "这是苹果 Numbers 表格；请在 Numbers 中导出为 Excel（.xlsx）",
    "this is an Apple Numbers document; export it to Excel (.xlsx) in Numbers",
)
_DEVICE = Reason(
    "这不是普通文件；请指定 .xlsx 文件", "this is no ordinary file; name an .xlsx file"
)
_FORBIDDEN = Reason(
    "没有读取权限（或正被别的程序独占）；请检查权限或先关闭它",
    "no permission to read it (or another program holds it); check the permissions or close it",
)
_OWNER = Reason(
    "这是 Excel、WPS 或 LibreOffice 打开工作簿时的占用标记文件，不是工作簿；请指定 {name}",
    "this is the owner file that Excel, WPS or LibreOffice lays beside an open workbook; "
    "name {name} instead",
)
_LARGE = Reason(
    "文件有 {size} MB，超过上限 {limit} MB；请删去大图片或拆分后再试",
    "the file has {size} MB, more than the limit of {limit} MB; "
    "remove large pictures or split the workbook",
)
_IN_CLOUD = Reason(
    "文件还在云端（OneDrive、iCloud 等的占位文件），没有下载到本机；请在同步盘中选“始终保留在此设备上”再试",
    "the file is only in the cloud (a placeholder of OneDrive, iCloud or the like); "
    "let the sync drive keep it on this device, then try again",
)
_UNREADABLE = Reason(
    "文件读不出来（{why}）；请检查磁盘或网络，或把文件复制到本地再试",
    "the file cannot be read ({why}); check the disk or the network, or copy it to a local disk",
)
_CLOUD_ERRORS = range(358, 405)
"""ERROR_CLOUD_FILE_...: what Windows says where a placeholder cannot be filled."""


def read_book(path: Path) -> bytes:
    """The bytes of a workbook that passed the pre-flight.

    Raises:
        UnsuitableFileError: a folder, missing, not permitted, an owner file, too large, or
            unsuitable by what it holds.
    """
    data = read_file(path)
    check_bytes(path, data)
    return data


def read_file(path: Path) -> bytes:
    """The bytes of an ordinary file of bearable size, whatever they are.

    Raises:
        UnsuitableFileError: as `read_book`, but for the content.
    """
    require_file(path)
    with _explained(path):
        return path.read_bytes()


def require_file(path: Path) -> None:
    """Refuse by name and kind what `read_file` would refuse, without reading it."""
    _refuse_owner_file(path)
    with _explained(path):
        _refuse_kind(path, path.stat())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        stub = path.with_name(f".{path.name}.icloud")
        raise _unsuitable(path, _IN_CLOUD if stub.exists() else _MISSING) from None
    except PermissionError:
        raise _unsuitable(path, _FORBIDDEN) from None
    except (OSError, ValueError) as e:
        if getattr(e, "winerror", None) in _CLOUD_ERRORS:
            raise _unsuitable(path, _IN_CLOUD) from None
        why = (e.strerror if isinstance(e, OSError) else None) or str(e)
        raise _unsuitable(path, _UNREADABLE, why=why) from None


def _refuse_owner_file(path: Path) -> None:
    name = path.name
    if name.startswith("~$"):
        raise _unsuitable(path, _OWNER, name=name[2:])
    if name.startswith(".~lock.") and name.endswith("#"):
        raise _unsuitable(path, _OWNER, name=name[7:-1])


def _refuse_kind(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        numbers = path.suffix.lower() == ".numbers"
        next(path.iterdir(), None)  # a folder that must not be read says so instead
        raise _unsuitable(path, _BUNDLE if numbers else _FOLDER)
    if not stat.S_ISREG(found.st_mode):
        raise _unsuitable(path, _DEVICE)
    if found.st_size > MAX_FILE:
        raise _unsuitable(path, _LARGE, size=found.st_size >> 20, limit=MAX_FILE >> 20)


def _unsuitable(path: Path, reason: Reason, **facts: object) -> UnsuitableFileError:
    return UnsuitableFileError(
        path=path, zh=reason.zh.format_map(facts), en=reason.en.format_map(facts)
    )
