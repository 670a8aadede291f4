"""What customers raised and what became of it: the rows of the issues module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tracker.sample.customers import draw
from tracker.sample.diary import Call
from tracker.sample.vocabulary import Row, Vocabulary
from tracker.sample.workdays import LAST, days_after, workday_from

SEVERITIES = {"low": 30, "medium": 50, "high": 20}
OPEN_STATES = {"open": 40, "in_progress": 60}
OPEN_SINCE = date(2026, 5, 18)


@dataclass(frozen=True, slots=True)
class Case:
    """An issue as it was raised: in which visit, about which product, of what kind."""

    call: Call
    product: int
    kind: dict[str, str]
    is_open: bool


def raised(rng: Random, words: Vocabulary, calls: Sequence[Call], count: int) -> list[Case]:
    """`count` cases in the order of their visits; three in ten are still open.

    An open one is raised late in the year, by a customer who is still there. Two in sixty are
    reports of suspected adverse reactions, both dealt with.
    """
    still = round(count * 0.3)
    late = [c for c in calls if OPEN_SINCE <= c.day < LAST and c.lead.until is None]
    early = [c for c in calls if c.day < OPEN_SINCE]
    picked = [(call, True) for call in rng.sample(late, min(still, len(late)))]
    picked += [(call, False) for call in rng.sample(early, count - len(picked))]
    picked.sort(key=lambda pair: pair[0].place)
    general, adverse = words.find("issues", "general"), words.find("issues", "adverse")
    reports = iter(adverse[: max(1, round(count / 30))])
    cases = []
    for n, (call, is_open) in enumerate(picked):
        kind = None if is_open or n % 13 != 5 else next(reports, None)
        cases.append(Case(call, rng.randrange(3), kind or rng.choice(general), is_open))
    return cases


def disputed(cases: Sequence[Case]) -> list[tuple[Call, int]]:
    """Visits and products of the open concerns and complaints."""
    return [
        (case.call, case.product)
        for case in cases
        if case.is_open and case.kind["type"] in ("concern", "complaint")
    ]


def rows(rng: Random, words: Vocabulary, cases: Sequence[Case], rep: str) -> list[Row]:
    """One row a case, in their order; `rep` is the owner."""
    names = words.product_names()
    closed = [n for n, case in enumerate(cases) if not case.is_open]
    crisis = closed[len(closed) // 2]
    dues = _open_dues(cases)
    made = []
    for n, case in enumerate(cases):
        severity = "crisis" if n == crisis else _severity(rng, case)
        row: Row = {
            "customer": case.call.lead.name,
            "product": names[case.product],
            "raised_date": case.call.day,
            "record_type": case.kind["type"],
            "issue_category": case.kind["category"],
            "issue": case.kind["text"].format(product=names[case.product]),
            "severity": severity,
            "owner": rep,
            "action_plan": case.kind["plan"] if severity != "low" else None,
        }
        made.append(row | (_pending(rng, case, dues[n]) if case.is_open else _settled(rng, case)))
    return made


def _severity(rng: Random, case: Case) -> str:
    return "high" if case.kind["type"] == "adverse_event" else draw(rng, SEVERITIES)


def _open_dues(cases: Sequence[Case]) -> dict[int, date | None]:
    """Due dates of the open cases: the oldest are late, two in sixty have none."""
    waiting = [n for n, case in enumerate(cases) if case.is_open]
    late, unset = max(1, round(len(cases) / 15)), round(len(cases) / 30)
    dues: dict[int, date | None] = {}
    for order, n in enumerate(waiting):
        day = cases[n].call.day
        if order < late:
            dues[n] = min(workday_from(day + timedelta(10)), LAST - timedelta(1))
        elif order < late + unset:
            dues[n] = None
        else:
            dues[n] = max(days_after(day, 14), LAST + timedelta(order % 9))
    return dues


def _pending(rng: Random, case: Case, due: date | None) -> Row:
    status = draw(rng, OPEN_STATES) if due else "on_hold"
    progress = case.kind["progress"] if status != "open" else None
    return {"due_date": due, "issue_status": status, "progress": progress}


def _settled(rng: Random, case: Case) -> Row:
    due = days_after(case.call.day, rng.randint(7, 21))
    closed = days_after(case.call.day, rng.randint(3, 24))
    content = rng.random() < 0.85
    return {
        "due_date": due,
        "issue_status": draw(rng, {"resolved": 45, "closed": 55}),
        "progress": case.kind["progress"],
        "result": case.kind["result"],
        "closed_date": closed,
        "fed_back_on": days_after(closed, rng.randint(0, 3)),
        "confirmed_satisfied": content,
        "satisfaction": rng.choice((4, 4, 5)) if content else rng.choice((2, 3)),
    }
