from __future__ import annotations

from typing import Any

from tests.summary.book import customers, empty, source
from tracker.summary import tiers


def matrix(**changed: Any) -> dict[str, Any]:
    found = tiers.matrix(source(**changed))
    assert found is not None
    return found


def test_potential_runs_down_from_high_and_support_across_from_low() -> None:
    found = matrix()
    assert found["columns"] == ["低", "中", "高"]
    assert [row["word"] for row in found["rows"]] == ["高", "中", "低"]
    assert [[c["count"] for c in row["cells"]] for row in found["rows"]] == [
        [1, 2, 1], [1, 1, 0], [1, 1, 0],
    ]  # fmt: skip


def test_a_field_names_its_tier_and_customers() -> None:
    top = matrix()["rows"][0]["cells"][1]
    assert top == {"count": 2, "names": ["王芳", "吴杰"], "tier": "A", "strategy": "重点开发"}


def test_who_left_is_not_counted_and_who_lacks_an_input_is_said() -> None:
    found = matrix()
    assert (found["total"], found["unrated"]) == (9, 1)
    assert {t["word"]: t["count"] for t in found["tiers"]} == {"A": 3, "B": 2, "C": 1, "D": 2}


def test_names_are_cut_at_the_threshold() -> None:
    many = customers().assign(potential_level="H", customer_support="H")
    cell = matrix(customers=many)["rows"][0]["cells"][2]
    assert (cell["count"], len(cell["names"])) == (9, 6)


def test_without_its_columns_there_is_no_matrix() -> None:
    assert tiers.matrix(source(customers=customers().drop(columns="potential_level"))) is None
    assert tiers.matrix(source(customers=None)) is None
    empty_matrix = tiers.matrix(empty())
    assert empty_matrix is not None
    assert empty_matrix["total"] == 0
