from __future__ import annotations

import shutil
from pathlib import Path

import lxml.html
import pytest
import yaml

from tests.summary.book import empty, source
from tracker.errors import TemplateError
from tracker.resources import template_dir
from tracker.summary import blocks, model, page
from tracker.summary.choice import Choice
from tracker.summary.source import Source

LINK = {"data-sheet", "data-row", "data-id", "data-column"}
HOSTILE = ["=1+1", "{{7*7}}", "{% raise %}", "<script>alert(1)</script>", "http://x.cn", "@SUM(A1)"]


def everything(made: Source) -> dict[str, object]:
    return model.build(made, title="T", rep="王丽", choice=Choice(blocks.known()))


def own(folder: Path, body: str) -> Path:
    (folder / page.TEMPLATE).write_text(body, "utf-8")
    return folder


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_every_section_in_both_languages(lang: str) -> None:
    html = page.render_page(everything(source(lang)))
    words = page.texts([template_dir()], lang)
    text = "".join(map(str, lxml.html.document_fromstring(html).itertext()))
    for key in ("block_matrix", "block_trends", "block_quality", "chart_calls", "key_plan"):
        assert words[key] in text
    assert html.count('class="chart"') >= 6
    assert "<section" in html
    assert html.count("<h2>") >= 8


def test_an_empty_workbook_has_sentences_instead_of_charts() -> None:
    html = page.render_page(everything(empty()))
    words = page.texts([template_dir()], "zh")
    assert 'class="chart"' not in html
    for key in ("products_none", "visits_none", "tiers_none", "trends_none", "overdue_visits_none",
                "priority_none", "risks_none"):  # fmt: skip
        assert words[key] in html


def test_modules_left_out_leave_their_sections_out() -> None:
    html = page.render_page(model.build(source(targets=None, visits=None, issues=None), title="T"))
    words = page.texts([template_dir()], "zh")
    assert words["block_trends"] not in html
    assert words["overdue_issues_none"] not in html
    assert words["block_matrix"] in html


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_typed_is_data(typed: str) -> None:
    made = source()
    made.frames["issues"]["issue"] = typed
    made.frames["customers"]["customer_name"] = typed
    html = page.render_page(everything(made) | {"title": typed, "rep": typed})
    document = lxml.html.document_fromstring(html)
    assert document.findall(".//script") == []
    assert typed in ["".join(map(str, td.itertext())) for td in document.iter("td")]
    assert all(set(a.attrib) <= LINK for a in document.iter("a"))


def test_both_languages_of_every_text() -> None:
    table = yaml.safe_load((template_dir() / page.TEXTS).read_text("utf-8"))
    assert all(set(words) == {"zh", "en"} and all(words.values()) for words in table.values())


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("a\n{{ nothing }}", 2),
        ("a\n\n{% if %}", 3),
        ("{{ title.no.such }}", 1),
        ("\n{{ 1 / 0 }}", 2),
        ("{{ t.no_such_text }}", 1),
        ("\n\n{% include 'gone.j2' %}", 3),
        ("\n{{ title.__class__.__mro__ }}", 2),
        ("\n{{ 'a' * 10**9 }}", 2),
        ("{{ 9 ** 9 ** 9 }}", 1),
        ("{{ '%999999d' % 1 }}", 1),
        ("{{ title.ljust(10) }}", 1),
        ("{{ title|center(10) }}", 1),
        ("{{ chart('pie', [], 'x', {}, title='', x_name='', y_name='') }}", 1),
        (
            "{% for i in range(99999) %}{% for k in range(999) %}xxxxxxxxx{% endfor %}{% endfor %}",
            1,
        ),
    ],
)
def test_a_mistake_names_template_and_line(tmp_path: Path, body: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        page.render_page({"lang": "en", "title": "T"}, own(tmp_path, body))
    assert caught.value.facts["template"] == page.TEMPLATE
    assert caught.value.facts["line"] == line


def test_a_template_of_ones_own_may_bring_its_own_texts(tmp_path: Path) -> None:
    own(tmp_path, "{{ t.hello|fill(n=2) }} {{ 3 * 4 }} {{ title }}")
    (tmp_path / page.TEXTS).write_text("hello: {zh: '你好{n}', en: 'hi {n}'}", "utf-8")
    html = page.render_page({"lang": "zh", "title": "<"}, tmp_path)
    assert html == '你好2 <data value="12.0" data-fmt="General">12</data> &lt;'


@pytest.mark.parametrize(("text", "line"), [("a: {zh: 甲\nb: [", 2), ("a: 甲", 1), ("[]", 1)])
def test_a_mistake_in_the_texts_names_the_file(tmp_path: Path, text: str, line: int) -> None:
    shutil.copy(template_dir() / page.TEMPLATE, tmp_path)
    (tmp_path / page.TEXTS).write_text(text, "utf-8")
    with pytest.raises(TemplateError) as caught:
        page.render_page({"lang": "zh"}, tmp_path)
    assert caught.value.facts["template"] == page.TEXTS
    assert caught.value.facts["line"] == line
