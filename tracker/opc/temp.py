"""Files written beside their target before they take its name."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tracker.errors import RefusedError
from tracker.opc.swap import patiently

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_temp(temp: Path, data: bytes, *, like: Path | None = None, mode: int = 0o666) -> None:
    """Write a new file and make it durable; nothing is left of it where that fails.

    It takes after `like` in owner, mode and extended attributes (with them POSIX access lists);
    without one it gets `mode` less the umask.

    Raises:
        RefusedError: the owner of `like` cannot be kept.
        OSError: as the system says, for instance a full disk.
    """
    handle = patiently(lambda: os.open(temp, _FLAGS, 0o600 if like else mode))
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            if like:
                _take_after(f.fileno(), like)
            os.fsync(f.fileno())
        _compare(temp, data)
    except BaseException:
        with suppress(OSError):
            temp.unlink(missing_ok=True)
        raise


def sweep_parts(folder: Path, before: float) -> None:
    """Remove what writers that were killed before a moment (epoch seconds) left half done."""
    for file in older(folder.glob("**/.*.part"), before):
        with suppress(OSError):
            file.unlink()


def older(files: Iterable[Path], before: float) -> Iterator[Path]:
    """The files that were last written before a moment (epoch seconds)."""
    for file in files:
        with suppress(OSError):
            if file.stat().st_mtime < before:
                yield file


def _compare(temp: Path, data: bytes) -> None:
    """Some network mounts lose writes without a word."""
    if temp.read_bytes() != data:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(temp))


def _take_after(handle: int, like: Path) -> None:
    model = like.stat()
    if sys.platform != "win32":
        mine = os.fstat(handle)
        if (model.st_uid, model.st_gid) != (mine.st_uid, mine.st_gid):
            _give(handle, like, model)
        os.fchmod(handle, stat.S_IMODE(model.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):  # a mount without extended attributes
            for name in os.listxattr(like):
                _copy_attribute(handle, like, name)


def _give(handle: int, like: Path, model: os.stat_result) -> None:
    try:
        os.fchown(handle, model.st_uid, model.st_gid)
    except PermissionError:
        raise RefusedError(
            path=like,
            zh="文件属于另一个用户或用户组，替换会改变归属；请由文件所有者运行，或先复制一份",
            en="it belongs to another user or group, which replacing it would change; "
            "let its owner run this, or copy it first",
        ) from None


def _copy_attribute(handle: int, like: Path, name: str) -> None:
    if sys.platform == "linux":
        with suppress(OSError):  # labels that only the system may set
            os.setxattr(handle, name, os.getxattr(like, name))


def rename_new(source: Path, target: Path) -> None:
    """Rename without ever replacing. FileExistsError where `target` is there."""
    if sys.platform == "win32":
        patiently(lambda: source.rename(target))
        return
    try:
        target.hardlink_to(source)
    except OSError as e:
        if e.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
    else:
        source.unlink()


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the system will not do into a RefusedError about `path`."""
    try:
        yield
    except OSError as e:
        why = e.strerror or str(e)
        raise RefusedError(
            path=path,
            zh=f"无法写入（{why}）；请检查磁盘空间、权限，以及是否被别的程序占用",
            en=f"it cannot be written ({why}); check the free space, the permissions and "
            "whether another program holds it",
        ) from e


def refuse_unwritable(path: Path) -> None:
    """Refuse what is marked read-only, even where the system would let us (root, rename).

    Raises:
        RefusedError: a read-only file or folder, a file under several names, or one that the
            system tells nothing about.
    """
    folder = path.parent
    with refusing(path):
        found, around = path.stat(), folder.stat()
    if not found.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise RefusedError(
            path=path,
            zh="文件是只读的；请去掉只读属性，或用 -o 写到别处",
            en="the file is read-only; clear that mark, or write elsewhere with -o",
        )
    if not around.st_mode & 0o222 or not os.access(folder, os.W_OK | os.X_OK):
        raise RefusedError(
            path=path,
            zh=f"所在文件夹 {folder} 不可写；请检查权限，或用 -o 写到别处",
            en=f"its folder {folder} is not writable; check the permissions, "
            "or write elsewhere with -o",
        )
    if found.st_nlink > 1:
        raise RefusedError(
            path=path,
            zh=f"文件有 {found.st_nlink} 个硬链接，替换会使它们分家；请先复制一份再处理",
            en=f"the file has {found.st_nlink} hard links, which replacing it would part; "
            "work on a copy",
        )
