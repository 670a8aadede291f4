from __future__ import annotations

from datetime import date

from tests.sample.reading import D, Told

PERSONAL = {"date_type", "important_date", "calendar", "recurrence", "remind_days"}


def test_every_customer_has_one_row_with_consent(told: Told) -> None:
    rows = told.rows("preferences")
    assert {row["customer"] for row in rows} == told.customers().keys()
    assert all(row["consent"] == "yes" for row in rows)


def test_a_date_has_its_type_and_a_type_its_date(told: Told) -> None:
    rows = told.rows("preferences")
    dated = [row for row in rows if row.keys() & PERSONAL]
    assert 0.3 * len(rows) < len(dated) < len(rows)
    assert all(row.keys() >= PERSONAL for row in dated)


def test_yearly_days_exist_and_a_congress_lies_ahead(told: Told) -> None:
    for row in told.rows("preferences"):
        day = row.get("important_date")
        if isinstance(day, str):
            assert row["recurrence"] == "annual"
            assert date.fromisoformat(f"2025-{day}")
        elif day:
            assert (row["date_type"], row["recurrence"]) == ("congress", "once")
            assert day > D


def test_reminders_come_within_sixty_days(told: Told) -> None:
    assert all(0 <= row.get("remind_days", 7) <= 60 for row in told.rows("preferences"))
