"""A changed outcome of a public workbook fails; `python -m tests.corpus.ledger` accepts it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.corpus import files
from tests.corpus.ledger import expected, found
from tests.corpus.outcome import HANDLED
from tests.corpus.over import check_overwritten

pytestmark = pytest.mark.skipif(not files.corpus().is_dir(), reason=files.ABSENT)
SMALL = 20_000  # bytes


def small_files() -> list[str]:
    names = [n for n in files.names() if (files.corpus() / n).stat().st_size < SMALL]
    return files.sampled(names, 20)


def handled_files() -> list[str]:
    return [n for n, o in expected().items() if o == HANDLED]


@pytest.mark.parametrize("name", small_files())
def test_some_small_files(name: str) -> None:
    assert found(name) == expected()[name]


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", files.names())
def test_every_file(name: str) -> None:
    assert found(name) == expected()[name]


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", handled_files())
def test_used_cells_overwritten(name: str) -> None:
    check_overwritten((files.corpus() / name).read_bytes())


def test_the_ledger_knows_every_file_and_no_fault() -> None:
    known = expected()
    assert list(known) == files.names()
    kinds = Counter(o.split(":")[0] for o in known.values())
    assert set(kinds) == {HANDLED, "refused"}
    assert kinds["refused"] < len(known) / 20
