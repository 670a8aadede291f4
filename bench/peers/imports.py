"""What it costs to have pandas and pandera at hand, and nothing else."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

assert pd
assert pa
