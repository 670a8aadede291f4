from __future__ import annotations

import pytest

from tracker.book.phrases import Remark, spoken

PHRASES = {
    "low": {"zh": "仅 {share:.1%}", "en": "only {share:.1%}"},
    "late": {"zh": "逾期 {days:.0f} 天", "en": "{days:.0f} days late"},
    "none": {"zh": "缺：{what}", "en": "not known: {what}"},
    "none.low": {"zh": "达成", "en": "attainment"},
}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "仅 6.3%；逾期 3 天；缺：达成、late"),
        ("en", "only 6.3%; 3 days late; not known: attainment, late"),
    ],
)
def test_remarks_in_words_with_halves_rounded_up(lang: str, text: str) -> None:
    remarks = (
        Remark("low", {"share": 0.0625}), Remark("late", {"days": 2.5}),
        Remark("none", {"what": ("low", "late")}),
    )  # fmt: skip
    assert spoken(remarks, PHRASES, lang) == text


def test_no_remarks_are_a_blank_cell() -> None:
    assert spoken((), PHRASES, "zh") is None
    assert spoken(None, PHRASES, "zh") is None


def test_a_remark_without_a_phrase_says_its_code() -> None:
    assert spoken([Remark("new_rule", {"n": 1})], PHRASES, "zh") == "new_rule"


def test_what_people_typed_is_no_template() -> None:
    phrases = {"p": {"zh": "{product}下降", "en": "{product} fell"}}
    assert (
        spoken([Remark("p", {"product": "{0.__class__}{{x}}"})], phrases, "zh")
        == "{0.__class__}{{x}}下降"
    )
