from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tracker.sample.vocabulary import load

# What domain.md takes for a mention of side effects or for sensitive personal data.
UNWANTED = re.compile("不良反应|副作用|adverse|side effect", re.IGNORECASE)
SENSITIVE = re.compile("身份证|银行卡|宗教|信仰|健康|病|家人|家属|孩子|父母|religio|family|health")


def _shape(words: Any) -> Any:
    if isinstance(words, dict):
        return {key: _shape(value) for key, value in words.items()}
    if isinstance(words, list):
        return [_shape(value) for value in words]
    return sorted(set(re.findall(r"{(\w+)}", str(words))) - {"short"})


def _texts(words: Any) -> Iterator[str]:
    if isinstance(words, (dict, list)):
        for part in words.values() if isinstance(words, dict) else words:
            yield from _texts(part)
    else:
        yield str(words)


def test_both_languages_have_the_same_phrases_with_the_same_blanks() -> None:
    chinese, english = _shape(load("zh").words), _shape(load("en").words)
    assert chinese["visits"].keys() == english["visits"].keys()
    assert _counted(chinese) == _counted(english)


def _counted(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _counted(value) for key, value in shape.items()}
    return len(shape) if shape and isinstance(shape[0], str) else [_counted(s) for s in shape]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_and_materials_are_told_apart(lang: str) -> None:
    words = load(lang)
    materials = [m["name"] for p in words.find("products") for m in p["materials"]]
    displayed = [name for name, _ in words.find("surnames")]
    for names in (materials, displayed, words.find("given_names"), words.product_names()):
        assert len(set(names)) == len(names)
    assert not [name for name in materials if re.search("[、，,；;]", name)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_side_effects_are_mentioned_in_reports_of_them_only(lang: str) -> None:
    words = load(lang)
    for kind in words.find("issues", "adverse"):
        assert UNWANTED.search(kind["text"])
    other = dict(words.words) | {"issues": words.find("issues", "general")}
    assert not [text for text in _texts(other) if UNWANTED.search(text)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_preferences_hold_no_sensitive_data(lang: str) -> None:
    assert not [t for t in _texts(load(lang).find("preferences")) if SENSITIVE.search(t)]


def test_a_day_is_written_as_people_write_it() -> None:
    assert load("zh").day(date(2026, 6, 30)) == "6月30日"
    assert load("en").day(date(2026, 6, 30)) == "30 June"
