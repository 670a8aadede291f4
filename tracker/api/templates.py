"""The shipped templates, copied out to be changed."""

from __future__ import annotations

import os
from pathlib import Path

from tracker.errors import RefusedError
from tracker.opc.save import write_new
from tracker.opc.temp import refusing
from tracker.resources import template_dir

_KINDS = (".html.j2", ".texts.yaml", ".css")


def shipped() -> list[str]:
    """The templates, their texts and style sheets, as paths inside the folder of templates."""
    folder = template_dir()
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(name for name in found if name.endswith(_KINDS))


def export_templates(folder: Path) -> list[Path]:
    """Copy the templates into a folder, which need not be there yet; nothing is overwritten.

    Raises RefusedError where one of them is there already, or the system refuses.
    """
    names = shipped()
    for name in names:
        if os.path.lexists(folder / name):
            raise RefusedError(
                path=folder / name,
                zh="文件已存在；请换一个文件夹，或先移走它",
                en="the file exists already; choose another folder, or move it away first",
            )
    made = []
    for name in names:
        target = folder / name
        with refusing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_new(target, (template_dir() / name).read_bytes())
        made.append(target)
    return made
