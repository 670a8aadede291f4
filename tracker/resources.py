"""The only module that knows where the shipped schemas and templates lie."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
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
