from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tracker.history.journal import Entry
from tracker.history.versions import changes_after, wanted

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEFORE = ["aaaaaaa1" + "0" * 56, "aaaaaaa2" + "0" * 56, "1234567" + "0" * 57]
ENTRIES = [
    # 23:59:59 on the 1st, 00:00 on the 3rd and 12:00 on the 3rd in Shanghai
    Entry(n, when, "refresh", None, before, "f" * 64, "/b")
    for n, before, when in zip(
        (4, 5, 6),
        BEFORE,
        (
            datetime(2026, 7, 1, 15, 59, 59, tzinfo=UTC),
            datetime(2026, 7, 2, 16, tzinfo=UTC),
            datetime(2026, 7, 3, 4, tzinfo=UTC),
        ),
        strict=True,
    )
]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("3", 3), (" 000012 ", 12), ("2026-06-30", date(2026, 6, 30)),
        ("1234567", "1234567"), ("ABCDEF0", "abcdef0"), ("f" * 64, "f" * 64),
    ],
)  # fmt: skip
def test_wanted(text: str, means: object) -> None:
    assert wanted(text) == means


@pytest.mark.parametrize(
    "text",
    ["", "x", "abc", "-1", "2026-13-01", "2026-06", "2026-W27-1", "20260630T", "f" * 65, "\u0663"],
)
def test_not_wanted(text: str) -> None:
    assert wanted(text) is None


@pytest.mark.parametrize(
    ("to", "numbers"),
    [
        (5, [5]), (3, []), (0, []),
        (date(2026, 6, 30), [4]), (date(2026, 7, 1), [5]), (date(2026, 7, 2), [5]),
        (date(2026, 7, 3), []),
        ("aaaaaaa1", [4]), ("aaaaaaa", [4, 5]), ("1234567", [6]), ("7777777", []),
    ],
)  # fmt: skip
def test_changes_after(to: int | date | str, numbers: list[int]) -> None:
    assert [e.seq for e in changes_after(ENTRIES, to, SHANGHAI).values()] == numbers


def test_a_day_depends_on_the_zone() -> None:
    found = changes_after(ENTRIES, date(2026, 7, 2), ZoneInfo("UTC"))
    assert [e.seq for e in found.values()] == [6]
