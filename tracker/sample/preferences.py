"""How customers like to be approached: the rows of the preferences module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from tracker.sample.customers import Person, draw
from tracker.sample.vocabulary import Row, Vocabulary
from tracker.sample.workdays import LAST, workday_from

STYLES = {"concise": 35, "detailed": 20, "data_driven": 25, "case_driven": 20}
MEDIA = {"written": 35, "oral": 25, "video": 15, "any": 25}
DATES = {"birthday": 60, "congress": 20, "festival": 12, "anniversary": 8}
DOCTORS_DAY = "08-19"


def rows(rng: Random, words: Vocabulary, people: Sequence[Person]) -> list[Row]:
    """One row a customer, in their order."""
    return [
        {
            "customer": person.name,
            "research_interest": words.phrase(rng, "preferences", "research"),
            "conference_interest": words.phrase(rng, "preferences", "conferences"),
            "hobbies": words.phrase(rng, "preferences", "hobbies") if rng.random() < 0.7 else None,
            "communication_style": draw(rng, STYLES),
            "medium_preference": draw(rng, MEDIA),
            "consent": "yes",
            **(_important_day(rng) if rng.random() < 0.6 else {}),
        }
        for person in people
    ]


def _important_day(rng: Random) -> Row:
    """A yearly day is typed without its year, a congress as the date it has."""
    kind = draw(rng, DATES)
    day = f"{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    lunar = kind == "birthday" and rng.random() < 0.1
    once = workday_from(LAST + timedelta(rng.randint(5, 160)))
    return {
        "date_type": kind,
        "important_date": {"congress": once, "festival": DOCTORS_DAY}.get(kind, day),
        "calendar": "lunar" if lunar else "solar",
        "recurrence": "once" if kind == "congress" else "annual",
        "remind_days": rng.choice((3, 7, 7, 14)),
    }
