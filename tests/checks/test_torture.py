"""Each module's table as people leave it: every planted fault at its cell, and no false alarm."""

from __future__ import annotations

import pytest

from tests.checks.casebook import AS_OF, schema
from tests.checks.torture import plans, torture_book
from tracker.api.config import Config
from tracker.api.session import Session
from tracker.checks.catalogue import cell
from tracker.xlsx import Workbook


def _found(data: bytes) -> set[tuple[str, str, str]]:
    session = Session(Workbook(data), schema(), Config())
    findings = session.analyse(AS_OF).findings
    return {(f.module or "", f.code, cell(f) or "") for f in findings if f.code != "GEN010"}


@pytest.mark.parametrize("date1904", [False, True])
@pytest.mark.parametrize("module", plans())
def test_every_planted_fault_is_found_at_its_cell_and_no_other(module: str, date1904: bool) -> None:
    planted = plans()[module].cells("fault", "slip")
    expected = {(module, code, a1) for a1, code in planted.items()}
    found = _found(torture_book(module, date1904=date1904))
    assert found == expected | {(module, "GEN012", "")}


@pytest.mark.parametrize("module", plans())
def test_the_same_without_faults_is_clean(module: str) -> None:
    assert _found(torture_book(module, faulty=False)) == set()
