"""Make the sample workbooks anew: python sample_workbooks/make.py [FOLDER]."""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Write the samples into a folder, by default over those that lie beside this file."""
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parent))  # run as a script: the packages lie one folder up
    from sample_workbooks.build import write_all

    write_all(Path(arguments[0]) if arguments else here)


if __name__ == "__main__":
    main(sys.argv[1:])
