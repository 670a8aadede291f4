"""Which entries of a journal are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.history.journal import Entry

KEEP_LAST = 20
KEEP_DAYS = 90


def kept(
    entries: Sequence[Entry], now: datetime, *, last: int = KEEP_LAST, days: int = KEEP_DAYS
) -> list[Entry]:
    """The entries that are among the `last` or at most `days` old, in their order.

    The newest always stays: there is always a way back. `entries` stand oldest first; `now`
    carries its zone, as `saved_at` does.
    """
    recent = len(entries) - max(last, 1)
    since = now - timedelta(days=days)
    return [e for n, e in enumerate(entries) if n >= recent or e.saved_at >= since]
