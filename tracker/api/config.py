"""`tracker.toml`: found nearest upward from the workbook, then in the user's config folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as having
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.api.conffile import NAME, TIMEZONE, config_file, content_of, folder_of, parsed
from tracker.api.thresholds import mistakes, overlaid, settable
from tracker.checks.catalogue import Grading
from tracker.errors import ConfigError
from tracker.schema.model import Schema
from tracker.schema.names import alike

_NEAREST = 3
_SEVERITIES = ("error", "warning", "info")
_KEYS = {
    "severity", "ignore", "select", "thresholds", "timezone", "schema", "templates", "history",
    "summary", "marks",
}  # fmt: skip
_INSIDE = {
    "summary": {"blocks", "limits"}, "history": {"last", "days"}, "marks": {"tint", "notes"},
}  # fmt: skip


@dataclass(frozen=True)
class Config:
    """What a configuration file says; the defaults where there is none.

    `thresholds`, which holds what `[summary]` says too, is laid over thresholds.yaml; `schema` and
    `templates` are folders; `history` holds `last` and `days`. `settings` holds what a workbook's
    own settings sheet may say as well, by its keys (`compliance_profile = "cn_strict"`).
    `tint` tells whether faulty cells are coloured, `notes` whether they get a note each (`[marks]`).
    """

    path: Path | None = None
    grading: Grading = having(default_factory=Grading)
    thresholds: Mapping[str, Any] = having(default_factory=dict)
    timezone: str = TIMEZONE
    schema: Path | None = None
    templates: Path | None = None
    history: Mapping[str, int] = having(default_factory=dict)
    settings: Mapping[str, str] = having(default_factory=dict)
    tint: bool = True
    notes: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that days are counted in. ConfigError where there is none of that name."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as e:
            raise ConfigError(
                path=self.path or NAME,
                zh=f"没有“{self.timezone}”这个时区（例：Asia/Shanghai）",
                en=f'there is no time zone "{self.timezone}" (such as Asia/Shanghai)',
            ) from e

    def over(self, schema: Schema) -> Schema:
        """A schema whose thresholds are those of this configuration where it has any.

        ConfigError where it names codes, settings or thresholds that the schema does not know, or
        gives a threshold a value of another kind.
        """
        codes = (*self.grading.severities, *self.grading.ignore, *self.grading.select)
        wrong = unknown_codes(codes, schema)
        wrong += mistakes("thresholds", self.thresholds, settable(schema))
        wrong += _odd_settings(self.settings, schema)
        if wrong:
            raise ConfigError(
                path=self.path or NAME,
                zh=f"不认识或类型不对：{'、'.join(wrong)}（代码见 tracker explain）",
                en=f"unknown or of the wrong kind: {', '.join(wrong)} (see tracker explain for codes)",
            )
        return replace(schema, thresholds=overlaid(schema.thresholds, self.thresholds))


def unknown_codes(codes: Iterable[str], schema: Schema) -> list[str]:
    """Those of the codes and prefixes that no code begins with, each with the nearest codes."""
    wrong = [c for c in codes if not any(k.startswith(c) for k in schema.codes)]
    near = {c: ", ".join(alike(c, list(schema.codes), _NEAREST)) for c in wrong}
    return [f"{c} ({near[c]}?)" if near[c] else c for c in wrong]


def _odd_settings(said: Mapping[str, str], schema: Schema) -> Iterator[str]:
    """Texts at the top that no setting has as its key, with the nearest keys; or not as its value."""
    settings = {s.key: s for look in schema.lookups.values() for s in look.rows}
    known = sorted({*_KEYS, *settings})
    for key, value in said.items():
        if key not in settings:
            yield f"{key} ({', '.join(alike(key, known, _NEAREST) or known)}?)"
        elif settings[key].picks and value not in {p.code for p in settings[key].picks}:
            yield f"{key} = {value} ({', '.join(p.code for p in settings[key].picks)})"


def find(start: Path) -> Path | None:
    """The configuration file that holds for a workbook, or None."""
    found = config_file(os.path.realpath(start))
    return Path(found) if found else None


def load(path: Path | None) -> Config:
    """Read a configuration file. ConfigError says what is wrong with it."""
    if path is None:
        return Config()
    return _Reader(parsed(content_of(str(path)), str(path)), path).config()


def here() -> Config:
    """The configuration that holds in the working folder. ConfigError as `load`."""
    return load(find(Path(NAME)))


class _Reader:
    """Reads the values of one file; a value of the wrong kind is a ConfigError that names it."""

    def __init__(self, data: dict[str, Any], path: Path) -> None:
        self.data, self.path = data, path

    def config(self) -> Config:
        settings = {k: v for k, v in self.data.items() if k not in _KEYS and isinstance(v, str)}
        self.known("", self.data, {*_KEYS, *settings})
        return Config(
            path=self.path,
            grading=Grading(self.severities(), self.codes("ignore"), self.codes("select")),
            thresholds=overlaid(self.value("thresholds", dict, {}), self.summary()),
            timezone=self.value("timezone", str, TIMEZONE),
            schema=_folder(self.data, "schema", self.path),
            templates=_folder(self.data, "templates", self.path),
            history=self.history(),
            settings=settings,
            **self.marks(),
        )

    def value(self, key: str, kind: type, default: Any) -> Any:
        value = self.data.get(key, default)
        if not isinstance(value, kind):
            raise self.mistake(
                f"“{key}”的值不对：{value!r}",
                f'the value of "{key}" is of the wrong kind: {value!r}',
            )
        return value

    def known(self, inside: str, data: Mapping[str, Any], keys: set[str]) -> None:
        for key in data:
            if key not in keys:
                said = ", ".join(sorted(keys))
                name = f"{inside}.{key}" if inside else key
                raise self.mistake(
                    f"不认识的键“{name}”（可用：{said}）", f'unknown key "{name}" (known: {said})'
                )

    def codes(self, key: str) -> frozenset[str]:
        codes = self.value(key, list, [])
        if not all(isinstance(c, str) and c.strip() for c in codes):
            raise self.mistake(f"“{key}”应是代码的列表", f'"{key}" must be a list of codes')
        return frozenset(codes)

    def severities(self) -> dict[str, str]:
        found: dict[str, str] = self.value("severity", dict, {})
        for code, severity in found.items():
            if severity not in _SEVERITIES:
                said = ", ".join(_SEVERITIES)
                raise self.mistake(
                    f"{code} 的级别“{severity}”只能是 {said}",
                    f'severity "{severity}" of {code} must be one of {said}',
                )
        return found

    def summary(self) -> dict[str, Any]:
        """What `[summary]` says, as thresholds: `blocks` in their order, `limits` of their lists."""
        found: dict[str, Any] = self.value("summary", dict, {})
        self.known("summary", found, _INSIDE["summary"])
        names, limits = found.get("blocks", []), found.get("limits", {})
        if not (isinstance(names, list) and all(isinstance(n, str) for n in names)):
            raise self.mistake(
                "summary.blocks 应是版块名的列表",
                "summary.blocks must be a list of names of blocks",
            )
        if not isinstance(limits, dict) or any(
            type(n) is not int or n < 1 for n in limits.values()
        ):
            raise self.mistake(
                "summary.limits 应是版块名与行数（不小于 1 的整数）",
                "summary.limits must give numbers of rows, whole and 1 or more",
            )
        return {"summary": found} if found else {}

    def history(self) -> dict[str, int]:
        found: dict[str, int] = self.value("history", dict, {})
        self.known("history", found, _INSIDE["history"])
        for key, value in found.items():
            if type(value) is not int or value < 0:
                raise self.mistake(
                    f"history.{key} 应是不小于 0 的整数",
                    f"history.{key} must be a whole number, 0 or more",
                )
        return found

    def marks(self) -> dict[str, bool]:
        """How faulty cells are marked: `tint` and `notes`, where the file says it."""
        found: dict[str, object] = self.value("marks", dict, {})
        self.known("marks", found, _INSIDE["marks"])
        for key, wanted in found.items():
            if not isinstance(wanted, bool):
                raise self.mistake(
                    f"marks.{key} 应是 true 或 false", f"marks.{key} must be true or false"
                )
        return {k: bool(v) for k, v in found.items()}

    def mistake(self, zh: str, en: str) -> ConfigError:
        return ConfigError(path=self.path, zh=zh, en=en)


def _folder(data: dict[str, Any], key: str, path: Path) -> Path | None:
    found = folder_of(data, key, str(path))
    return Path(found) if found else None
