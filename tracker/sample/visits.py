"""What the calls were about: the rows of the visits module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random

from tracker.sample.customers import draw
from tracker.sample.diary import Call, Diary
from tracker.sample.vocabulary import Row, Vocabulary
from tracker.sample.workdays import LAST, days_after

PURPOSES = {
    "product_info": 45,
    "academic": 18,
    "usage_feedback": 20,
    "resolve_concern": 10,
    "needs": 10,
    "relationship": 8,
    "issue_followup": 6,
}
RESPONSES = {
    "H": {"agree": 72, "ambiguous": 23, "refuse": 5},
    "M": {"agree": 54, "ambiguous": 36, "refuse": 10},
    "L": {"agree": 32, "ambiguous": 44, "refuse": 24},
}
RESULTS = {
    "agree": {"met": 76, "partial": 19, "not_met": 5},
    "ambiguous": {"met": 18, "partial": 55, "not_met": 27},
    "refuse": {"partial": 18, "not_met": 82},
}
DELAYS = {"0": 56, "1": 36, "2": 6, "3": 2}  # days from the visit to its entry


@dataclass(frozen=True, slots=True)
class Focus:
    """What one call is about: product, patients, objective, and the day (in words) it aims at."""

    product: int
    patient: str
    topic: str
    due: str
    objective: str = ""


def foci(rng: Random, words: Vocabulary, calls: Sequence[Call]) -> list[Focus]:
    """The focus of each call, in the order of the calls."""
    products = words.find("products")
    found = []
    for call in calls:
        product = rng.choices(range(len(products)), (50, 30, 20))[0]
        patient = rng.choice(products[product]["patients"])
        due = words.day(days_after(call.day, rng.randint(5, 30)))
        focus = Focus(product, patient, rng.choice(products[product]["topics"]), due)
        found.append(replace(focus, objective=_sentence(rng, words, call, focus, "objectives")))
    return found


def rows(
    rng: Random,
    words: Vocabulary,
    diary: Diary,
    about: Sequence[Focus],
    handed_over: Mapping[int, Sequence[str]],
) -> list[Row]:
    """One row a call, in the order of the diary.

    Args:
        rng: this module's own source of chance.
        words: the language's words.
        diary: the calls.
        about: the focus of each call.
        handed_over: place of a call -> names of the materials left there.
    """
    made = []
    for call, focus in zip(diary.calls, about, strict=True):
        row = _plan(rng, call, focus)
        if call.status == "completed":
            row |= _account(rng, words, call, focus)
            row |= _promise(rng, words, call, focus)
            row |= _next_step(rng, words, diary, about, handed_over, call)
        elif call.status != "planned":
            row["cancel_reason"] = words.phrase(rng, "visits", call.status)
        made.append(row)
    return made


def _plan(rng: Random, call: Call, focus: Focus) -> Row:
    second = draw(rng, PURPOSES) if rng.random() < 0.35 else None
    purposes = dict.fromkeys([draw(rng, PURPOSES), second])
    return {
        "customer": tuple(person.name for person in call.people),
        "institution": call.lead.site.name,
        "visit_date": call.day,
        "start_time": _clock(call.start),
        "end_time": _clock(call.end),
        "visit_status": call.status,
        "visit_method": call.method,
        "purpose": tuple(code for code in purposes if code),
        "topic": focus.topic,
        "objective": focus.objective,
    }


def _account(rng: Random, words: Vocabulary, call: Call, focus: Focus) -> Row:
    """What happened in a completed visit."""
    response = draw(rng, RESPONSES[call.lead.standing.support])
    parts = [
        _sentence(rng, words, call, focus, *path)
        for path in (("openings",), ("discussed",), ("outcomes", response), ("closings",))
    ]
    rival = rng.random() < 0.08
    joined = rng.random() < 0.04
    return {
        "summary": words.find("sentence_join").join(parts),
        "customer_response": response,
        "objective_result": draw(rng, RESULTS[response]),
        "competitor_activity": words.phrase(rng, "visits", "competitor_activity")
        if rival
        else None,
        "accompanied_by": words.phrase(rng, "managers") if joined else None,
        "logged_on": min(LAST, call.day + timedelta(int(draw(rng, DELAYS)))),
    }


def _promise(rng: Random, words: Vocabulary, call: Call, focus: Focus) -> Row:
    """What the rep promised in a third of the visits, and when it was kept."""
    if rng.random() > 0.35:
        return {}
    due = days_after(call.day, rng.randint(4, 18))
    return {
        "commitment": _sentence(rng, words, call, focus, "commitments"),
        "commitment_due": due,
        "commitment_done_on": _kept_on(rng, call.day, due),
    }


def _kept_on(rng: Random, made: date, due: date) -> date | None:
    luck = rng.random()
    if luck < 0.88:
        kept = due - timedelta(rng.randint(0, (due - made).days - 1))
    elif luck < 0.98:
        kept = due + timedelta(rng.randint(1, 7))
    else:
        return None
    return kept if kept <= LAST else None


def _next_step(
    rng: Random,
    words: Vocabulary,
    diary: Diary,
    about: Sequence[Focus],
    handed_over: Mapping[int, Sequence[str]],
    call: Call,
) -> Row:
    """The appointment and its aim: mostly what then happened, sometimes a few days off."""
    follows = diary.after(call)
    if follows is None:
        away = call.lead.until is not None
        ahead = days_after(call.day, min(75, max(3, round(call.lead.interval))))
        objective = _sentence(rng, words, call, about[call.place], "objectives")
        return {"next_visit_date": None if away else ahead, "next_objective": objective}
    ready = handed_over.get(follows.place, ()) if rng.random() < 0.8 else ()
    return {
        "next_visit_date": follows.day if rng.random() < 0.85 else _off(rng, call, follows),
        "next_objective": about[follows.place].objective,
        "next_materials": tuple(ready),
    }


def _off(rng: Random, call: Call, follows: Call) -> date:
    """An appointment that was kept some days early or late."""
    meant = days_after(follows.day, rng.choice((-3, -2, -1, 1, 2, 3, 4)))
    return meant if meant > call.day else follows.day


def _sentence(rng: Random, words: Vocabulary, call: Call, focus: Focus, *path: str) -> str:
    return words.phrase(rng, "visits", *path).format(
        product=words.find("products")[focus.product]["name"],
        patient=focus.patient,
        dept=call.lead.row["department"],
        n=rng.randint(2, 9),
        due=focus.due,
    )


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
