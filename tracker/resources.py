"""The only module that knows where the shipped schemas and templates lie."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    """A data folder: inside the package in a wheel, beside it in a source tree."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def schema_dir() -> Path:
    """Folder of the shipped schema YAML files."""
    return _shipped("schemas")


def template_dir() -> Path:
    """Folder of the shipped Jinja templates."""
    return _shipped("templates")
