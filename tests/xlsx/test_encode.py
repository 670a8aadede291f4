from __future__ import annotations

import datetime as dt

import pytest

from tests.xlsx.books import STYLES
from tracker.xlsx.encode import Encoder
from tracker.xlsx.strings import SharedStrings, StringPlan
from tracker.xlsx.styles import Styles
from tracker.xlsx.values import Put


@pytest.mark.parametrize(
    ("put", "style", "cell"),
    [
        (Put(1.0), 0, '<c r="B7"><v>1</v></c>'),
        (Put(0.1, "0%"), 0, '<c r="B7" s="3"><v>0.1</v></c>'),
        (Put(0.1, "0%"), 2, '<c r="B7" s="2"><v>0.1</v></c>'),
        (Put("甲", "0%"), 0, '<c r="B7" s="3" t="s"><v>0</v></c>'),
        (Put(True), 2, '<c r="B7" s="2" t="b"><v>1</v></c>'),
        (Put(None, "0%"), 2, '<c r="B7" s="2"/>'),
        (Put(None), 0, ""),
        (Put(dt.date(2026, 6, 30)), 1, '<c r="B7" s="1"><v>46203</v></c>'),
        (Put(dt.date(2026, 6, 30), "yyyy"), 2, '<c r="B7" s="3"><v>46203</v></c>'),
    ],
)
def test_a_cell(put: Put, style: int, cell: str) -> None:
    plan = StringPlan(SharedStrings(None), ["甲"], ())
    encoder = Encoder(b"", Styles(STYLES.encode()), plan, date1904=False)
    for _ in range(2):
        assert encoder.cell(b"B7", style, put).decode() == cell


def test_a_prefixed_cell() -> None:
    encoder = Encoder(
        b"x:", Styles(STYLES.encode()), StringPlan(SharedStrings(None), [], ()), date1904=True
    )
    assert encoder.cell(b"AB1", 0, Put(2)) == b'<x:c r="AB1"><x:v>2</x:v></x:c>'
