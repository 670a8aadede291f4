"""The pieces of Python on the pages of docs run, in their order, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF, new_sample, opened
from tests.xlsx.books import written
from tracker.api import config
from tracker.api.conffile import NAME
from tracker.api.source import source_of
from tracker.schema.load import load
from tracker.summary.blocks import known
from tracker.summary.choice import Choice
from tracker.summary.marks import FILTERS
from tracker.summary.model import build
from tracker.summary.tables import functions
from tracker.xlsx import Workbook

ROOT = Path(__file__).resolve().parent.parent


def blocks(page: str, kind: str = "python") -> Iterator[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from re.findall(rf"^```{kind}\n(.*?)^```", text, re.S | re.M)


def any_book() -> bytes:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("Sheet1")
        columns = [
            {"header": "no", "total_string": "all"},
            {"header": "pieces", "total_function": "sum"},
        ]
        sheet.add_table("E1:F4", {"name": "Orders", "columns": columns, "total_row": True})
        sheet.write_row("E2", ["X-1", 3])
        sheet.write_row("E3", ["X-2", 5])
        sheet.write_row("A2", ["old", 1])

    return written(build)


def test_the_pieces_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("any.xlsx").write_bytes(any_book())
    scope: dict[str, Any] = {}
    found = list(blocks("docs/lossless.md"))
    assert len(found) >= 6
    for i, block in enumerate(found, 1):
        exec(compile(block, f"docs/lossless.md, piece {i}", "exec"), scope)
    after = Workbook.open("any.xlsx")
    assert after.sheet("Sheet1").get("B2") == 3.5
    assert after.sheet_names == ["Sheet1"]
    assert after.names["rate"] == "Sheet1!$B$2"
    assert after.properties == {"reviewed": True}
    assert str(after.sheet("Sheet1").tables[0].area) == "E1:G8"
    assert after.sheet("Sheet1").get("E8") == "all"


def section(page: str, head: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^{re.escape(head)}\n(.*?)(?=^##|\Z)", text, re.S | re.M)
    return str(found)


def keys(value: object) -> set[str]:
    """Every key in a value of the context, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_every_key_of_the_context_of_templates_is_described() -> None:
    session = opened(new_sample("zh", 0.3)).session
    source = source_of(session, session.analyse(AS_OF), [])
    context = build(source, title="T", choice=Choice(known()))
    named = section("docs/template.md", "## The context")
    assert {key for key in context if f"`{key}`" not in named} == set()
    common = section("docs/template.md", "### Common to many blocks")
    data: Any = context["data"]
    assert set(data) == set(known())
    for name, block in data.items():
        told = common + section("docs/template.md", f"### {name}")
        assert {key for key in keys(block) if f"`{key}`" not in told} == set(), name


def test_every_function_and_filter_of_templates_is_described() -> None:
    told = (ROOT / "docs/template.md").read_text(encoding="utf-8")
    names = [*functions({}), *FILTERS, "chart", "spark"]
    assert [n for n in names if f"`{n}" not in told] == []


def test_a_frame_of_ones_own_is_checked_as_the_page_says() -> None:
    (block,) = blocks("docs/frames.md")
    exec(compile(block, "docs/frames.md", "exec"), {})


def test_every_key_of_the_configuration_is_described() -> None:
    told = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    schema = load()
    settings = {s.key for look in schema.lookups.values() for s in look.rows}
    names = {*config._KEYS, *settings}.union(*config._INSIDE.values())
    assert {name for name in names if f"`{name}`" not in told} == set()
    groups = section("docs/configuration.md", "## Thresholds")
    assert {name for name in schema.thresholds if f"| `{name}` |" not in groups} == set()


def test_the_pieces_of_configuration_are_read(tmp_path: Path) -> None:
    found = list(blocks("docs/configuration.md", "toml"))
    assert len(found) == 2
    for text in found:
        path = tmp_path / NAME
        path.write_text(text, encoding="utf-8")
        made = config.load(path)
        assert made.over(load()).thresholds != load().thresholds
        assert made.zone
