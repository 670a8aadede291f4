"""Which misspelt names may be put right without asking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.schema.load import load
from tracker.schema.names import PickList, Variants
from tracker.schema.slips import Slips

SCHEMA = load()
VARIANTS = Variants(SCHEMA.variants)


def meant(module: str, field: str, text: str, lang: str = "zh") -> str | None:
    picks = SCHEMA.modules[module].by_name[field].picks
    return PickList(picks, VARIANTS).meant(text, lang)


@pytest.mark.parametrize(
    ("field", "text", "label"),
    [("visit_method", "电话-拜访", "电话拜访"), ("visit_method", "学术会", "学术会议"),
     ("visit_method", "線上會儀", "线上会议"), ("visit_status", "已完", "已完成"),
     ("visit_status", "Complted", "已完成"), ("visit_status", "cmopleted", "已完成"),
     ("visit_status", "completedd", "已完成")],
)  # fmt: skip
def test_a_slip_that_can_mean_one_value_alone(field: str, text: str, label: str) -> None:
    assert meant("visits", field, text) == label


@pytest.mark.parametrize(
    ("column", "text"),
    [("visits.visit_method", "视频会"), ("visits.visit_method", "未电话拜访"), ("visits.visit_method", "学术"),
     ("visits.visit_status", "未完成"), ("visits.visit_status", "、"), ("visits.visit_status", ""),
     ("visits.customer_response", "未同意"), ("customers.title", "副主任"), ("customers.title", "主仁医师"),
     ("messaging.understanding", "理解"), ("issues.issue_status", "处理"),
     ("customers.relationship_stage", "1战略合作伙伴")],
)  # fmt: skip
def test_what_may_mean_another_value_or_its_opposite_is_left_alone(column: str, text: str) -> None:
    module, field = column.split(".")
    assert meant(module, field, text) is None


def test_the_label_is_that_of_the_language() -> None:
    assert meant("visits", "visit_method", "学术会", "en") == "Congress"


def test_two_names_of_the_same_letters_are_no_one_name() -> None:
    slips = Slips(["甲(钙)片", "甲钙片", "乙片"])
    assert slips.meant("甲-钙片") == {"甲(钙)片", "甲钙片"}
    assert slips.same_letters("乙 片") == {"乙片"}
    assert slips.same_letters("…") == set()


@given(st.text(st.characters(codec="gbk"), max_size=8), st.lists(st.text(max_size=8), max_size=5))
def test_a_name_itself_is_always_among_what_is_meant(name: str, others: list[str]) -> None:
    if any(map(str.isalnum, name)):
        assert name in Slips([name, *others]).meant(name)
