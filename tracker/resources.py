"""Where the shipped schemas and templates lie, and what program this is."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PACKAGE = os.path.dirname(os.path.realpath(__file__))


def shipped(name: str) -> str:
    """A data folder: inside the package in a wheel, beside it in a source tree."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


def schema_dir() -> Path:
    """Folder of the shipped schema YAML files."""
    from pathlib import Path

    return Path(shipped("schemas"))


def template_dir() -> Path:
    """Folder of the shipped Jinja templates."""
    from pathlib import Path

    return Path(shipped("templates"))


def program() -> str:
    """Digest of this program as it is installed: its files, its packages' versions, its Python.

    A file counts by its size and by when it was written, as in Python's own cache of byte code.
    """
    import hashlib

    said = hashlib.sha256(sys.version.encode())
    for folder in dict.fromkeys((_PACKAGE, shipped("schemas"), shipped("templates"))):
        for name in sorted(files(folder)):
            found = os.stat(name)
            said.update(
                f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode("utf-8", "replace")
            )
    for place in filter(os.path.isdir, sys.path):
        packages = sorted(n for n in os.listdir(place) if n.endswith((".dist-info", ".egg-info")))
        said.update("\0".join(packages).encode("utf-8", "replace"))
    return said.hexdigest()


def files(folder: str) -> Iterator[str]:
    """The files below a folder, byte code left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from files(entry.path)
        else:
            yield entry.path
