"""The expected outcome of every public workbook: python -m tests.corpus.ledger writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.corpus import files
from tests.corpus.outcome import outcome

LEDGER = Path(__file__).with_name("ledger.tsv")
_HEAD = "file\toutcome"


def expected() -> dict[str, str]:
    """Outcome by file, as the ledger has it."""
    lines = LEDGER.read_text(encoding="utf-8").splitlines()[1:]
    return dict(line.split("\t") for line in lines)


def found(name: str) -> str:
    return outcome((files.corpus() / name).read_bytes())


def main() -> None:
    """Write the ledger; a fault has no place in it: then nothing is written, and exit is 1."""
    now = {name: found(name) for name in files.names()}
    faults = [f"{n}: {o}\n" for n, o in now.items() if o.startswith("fault")]
    if not faults:
        lines = (f"{n}\t{o}" for n, o in now.items())
        LEDGER.write_text("\n".join([_HEAD, *lines, ""]), encoding="utf-8", newline="\n")
    sys.stdout.writelines([f"{len(now)} files, {len(faults)} faults\n", *faults[:20]])
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
