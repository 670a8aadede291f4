"""A template of one's own may do what it likes: it ends, soon and small, with one line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand, new_sample
from tracker.cli.app import run
from tracker.summary import page
from tracker.xlsx import Workbook

DAY = ["--as-of", AS_OF.isoformat()]
# What a template tries, and the line on which it is stopped.
ATTACKS = {
    "classes": ("\n{{ ''.__class__.__mro__ }}", 2),
    "classes by filter": ("\n{{ ''|attr('__class__') }}", 2),
    "functions": ("\n{{ range.__globals__ }}", 2),
    "formatting": ("\n{{ '{0.__class__}'.format(1) }}", 2),
    "a long range": ("\n{{ range(10**9)|list|length }}", 2),
    "a long text": ("\n{{ 'a' * 10**9 }}", 2),
    "a long list": ("\n{{ ([1] * 10**9)|length }}", 2),
    "a long number": ("\n{{ 9 ** 9 ** 9 }}", 2),
    "squares of squares": (
        "{% set n = namespace(v=999) %}\n{% for i in range(99) %}{% set n.v = n.v * n.v %}{% endfor %}", 2,
    ),
    "padding": ("\n{{ '%999999999d' % 1 }}", 2),
    "bytes": ("\n{{ (5).to_bytes(10**9, 'big')|length }}", 2),
    "a text that doubles": (
        "{% set n = namespace(v='ab') %}\n{% for i in range(99) %}{% set n.v = n.v ~ n.v %}{% endfor %}", 2,
    ),
    "a text that is added to itself": (
        "{% set n = namespace(v='ab') %}\n{% for i in range(99) %}{% set n.v = n.v + n.v %}{% endfor %}", 2,
    ),
    "lists in lists": (
        ("{% set n = namespace(v=['ab']) %}{% for i in range(99) %}{% set n.v = [n.v, n.v] %}{% endfor %}"
        "\n{{ n.v }}"), 2,
    ),
    "lists in lists by filter": (
        ("{% set n = namespace(v=['ab']) %}{% for i in range(99) %}{% set n.v = [n.v, n.v] %}{% endfor %}"
        "\n{{ n.v|upper }}"), 2,
    ),
    "joining": ("\n{{ (['a' * 99999] * 9999)|join|length }}", 2),
    "replacing": ("\n{{ ('a' * 99999).replace('a', 'a' * 99999)|length }}", 2),
    "a blank loop without end": (
        ("\n{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}"
        "{% endfor %}{% endfor %}"), 2,
    ),
    "a macro in itself": ("\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 2),
    "a macro twice in itself": (
        ("{% macro m(n) %}{% if n %}{% set a = m(n - 1) %}{% set b = m(n - 1) %}{% endif %}{% endmacro %}"
        "\n{{ m(90) }}"), 1,
    ),
    "a template in itself": ("\n{% include 'summary.html.j2' %}", 2),
    "a file elsewhere": ("\n{% include '../../etc/passwd' %}", 2),
    "an absolute file": ("\n{% include '/etc/passwd' %}", 2),
    "a huge page": (
        "\n{% for a in range(9999) %}{% for b in range(9999) %}0123456789{% endfor %}{% endfor %}", 2,
    ),
    "a huge text on the quiet": (
        ("\n{% set x %}{% for a in range(9999) %}{% for b in range(9999) %}0123456789{% endfor %}"
        "{% endfor %}{% endset %}"), 2,
    ),
    "many blocks": ("\n" + "{% for a in [1] %}" * 30 + "{% endfor %}" * 30, 1),
    "markup by filter": ("\n{{ title|safe }}", 2),
    "no escaping": ("\n{% autoescape false %}{{ title }}{% endautoescape %}", 2),
    "chance": ("\n{{ [1, 2, 3]|random }}", 2),
}  # fmt: skip


@pytest.fixture(scope="module")
def small() -> bytes:
    return new_sample("en", 0.02)


@pytest.fixture
def path(tmp_path: Path, small: bytes) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(small)
    (tmp_path / "tracker.toml").write_text('templates = "mine"\n', "utf-8")
    (tmp_path / "mine").mkdir()
    return path


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_with_one_line(
    path: Path, capsys: pytest.CaptureFixture[str], attack: str
) -> None:
    body, line = ATTACKS[attack]
    (path.parent / "mine" / page.TEMPLATE).write_text(body, "utf-8")
    before, start = path.read_bytes(), time.process_time()
    assert run(["refresh", str(path), *DAY, "--lang", "en"]) == 2
    out = capsys.readouterr()
    assert out.out == ""
    (said,) = out.err.splitlines()
    assert said.startswith(f"tracker: template {page.TEMPLATE}:{line}: ")
    assert "root:" not in said
    assert path.read_bytes() == before
    assert time.process_time() - start < 10


@pytest.mark.skipif(os.name != "posix", reason="limits of memory are set on POSIX only")
def test_all_attacks_together_stay_small(path: Path) -> None:
    """In one process that has a gigabyte of memory to itself."""
    code = (
        "import resource, sys\nfrom tests.safety.test_templates import ATTACKS\n"
        "from tracker.errors import TemplateError\nfrom tracker.summary import page\n"
        "from pathlib import Path\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "folder = Path(sys.argv[1])\n"
        "for body, _ in ATTACKS.values():\n"
        "    (folder / page.TEMPLATE).write_text(body, 'utf-8')\n"
        "    try:\n        page.render_page({'lang': 'en', 'title': 'T'}, folder)\n"
        "    except TemplateError as e:\n        assert 'Memory' not in str(e), e\n"
        "    else:\n        raise SystemExit(body)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path.parent / "mine")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_what_is_typed_is_escaped_whatever_the_template_does(path: Path) -> None:
    hand = Hand(path.read_bytes())
    row = int(hand.frame("issues").index[0])
    hand.type("issues", "issue", row, "<script>{{7*7}}</script>")
    path.write_bytes(hand.done())
    body = (
        "{% set x %}<b>{{ typed }}</b>{% endset %}{{ x }}{{ '<i>' ~ typed }}{{ typed + x }}"
        "{{ [x, typed]|join(typed) }}{{ typed|trim }}{% for c in [typed] %}{{ c|default('') }}{% endfor %}"
        "<p title='{{ typed }}'>"
    )
    (path.parent / "mine" / page.TEMPLATE).write_text(body, "utf-8")
    html = page.render_page({"lang": "en", "typed": "<script>'"}, path.parent / "mine")
    assert "<script" not in html
    assert "title='&lt;script&gt;&#39;'" in html
    assert html.count("<b>") == 3


def test_a_template_of_ones_own_that_means_well(path: Path) -> None:
    body = (
        "<h1>{{ title|upper }}</h1>{% set n = namespace(k=0) %}\n"
        "{% for i in range(1, 1000) %}{% set n.k = n.k + i %}{% endfor %}\n"
        "<p>{{ n.k }} {{ ['a', 'b']|join(', ') }} {{ 'x' ~ 3 * 4 }} {{ [3, 1, 2]|sort|first }}</p>"
    )
    (path.parent / "mine" / page.TEMPLATE).write_text(body, "utf-8")
    assert run(["refresh", str(path), *DAY]) in (0, 1)
    sheet = Workbook.open(path).sheet("Summary")
    texts = [sheet.get(f"B{r}") for r in (1, 2, 3)]
    assert any("499500 a, b x12 1" in str(t).replace(",5", "5") for t in texts), texts
