"""Which version `restore --to` means: by the number of a change, by digest, or by day."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from tracker.history.journal import Entry

_NUMBER = re.compile(r"[0-9]{1,6}")
_PREFIX = re.compile(r"[0-9a-f]{7,64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def wanted(text: str) -> int | date | str | None:
    """What a person means: up to six digits are a number, YYYY-MM-DD is a day, else a digest.

    None where it is none of them; a digest has at least seven hex digits.
    """
    text = text.strip().lower()
    if _NUMBER.fullmatch(text):
        return int(text)
    if _PREFIX.fullmatch(text):
        return text
    with suppress(ValueError):
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    return None


def changes_after(
    entries: Sequence[Entry], to: int | date | str, zone: ZoneInfo
) -> dict[str, Entry]:
    """The versions that are meant, by digest, each with a change that it stood before.

    A number means the workbook as it was before that change. A day means what the first change
    after the end of that day found; hand edits made in between are in it, as only changes by the
    tool are dated. `entries` stand oldest first. None fits: nothing; several: a short digest.
    """
    if isinstance(to, int):
        found = [e for e in entries if e.seq == to]
    elif isinstance(to, date):
        found = [e for e in entries if e.saved_at.astimezone(zone).date() > to][:1]
    else:
        found = [e for e in entries if e.before.startswith(to)]
    return {e.before: e for e in found}
