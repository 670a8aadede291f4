"""Which messages and materials reached whom: the rows of the messaging module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from tracker.sample.customers import Person, draw
from tracker.sample.diary import Call
from tracker.sample.visits import Focus
from tracker.sample.vocabulary import Row, Vocabulary

REACTIONS = {"H": {"positive": 75, "neutral": 25}, "M": {"positive": 55, "neutral": 45}}
RELUCTANT = {"positive": 30, "neutral": 70}
FIRST_STAGE = {"H": (2, 3), "M": (1, 2), "L": (0, 1)}
TOP_STAGE = {"H": 5, "M": 4, "L": 2}
UNDERSTANDING = {
    "positive": {"full": 70, "partial": 30},
    "neutral": {"full": 25, "partial": 65, "none": 10},
    "negative": {"partial": 70, "none": 30},
}
ACCEPTANCE = {"positive": {"5": 30, "4": 70}, "neutral": {"3": 1}, "negative": {"2": 75, "1": 25}}
REPEAT_AFTER = 180  # days; the same material sooner is a duplicate (M-27)


@dataclass(slots=True)
class Deliveries:
    """What was said and left behind so far.

    `stage` is the rung of the adoption ladder by (customer, product), `given` the last day by
    (customer, material), `by_call` the names of the materials by the place of the call.
    """

    stage: dict[tuple[str, int], int] = field(default_factory=dict)
    given: dict[tuple[str, str], date] = field(default_factory=dict)
    by_call: dict[int, list[str]] = field(default_factory=dict)


def rows(
    rng: Random,
    words: Vocabulary,
    calls: Sequence[Call],
    about: Sequence[Focus],
    count: int,
    disputed: Sequence[tuple[Call, int]],
) -> tuple[list[Row], Deliveries]:
    """`count` rows in the order of the calls, and what was delivered.

    Args:
        rng: this module's own source of chance.
        words: the language's words.
        calls: the completed visits.
        about: the focus of every call of the diary, by its place.
        count: how many rows.
        disputed: visits and products that met a negative reaction; each stands behind an issue
            that is still open.
    """
    told = _occasions(rng, calls, about, count, disputed)
    done = Deliveries()
    negative = {(call.place, product) for call, product in disputed}
    made = []
    for call, product in told:
        reaction = _reaction(rng, call, negative=(call.place, product) in negative)
        made.append(_row(rng, words, call, product, reaction, done))
    return made, done


def _occasions(
    rng: Random,
    calls: Sequence[Call],
    about: Sequence[Focus],
    count: int,
    disputed: Sequence[tuple[Call, int]],
) -> list[tuple[Call, int]]:
    """Pairs of visit and product: the disputed ones, one product a visit, a second in some."""
    pairs = {(call.place, product): call for call, product in disputed}
    for call in rng.sample(calls, min(len(calls), round(count * 0.85))):
        pairs.setdefault((call.place, about[call.place].product), call)
    for call in rng.sample(calls, len(calls)):
        if len(pairs) >= count:
            break
        pairs.setdefault((call.place, (about[call.place].product + 1) % 3), call)
    return [(pairs[key], key[1]) for key in sorted(pairs)][:count]


def _reaction(rng: Random, call: Call, *, negative: bool) -> str:
    if negative:
        return "negative"
    return draw(rng, REACTIONS.get(call.lead.standing.support, RELUCTANT))


def _row(
    rng: Random, words: Vocabulary, call: Call, product: int, reaction: str, done: Deliveries
) -> Row:
    told = words.find("products")[product]
    message = rng.choice(told["messages"])
    stage = _stage(rng, call.lead, product, reaction, done)
    patient = stage >= 3 or rng.random() < 0.3
    negative = reaction == "negative"
    return {
        "customer": call.lead.name,
        "date": call.day,
        "product": told["name"],
        "is_priority": product == 0,
        "message_type": (message["type"],),
        "key_message": message["text"],
        "patient_type": rng.choice(told["patients"]) if patient else None,
        "understanding": draw(rng, UNDERSTANDING[reaction]),
        "feedback": words.phrase(rng, "messaging", "feedback", reaction),
        "reaction": reaction,
        "acceptance": draw(rng, ACCEPTANCE[reaction]),
        "concern": words.phrase(rng, "messaging", "concerns") if negative else None,
        "rx_intention": "none" if negative else ("L", "L", "L", "M", "H", "H")[stage],
        "adoption_stage": str(stage),
        **_material(rng, call, told["materials"], done),
    }


def _stage(rng: Random, person: Person, product: int, reaction: str, done: Deliveries) -> int:
    """The ladder is climbed a rung at a time, after a positive reaction, up to the support."""
    key, support = (person.name, product), person.standing.support
    known = done.stage.get(key)
    if known is None:
        stage = rng.choice(FIRST_STAGE[support])
    else:
        climbs = reaction == "positive" and rng.random() < 0.16
        stage = min(known + climbs, max(known, TOP_STAGE[support]))
    done.stage[key] = stage
    return stage


def _material(rng: Random, call: Call, stock: list[Any], done: Deliveries) -> Row:
    """Something to leave behind in every second visit, nothing the customer got lately."""
    fresh = [item for item in stock if _is_new(call, item["name"], done)]
    if rng.random() < 0.5 or not fresh:
        return {}
    item = rng.choice(fresh)
    done.given[call.lead.name, item["name"]] = call.day
    done.by_call.setdefault(call.place, []).append(item["name"])
    quantity = rng.randint(2, 6) if item["type"] == "sample" else 1
    return {"material": (item["name"],), "material_type": item["type"], "quantity": quantity}


def _is_new(call: Call, name: str, done: Deliveries) -> bool:
    last = done.given.get((call.lead.name, name))
    return last is None or (call.day - last).days > REPEAT_AFTER
