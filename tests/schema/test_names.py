from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.schema.load import load
from tracker.schema.names import PickList, Variants, header_names, loose, plain

SCHEMA = load()
VARIANTS = Variants(SCHEMA.variants)


@given(st.text(st.characters(codec="gbk")))
def test_plain_names_stay_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("拜访日期（必填）", "拜访日期"),
        ("Visit Date [yyyy]", "visitdate"),
        ("趋势（自动）", "趋势(自动)"),
        ("Trend (auto)", "trend(auto)"),
        ("（备注）", "(备注)"),
    ],
)
def test_remarks_are_stripped_and_the_mark_of_computed_columns_is_not(
    header: str, name: str
) -> None:
    assert loose(header) == name


def test_traditional_characters_read_as_simplified_ones() -> None:
    assert VARIANTS.plain("拜訪記錄與計劃") == plain("拜访记录与计划")


def test_every_spelling_of_a_value_is_its_code() -> None:
    for module in SCHEMA.modules.values():
        for column in module.columns:
            picks = PickList(column.picks, VARIANTS)
            for pick in column.picks:
                for text in (pick.zh, pick.en, pick.en.upper(), f" {pick.zh}　"):
                    assert picks.code(text) == pick.code


def test_no_two_columns_of_a_module_share_a_label() -> None:
    for module in SCHEMA.modules.values():
        for lang in ("zh", "en"):
            labels = [plain(c.label(lang)) for c in module.columns]
            assert len(labels) == len(set(labels))
        assert all(plain(c.label("zh")) in header_names(c) for c in module.columns)


def test_the_nearest_value_or_the_list() -> None:
    picks = PickList(SCHEMA.modules["visits"].by_name["visit_method"].picks, VARIANTS)
    assert picks.nearest("电话拜会", "zh") == "电话拜访"
    assert picks.nearest("电话拜会", "en") == "Phone"
    assert picks.nearest("#", "zh") is None
    assert picks.some("zh")[0] == "实地拜访"
    assert len(picks.some("zh")) > 2


@pytest.mark.parametrize("text", ["未解决", "没解决", "unresolved", "Not resolved", "non-resolved"])
def test_the_opposite_of_a_value_is_never_its_nearest(text: str) -> None:
    picks = PickList(SCHEMA.modules["issues"].by_name["issue_status"].picks, VARIANTS)
    assert picks.nearest(text, "zh") != "已解决"
    assert picks.nearest("已解快", "zh") == "已解决"
