"""What lies beside workbooks: the configuration file that holds, and the inbox's name.

Imports next to nothing: an unchanged workbook is answered within the start of Python.
"""

from __future__ import annotations

import os

from tracker.opc.statedir import config_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME, INBOX, TAKEN = "tracker.toml", "tracker-inbox", "taken"
TIMEZONE = "Asia/Shanghai"


def config_file(start: str) -> str | None:
    """The file that holds for a workbook: nearest upward from it, then the user's own."""
    folder = os.path.dirname(os.path.realpath(start))
    while True:
        if os.path.isfile(found := os.path.join(folder, NAME)):
            return found
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    own = os.path.join(config_home(), NAME)
    return own if os.path.isfile(own) else None


def content_of(path: str) -> bytes:
    """The bytes of a configuration file. ConfigError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as e:
        from tracker.errors import ConfigError

        why = e.strerror or type(e).__name__
        raise ConfigError(
            path=path,
            zh=f"读不出来（{why}）；请检查权限",
            en=f"it cannot be read ({why}); check the permissions",
        ) from e


def parsed(text: bytes, path: str) -> dict[str, Any]:
    """What a file says, not yet looked at. ConfigError where it is no TOML."""
    import tomllib

    from tracker.errors import ConfigError

    try:
        return tomllib.loads(text.decode("utf-8-sig"))  # Notepad begins files with a mark
    except UnicodeDecodeError as e:
        raise ConfigError(
            path=path,
            zh="不是 UTF-8 编码；请在记事本中另存为 UTF-8",
            en="it is not encoded in UTF-8; save it as UTF-8",
        ) from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(path=path, zh=f"不是有效的 TOML（{e}）", en=f"not TOML: {e}") from e


def folder_of(data: Mapping[str, Any], key: str, path: str) -> str | None:
    """A folder that a configuration names, from where that lies. ConfigError where there is none."""
    if key not in data:
        return None
    folder = os.path.realpath(os.path.join(os.path.dirname(path), str(data[key])))
    if not os.path.isdir(folder):
        from tracker.errors import ConfigError

        raise ConfigError(
            path=path,
            zh=f"“{key}”所指的文件夹不存在：{data[key]}",
            en=f'the folder named by "{key}" does not exist: {data[key]}',
        )
    return folder
