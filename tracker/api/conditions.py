"""What beside a workbook's bytes decides what is computed from it.

Imports next to nothing: an unchanged workbook is answered within the start of Python.
"""

from __future__ import annotations

import hashlib
import os

from tracker.api.conffile import config_file, content_of, folder_of, parsed
from tracker.resources import files, program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

_TOLD = (".yaml", ".j2", ".css")


def conditions(path: Path | str, as_of: date | str, schema: Path | None = None) -> str:
    """Digest of the day, the program, and the configuration, schema and templates that hold.

    Two runs with equal conditions over equal bytes compute the same, wherever the workbook lies.

    Args:
        path: the workbook, whose folder decides which `tracker.toml` holds.
        as_of: the day everything is computed for.
        schema: a schema folder of one's own, before that of the configuration.

    Raises:
        ConfigError: the configuration cannot be read.
        OSError: a folder cannot be read.
    """
    found = config_file(str(path))
    text = b""
    folders: list[str | None] = [str(schema) if schema else None]
    if found:
        text = content_of(found)
        data = parsed(text, found)
        folders = [
            folders[0] or folder_of(data, "schema", found),
            folder_of(data, "templates", found),
        ]
    said = hashlib.sha256(f"{program()}\0{as_of}\0".encode("utf-8", "surrogatepass") + text)
    for folder in folders:
        for name, content in _contents(folder) if folder else ():
            said.update(name + b"\0" + hashlib.sha256(content).digest())
        said.update(b"\0")
    return said.hexdigest()


def _contents(folder: str) -> Iterator[tuple[bytes, bytes]]:
    """The files of a schema folder or a folder of templates, by name."""
    for name in sorted(files(folder)):
        if name.endswith(_TOLD):
            with open(name, "rb") as f:
                yield os.fsencode(os.path.relpath(name, folder)), f.read()
