"""Holds a workbook open in a headless LibreOffice; run by the Python that has `uno`.

python3 holder.py BOOK PROFILE: prints "open", goes on until its input ends or it is killed.
"""

from __future__ import annotations

import os
import sys
import uuid
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import uno


def main(book: str, profile: str) -> None:
    os.setsid()  # so that one signal reaches the office too
    sys.path.insert(0, str(Path(__file__).parents[1] / "office"))
    edit = import_module("edit")
    desktop, office = edit.connect(profile, "h" + uuid.uuid4().hex)
    doc = desktop.loadComponentFromURL(
        uno.systemPathToFileUrl(book), "_blank", 0, (edit.prop("Hidden", True),)
    )
    sys.stdout.write("open\n")
    sys.stdout.flush()
    sys.stdin.read()
    doc.close(True)
    with suppress(Exception):
        desktop.terminate()
    office.wait(30)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
