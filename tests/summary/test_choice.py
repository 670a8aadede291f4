from __future__ import annotations

import pytest

from tracker.resources import template_dir
from tracker.schema.load import load
from tracker.summary import blocks, model
from tracker.summary.choice import chosen
from tracker.summary.page import has_block, titles

TITLES = {
    "key": ["关键指标", "Key figures"],
    "trends": ["销售趋势", "Sales trends"],
    "dates": ["日期"],
}
USUAL = ("key", "trends")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ("key", "trends")),
        ("销售趋势", ("trends",)),
        ("Sales Trends，关键指标", ("trends", "key")),
        ("trends; key；trends", ("trends", "key")),
        ("日期、默认", ("dates", "key", "trends")),
        ("all", ("key", "trends", "dates")),
        ("天气", ("key", "trends")),
    ],
)
def test_blocks_are_named_by_title_or_name_in_either_language(
    text: str, names: tuple[str, ...]
) -> None:
    assert chosen(text, TITLES, USUAL).blocks == names


def test_words_that_name_no_block_are_told() -> None:
    assert chosen("天气、key", TITLES, USUAL).unknown == ("天气",)


def test_every_block_has_a_template_a_title_and_its_limit() -> None:
    names = titles([template_dir()])
    assert set(names) == set(blocks.known())
    assert all(has_block(name, [template_dir()]) for name in blocks.known())
    assert not has_block("weather", [template_dir()])


def test_the_usual_blocks_are_known() -> None:
    usual = model.usual(load().thresholds)
    assert set(usual) <= set(blocks.known())
    assert len(set(usual)) == len(usual)
