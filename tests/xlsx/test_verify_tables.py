from __future__ import annotations

import pytest

from tests.xlsx.books import content_types, packed
from tracker.errors import ProofError
from tracker.opc.package import Package
from tracker.opc.parts import CONTENT_TYPES
from tracker.xlsx.verify_tables import prove_own_names


def tables(*attributes: str) -> Package:
    """A package with tables t1.xml, t2.xml, ... of these attributes."""
    parts = {f"t{i}.xml": f"<table {a} ref='A1:B2'/>" for i, a in enumerate(attributes, 1)}
    types = content_types([(name, "table") for name in parts])
    return Package(packed({CONTENT_TYPES: types, **parts}))


@pytest.mark.parametrize(
    "attributes", [("id='1' displayName='a'", "id='1' displayName='A'"), ("id='1'", "id='2'")]
)
def test_tables_that_came_alike_are_no_fault_of_a_new_one(attributes: tuple[str, str]) -> None:
    after = tables(*attributes, "id='9' displayName='mine'")
    prove_own_names(after, {"t3.xml"})
    with pytest.raises(ProofError, match="two tables of one"):
        prove_own_names(after, {"t2.xml", "t3.xml"})


@pytest.mark.parametrize("same", ["id='7' displayName='x'", "id='1' displayName='MINE'"])
def test_a_new_table_is_like_no_other(same: str) -> None:
    with pytest.raises(ProofError, match="two tables of one"):
        prove_own_names(tables(same, "id='7' displayName='mine'"), {"t2.xml"})
