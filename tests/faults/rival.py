"""A process that refreshes a workbook again and again, against others that do so too.

python -m tests.faults.rival BOOK COUNT: until COUNT refreshes are done; prints what came of all.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from collections import Counter

from tests.faults.stage import DAYS
from tracker.cli.app import run

_PAUSE = 0.02
_TURNS = {"another tracker run": "locked", "changed after it was read": "changed meanwhile"}


def main(path: str, count: int) -> None:
    seen: Counter[str] = Counter()
    while seen["done"] < count:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run(["refresh", path, "--as-of", DAYS[seen["done"] % 2]])
        kind = "done" if code == 0 else f"exit {code}: {said.getvalue()[-200:]}"
        kind = next((v for k, v in _TURNS.items() if code == 3 and k in said.getvalue()), kind)
        seen[kind] += 1
        seen["written"] += code == 0 and "written:" in said.getvalue()
        if code:
            time.sleep(_PAUSE)
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
