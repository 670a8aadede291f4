from __future__ import annotations

import pytest

from tracker.sample.typed import as_typed, labels


def test_rows_are_typed_in_the_words_of_the_language() -> None:
    row = {"purpose": ("academic", "needs"), "visit_status": "planned", "topic": None}
    assert as_typed("visits", [dict(row)], "zh") == [
        {"purpose": "学术交流、了解需求", "visit_status": "计划"}
    ]
    assert as_typed("messaging", [{"is_priority": True}], "en") == [{"is_priority": "Yes"}]


def test_labels_of_support_sheets_come_from_the_schema_too() -> None:
    assert labels("products", "zh")["unit"]["box"] == "盒"


def test_a_code_that_the_schema_does_not_know_is_no_label() -> None:
    with pytest.raises(KeyError):
        as_typed("visits", [{"visit_status": "dreamt"}], "zh")
