"""What beside a workbook's bytes decides what is computed from it."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import tracker
from tracker.api import config as configs
from tracker.resources import schema_dir


def conditions(path: Path, as_of: date, schema: Path | None = None) -> str:
    """Digest of the day, the program's version, and the configuration and schema that hold.

    Two runs with equal conditions over equal bytes compute the same, wherever the workbook lies.

    Args:
        path: the workbook, whose folder decides which `tracker.toml` holds.
        as_of: the day everything is computed for.
        schema: a schema folder of one's own, before that of the configuration.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    found = configs.find(path)
    said = hashlib.sha256(f"{tracker.__version__}\0{as_of}\0".encode())
    said.update(found.read_bytes() if found else b"")
    said.update(_schema_digest(schema or configs.load(found).schema or schema_dir()))
    return said.hexdigest()


def _schema_digest(folder: Path) -> bytes:
    """Digest of the YAML files that a schema folder is read from, the shipped ones behind its own."""
    said = hashlib.sha256()
    places = dict.fromkeys((folder, schema_dir()))
    for file in (f for place in places for f in sorted(place.glob("*.yaml"))):
        said.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return said.digest()
