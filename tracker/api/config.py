"""`tracker.toml`: found nearest upward from the workbook, then in the user's config folder."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from tracker.checks.catalogue import Grading
from tracker.errors import ConfigError

NAME = "tracker.toml"
_SEVERITIES = ("error", "warning", "info")
_KEYS = {
    "severity", "ignore", "select", "thresholds", "timezone", "schema", "templates", "history",
}  # fmt: skip


@dataclass(frozen=True)
class Config:
    """What a configuration file says; the defaults where there is none.

    `thresholds` is laid over thresholds.yaml; `schema` and `templates` are folders; `history`
    holds `last` and `days`.
    """

    path: Path | None = None
    grading: Grading = having(default_factory=Grading)
    thresholds: Mapping[str, Any] = having(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    schema: Path | None = None
    templates: Path | None = None
    history: Mapping[str, int] = having(default_factory=dict)


def find(start: Path) -> Path | None:
    """The configuration file that holds for a workbook, or None."""
    folder = start.resolve().parent
    for place in (folder, *folder.parents, user_config_path("tracker")):
        if (place / NAME).is_file():
            return place / NAME
    return None


def load(path: Path | None) -> Config:
    """Read a configuration file. ConfigError says what is wrong with it."""
    if path is None:
        return Config()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ConfigError(path=path, zh=f"不是有效的 TOML（{e}）", en=f"not TOML: {e}") from e
    for key in data:
        if key not in _KEYS:
            known = ", ".join(sorted(_KEYS))
            raise ConfigError(
                path=path,
                zh=f"不认识的键“{key}”（可用：{known}）",
                en=f'unknown key "{key}" (known: {known})',
            )
    return Config(
        path=path,
        grading=_grading(data, path),
        thresholds=data.get("thresholds", {}),
        timezone=data.get("timezone", "Asia/Shanghai"),
        schema=_folder(data, "schema", path),
        templates=_folder(data, "templates", path),
        history=data.get("history", {}),
    )


def _grading(data: dict[str, Any], path: Path) -> Grading:
    severities = data.get("severity", {})
    for code, severity in severities.items():
        if severity not in _SEVERITIES:
            raise ConfigError(
                path=path,
                zh=f"{code} 的级别“{severity}”只能是 {', '.join(_SEVERITIES)}",
                en=f'severity "{severity}" of {code} must be one of {", ".join(_SEVERITIES)}',
            )
    ignore, select = frozenset(data.get("ignore", ())), frozenset(data.get("select", ()))
    return Grading(severities, ignore, select)


def _folder(data: dict[str, Any], key: str, path: Path) -> Path | None:
    if key not in data:
        return None
    folder = (path.parent / str(data[key])).resolve()
    if not folder.is_dir():
        raise ConfigError(
            path=path,
            zh=f"“{key}”所指的文件夹不存在：{data[key]}",
            en=f'the folder named by "{key}" does not exist: {data[key]}',
        )
    return folder


def overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Thresholds with a configuration's laid over them, level by level."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = overlaid(below, value)
        else:
            merged[key] = value
    return merged
