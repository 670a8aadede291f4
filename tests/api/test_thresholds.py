"""Thresholds, matrix, frequencies, points and windows as a tracker.toml changes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.books import AS_OF
from tracker.api.book import Book
from tracker.api.config import Config, load
from tracker.errors import ConfigError

Computed = dict[str, pd.DataFrame]


def computed(data: bytes, folder: Path, toml: str) -> Computed:
    (folder / "tracker.toml").write_text(toml, "utf-8")
    book = Book(folder / "book.xlsx", data, config=load(folder / "tracker.toml"))
    return dict(book.session.analyse(AS_OF).computed)


CHANGES = [
    # what a tracker.toml says below [thresholds.<section>], and a count that it changes
    ("tier.matrix.L", "L = {tier = 'C', strategy = 'maintain'}", "customers tier D"),
    ("calls.frequency", "A = 8", "customers planned_calls"),
    ("calls", "inactive = []", "customers planned_calls"),
    ("windows", "short = 7", "customers visits_30d"),
    ("trend", "min_change = 0.5", "targets trend flat"),
    ("pace.complete", "achieved = 1.2", "targets pace_status achieved"),
    ("issues", "due_soon_days = 30", "issues sla_state due_soon"),
    ("materials", "grace_days = 300", "visits omission omitted"),
    ("risk.rules.competitor", "points = 9", "customers risk_level red"),
    ("risk.rules.competitor", "days = 1", "customers risk_level normal"),
    ("risk.rules.refused", "points = 0", "customers risk_level normal"),
    ("risk.levels", "yellow = 1", "customers risk_level yellow"),
    ("completeness", "customers = ['remarks']", "customers data_completeness"),
]


def counted(found: Computed, what: str) -> float:
    """How many cells hold a code, or the sum of a column."""
    module, column, *code = what.split()
    cells = found[module][column]
    return float(cells.eq(code[0]).sum() if code else cells.sum())


@pytest.fixture(scope="module")
def before(whole_bytes: bytes, tmp_path_factory: pytest.TempPathFactory) -> Computed:
    """What is computed without a word in tracker.toml."""
    return computed(whole_bytes, tmp_path_factory.mktemp("before"), "")


@pytest.mark.parametrize(("section", "line", "what"), CHANGES)
def test_a_changed_threshold_changes_what_is_computed(
    section: str, line: str, what: str, tmp_path: Path, whole_bytes: bytes, before: Computed
) -> None:
    after = computed(whole_bytes, tmp_path, f"[thresholds.{section}]\n{line}\n")
    assert counted(before, what) != counted(after, what)


def test_a_wrong_value_is_named(tmp_path: Path, whole_bytes: bytes) -> None:
    with pytest.raises(ConfigError, match=r"risk\.rules\.refused\.points"):
        computed(whole_bytes, tmp_path, "[thresholds.risk.rules.refused]\npoints = 'many'")


def test_the_default_configuration_changes_nothing(tmp_path: Path, whole_bytes: bytes) -> None:
    plain = Book(tmp_path / "book.xlsx", whole_bytes, config=Config()).session.analyse(AS_OF)
    for module, frame in computed(whole_bytes, tmp_path, "").items():
        pd.testing.assert_frame_equal(frame, plain.computed[module])
