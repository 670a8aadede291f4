from __future__ import annotations

import subprocess
import sys

from tracker import __version__


def test_the_package_runs_as_the_command_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith(__version__)
