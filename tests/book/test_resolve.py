from __future__ import annotations

from typing import Any

import pytest

from tests.checks.casebook import AS_OF, cell, session
from tracker.checks.catalogue import cell as place
from tracker.checks.catalogue import hint

PEOPLE: list[dict[str, Any]] = [
    {"customer_id": "K1"},
    {"customer_name": "李四", "customer_id": "K2"},
    {"customer_name": "李四", "institution": "友谊医院", "customer_id": "K3"},
    {"customer_name": "赵/六", "customer_id": "K4"},
    {"customer_name": "康宁药房", "institution": None, "subject_type": "机构", "customer_id": "K5"},
]
ALIASES = {"机构别名": [["机构名称", "别名"], ["友谊医院", "友谊"]]}


def _keys(module: str, field: str, rows: list[dict[str, Any]], **book: Any) -> list[Any]:
    read = session({"rows": {"customers": PEOPLE, module: rows}, "sheets": ALIASES, **book})
    return list(read.frames[module][f"{field}_key"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("K1", ("K1",)),
        ("k1", ("K1",)),
        ("王芳", ("K1",)),
        ("王芳@协和医院", ("K1",)),
        ("李四（友谊医院）", ("K3",)),
        ("李四@友谊", ("K3",)),
        ("李四＠友谊", ("K3",)),
        ("王芳、李四@友谊", ("K1", "K3")),
        ("王芳\n赵/六", ("K1", "K4")),
        ("王芳/李四@友谊", ("K1", "K3")),
        ("赵/六", ("K4",)),
        ("王芳、无名", ("K1",)),
        ("李四", ()),
        ("王芳、王芳", ("K1",)),
    ],
)
def test_customers_of_a_visit(text: str, ids: tuple[str, ...]) -> None:
    assert _keys("visits", "customer", [{"customer": text}]) == [ids]


def test_of_ids_alike_the_one_that_is_spelt_so_is_meant_and_another_spelling_is_told() -> None:
    twins = [{"customer_id": "C001"}, {"customer_id": "c001", "customer_name": "李二"}]
    visits = [{"customer": t} for t in ("C001", "c001", "Ｃ００１", "王芳", "李二")]
    read = session({"rows": {"customers": twins, "visits": visits}})
    assert list(read.frames["visits"]["customer_key"]) == [
        ("C001",), ("c001",), (), ("C001",), ("c001",),
    ]  # fmt: skip
    found = {(f.code, place(f)): f for f in read.analyse(AS_OF).findings}
    at = cell("customers.customer_id.3")[1]
    twice, missed = found["GEN004", at], found["GEN015", cell("visits.customer.4")[1]]
    assert (twice.value, twice.facts["first"]) == ("c001", at.replace("3", "2"))
    assert missed.facts["nearest"] == ("王芳@协和医院", "李二@协和医院")


def test_the_institution_of_the_row_tells_namesakes_apart() -> None:
    rows = [
        {"customer": "李四", "institution": place}
        for place in ("协和医院", "友谊", "别的医院", None)
    ]
    assert _keys("visits", "customer", rows) == [("K2",), ("K3",), (), ()]


@pytest.mark.parametrize(
    ("level", "text", "key"),
    [
        ("个人", "王芳", "K1"),
        ("个人", "协和医院", None),
        ("机构", "协和 医院", "协和医院"),
        ("机构", "友谊", "友谊医院"),
        ("科室", "友谊医院", "友谊医院"),
        ("机构", "康宁药房", "康宁药房"),
        ("机构", "K5", "康宁药房"),
        ("机构", "王芳", None),
        ("代表", None, None),
        ("代表", "协和医院", None),
    ],
)
def test_subjects_of_targets(level: str, text: str | None, key: str | None) -> None:
    row = {"subject_level": level, "customer": text, "department": "心内科"}
    read = session({"rows": {"customers": PEOPLE, "targets": [row]}, "sheets": ALIASES})
    assert list(read.frames["targets"]["customer_key"]) == [key]
    found = [f.code for f in read.analyse(AS_OF).findings if f.code == "GEN015"]
    assert found == (["GEN015"] if text and key is None else [])


def _hint(rows: dict[str, list[dict[str, Any]]], at: str, **book: Any) -> str:
    read = session({"rows": {"customers": PEOPLE, **rows}, **book})
    found = [f for f in read.analyse(AS_OF).findings if f.code == "GEN015"]
    assert [(f.module, place(f)) for f in found] == [cell(at)]
    return hint(found[0], read.schema, "zh")


def test_an_ambiguous_name_names_its_candidates() -> None:
    assert _hint({"visits": [{"customer": "李四"}]}, "visits.customer.2").endswith(
        "李四@协和医院、李四@友谊医院"
    )


def test_a_wrong_place_names_the_rows_of_that_name() -> None:
    said = _hint({"visits": [{"customer": "王芳@仁济医院"}]}, "visits.customer.2")
    assert said.endswith("相近的: 王芳@协和医院")


def test_names_that_are_spelt_alike_are_named_or_none() -> None:
    assert "王芳@协和医院" in _hint({"messaging": [{"customer": "王芬"}]}, "messaging.customer.2")
    assert "没有" in _hint({"messaging": [{"customer": "诸葛亮"}]}, "messaging.customer.2")


def test_visits_are_named_by_their_ids() -> None:
    rows = {"visits": [{"visit_id": "A-1701"}], "messaging": [{"visit_id": "A-1710"}]}
    assert _hint(rows, "messaging.visit_id.2").endswith("A-1701")


def test_a_product_list_is_binding_once_it_has_entries() -> None:
    rows = {"targets": [{"product": "立普托"}]}
    listed = {"产品": [["产品编码", "产品名称"], ["P1", "立普妥"], ["P2", "络活喜"]]}
    assert _hint(rows, "targets.product.2", sheets=listed).endswith("立普妥")
    codes = [{"product": "p1"}, {"product": "络活喜", "period": "2026Q1"}]
    assert _keys("targets", "product", codes, sheets=listed) == ["立普妥", "络活喜"]


def test_products_without_a_list_go_by_their_first_spelling() -> None:
    rows = [{"product": "ABC片"}, {"product": "abc 片", "period": "2026Q1"}]
    assert _keys("targets", "product", rows) == ["ABC片", "ABC片"]


def test_a_doubled_customer_does_not_take_its_visits_along() -> None:
    read = session({"rows": {"customers": [*PEOPLE[:1], {"customer_id": "K9"}], "visits": [{}]}})
    assert list(read.frames["visits"]["customer_key"]) == [("K1",)]
    analysis = read.analyse(AS_OF)
    assert [f.code for f in analysis.findings] == ["CUS101"]
    assert list(analysis.valid["visits"]) == [True]


def test_an_exact_copy_is_told_once() -> None:
    read = session({"rows": {"customers": [PEOPLE[0], PEOPLE[0]], "visits": [{}]}})
    assert [f.code for f in read.analyse(AS_OF).findings] == ["GEN004"]


def test_one_unknown_among_several_leaves_the_row_out_and_keeps_the_others() -> None:
    read = session({"rows": {"customers": PEOPLE, "visits": [{"customer": "王芳、无名"}]}})
    assert list(read.frames["visits"]["customer_key"]) == [("K1",)]
    assert list(read.analyse(AS_OF).valid["visits"]) == [False]


def test_influencers_may_be_plain_text() -> None:
    people = [{**PEOPLE[0], "key_influencers": "李四@友谊医院、药剂科"}, *PEOPLE[1:3]]
    read = session({"rows": {"customers": people}})
    assert list(read.frames["customers"]["key_influencers_key"]) == [("K3",), (), ()]
    assert read.analyse(AS_OF).findings == []


def test_an_alias_of_several_institutions_or_a_code_of_several_products_is_told() -> None:
    sheets = {
        "机构别名": [["机构名称", "别名"], ["协和医院", "协和"], ["武汉协和医院", "协和"]],
        "产品": [["编码", "名称"], ["P1", "立普妥"], ["P1", "络活喜"]],
    }
    rows = {
        "customers": [{}, {"customer_name": "李四", "institution": "协和"}],
        "messaging": [{"product": "P1"}],
        "targets": [{"customer": "协和", "product": "立普妥"}, {"product": "P1"}],
    }
    read = session({"rows": rows, "sheets": sheets})
    told = {
        (f.code, f.module, place(f)): f.facts.get("nearest") for f in read.analyse(AS_OF).findings
    }
    hospitals, products = ("协和医院", "武汉协和医院"), ("立普妥", "络活喜")
    for where, near in {
        "customers.institution.3": hospitals, "messaging.product.2": products,
        "targets.customer.2": hospitals, "targets.product.3": products,
    }.items():  # fmt: skip
        assert told.pop(("GEN015", *cell(where))) == near
    assert not any(code == "GEN015" for code, _, _ in told)
