"""docs/pages.md names every key that the templates of the pages get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand, opened, refreshed_sample
from tests.summary.agenda.desk import desk
from tracker.api.config import Config
from tracker.api.session import base_rows
from tracker.api.source import source_of
from tracker.api.today import words_of
from tracker.summary.agenda.item import KINDS
from tracker.summary.agenda.listed import listed
from tracker.summary.agenda.route import agenda
from tracker.summary.changes import Past, changes
from tracker.summary.customer.page import build
from tracker.summary.review.page import review
from tracker.summary.review.spans import Kind

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "pages.md").read_text("utf-8")
NAMED = set(re.findall(r"`(\w+)`", PAGE))


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from keys(inner)


@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_the_review(kind: Kind) -> None:
    assert set(keys(review(desk(), kind))) <= NAMED


def test_what_is_due() -> None:
    words = words_of(Config(), "zh")
    assert set(keys(listed(agenda(desk(), 9), words, 5))) <= NAMED
    assert set(KINDS) <= NAMED


def test_the_customer() -> None:
    assert set(keys(build(desk(), "Cb", rep="王丽", show=True))) <= NAMED


def test_what_changed() -> None:
    hand = Hand(refreshed_sample(size=0.02))
    hand.type("customers", "remarks", int(hand.frame("customers").index[0]), "x")
    session = opened(hand.done()).session
    analysis = session.analyse(AS_OF)
    past = Past(session.tables, base_rows(session), session.state)
    found = changes(source_of(session, analysis, analysis.findings), past)
    assert found is not None
    assert set(keys(found)) <= NAMED
