"""tracker.toml: what it may say, and that a mistake is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF
from tests.checks.casebook import session
from tracker.api import config, thresholds
from tracker.api.book import Book
from tracker.api.conffile import NAME
from tracker.api.run import check, refresh
from tracker.api.source import choice_of, source_of
from tracker.errors import ConfigError
from tracker.schema.load import load as load_schema
from tracker.summary.model import build


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nonsense = 1", "nonsense"),
        ("severity = 'x'", "severity"),
        ("[severity]\nVIS208 = 'fatal'", "fatal"),
        ("[severity]\nZZZ = 'error'", "ZZZ"),
        ("thresholds = 3", "thresholds"),
        ("[thresholds]\nnonsense = 1", "nonsense"),
        ("timezone = 5", "timezone"),
        ("ignore = 'VIS'", "ignore"),
        ("ignore = ['QQQ']", "QQQ"),
        ("history = 3", "history"),
        ("[history]\nnonsense = 1", "nonsense"),
        ("[history]\ndays = 'x'", "days"),
        ("summary = 3", "summary"),
        ("[summary]\nnonsense = 1", "nonsense"),
        ("[summary]\nblocks = 'key'", "blocks"),
        ("[summary]\nblocks = ['weather']", "weather"),
        ("[summary]\nlimits = {trends = 0}", "limits"),
        ("marks = true", "marks"),
        ("[marks]\ntint = 1", "tint"),
        ("[marks]\ncolour = 'red'", "colour"),
        ("[marks]\nnotes = 'yes'", "notes"),
        ("schema = 'no/such/folder'", "no/such/folder"),
        ("not toml", "TOML"),
        ("compliance_profile = 'lax'", r"compliance_profile = lax \(.*cn_strict"),
        ("compliance = 'cn_strict'", r"compliance \(compliance_profile"),
        ("schemas = 'my'", r"schemas \(schema"),
        ("ignore = ['GEN03']", r"GEN03 \(GEN003"),
        ("compliance_profle = 'off'", "compliance_profle"),
        ("[thresholds.limits]\nvisits_a_day = 'many'", "visits_a_day"),
        ("[thresholds.limits]\nvisit_a_day = 3", r"limits\.visit_a_day \(visits_a_day"),
        ("[thresholds.calls]\nlink_dais = 3", r"thresholds\.calls\.link_dais \(link_days"),
        ("[thresholds.risk.rules.refused]\npoint = 1", r"refused\.point \(points"),
        ("[thresholds.pace.runing]\nahead = 1", r"pace\.runing \(running"),
        ("[thresholds.completeness]\ncustomer = []", r"customer \(customers"),
        ("[summary]\nlimits = {trend = 3}", r"summary\.limits\.trend \(trends"),
        ("[thresholds.windows]\nqqq = 1", r"windows\.qqq \(short, long"),
        ("ignore = ['']", "ignore"),
        ("[thresholds.trend]\nwindow = 400", r"trend\.window .*60"),
        ("[thresholds.work_calendar]\nholidays = ['2026-02-30']", "holidays"),
    ],
)
def test_a_mistake_is_named(book: Path, text: str, named: str) -> None:
    before = book.read_bytes()
    path = book.with_name(NAME)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        refresh(book, AS_OF, config.load(path))
    assert book.read_bytes() == before


def test_a_block_that_there_is_not_is_refused_by_check_too(book: Path) -> None:
    path = book.with_name(NAME)
    path.write_text("[summary]\nblocks = ['weather']", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"weather \(known: .*trends"):
        check(book, AS_OF, config.load(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_saved_by_notepad_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / NAME
    path.write_text("# 设置\n[history]\ndays = 5\n", encoding=encoding)
    assert config.load(path).history == {"days": 5}


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_file_in_another_encoding_is_to_be_saved_as_utf_8(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / NAME
    path.write_text("# 设置\n[history]\ndays = 5\n", encoding=encoding)
    with pytest.raises(ConfigError, match="save it as UTF-8") as caught:
        config.load(path)
    assert "另存为 UTF-8" in caught.value.message("zh")


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_it_is_found_upward_from_the_workbook(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / NAME).write_text("timezone = 'UTC'", encoding="utf-8")
    found = config.find(deep / "book.xlsx")
    assert found == (tmp_path / NAME).resolve()
    assert config.load(found).timezone == "UTC"


def test_severities_by_code_and_by_prefix(whole_book: Path) -> None:
    path = whole_book.with_name(NAME)
    path.write_text(
        "ignore = ['ISS503']\n[severity]\nVIS = 'info'\nVIS208 = 'error'\n", encoding="utf-8"
    )
    report = check(whole_book, AS_OF, config.load(path))
    assert {(f.code, f.severity) for f in report.findings} == {
        ("VIS208", "error"), ("ISS504", "warning"), ("CUS112", "warning"), ("CUS113", "warning"),
    }  # fmt: skip
    assert report.excluded == {"visits": 8}


def test_thresholds_change_what_is_computed(book: Path) -> None:
    path = book.with_name(NAME)
    path.write_text("[thresholds.pace.complete]\nachieved = 0.5\n", encoding="utf-8")
    report = refresh(book, AS_OF, config.load(path), dry=True)
    assert report.changes is not None
    assert {c.field for c in report.changes.cells} == {"pace_status"}
    assert {c.new for c in report.changes.cells} == {"达成"}


def test_the_summary_has_the_blocks_and_lengths_that_are_asked_for(book: Path) -> None:
    path = book.with_name(NAME)
    path.write_text(
        "[summary]\nblocks = ['trends', 'key']\nlimits = {trends = 2}\n", encoding="utf-8"
    )
    made = summary_of(book, config.load(path))
    found: Any = made["data"]
    assert made["blocks"] == ["trends", "key"]
    assert len(found["trends"]["movers"]) == 2


def summary_of(book: Path, found: config.Config) -> dict[str, object]:
    """What the template of the Summary gets."""
    session = Book(book, config=found).session
    source = source_of(session, session.analyse(AS_OF), [])
    return build(source, title="T", choice=choice_of(session))


def test_limits_of_rules_can_be_changed(book: Path) -> None:
    path = book.with_name(NAME)
    path.write_text("[thresholds.limits]\nlogged_days = 0\n", encoding="utf-8")
    before = {f.code for f in check(book, AS_OF, config.Config()).findings}
    after = {f.code for f in check(book, AS_OF, config.load(path)).findings}
    assert after - before == {"VIS219"}


@pytest.mark.parametrize(
    ("sheet", "file", "codes"),
    [
        ("标准", "", {"TGT416"}),
        ("关闭", "", set()),
        ("严格", "", {"TGT412"}),
        ("关闭", "cn_default", {"TGT416"}),
        ("严格", "off", {"TGT412"}),
        ("标准", "cn_strict", {"TGT412"}),
        ("", "off", set()),
        ("", "cn_strict", {"TGT412"}),
    ],
)
def test_the_stricter_profile_holds(sheet: str, file: str, codes: set[str]) -> None:
    row = {"subject_level": "个人", "customer": "王芳"}
    sheets = {"设置": [["合规方案", sheet]]} if sheet else {}
    case = {"rows": {"targets": [row]}, "sheets": sheets}
    given = {"compliance_profile": file} if file else {}
    found = session({**case, "config": given}).analyse(AS_OF).findings
    assert {f.code for f in found} == codes


def _wrong(known: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each threshold, and each group of them, with a value of another kind."""
    if path:
        kinds = {"text": "x", "number": 3, "list": [3], "mapping": {"x": 3}}
        own = ("mapping" if isinstance(known, dict) else "list" if isinstance(known, list | tuple)
               else "number" if isinstance(known, int | float) else "text")  # fmt: skip
        if known is not None:
            yield from ((path, v) for kind, v in kinds.items() if kind != own)
    for key, value in known.items() if isinstance(known, dict) else ():
        yield from _wrong(value, f"{path}.{key}".lstrip("."))


def test_no_threshold_takes_a_value_of_another_kind() -> None:
    schema = load_schema()
    wrong = list(_wrong(thresholds.settable(schema), ""))
    assert len(wrong) > 300
    for path, value in wrong:
        *above, last = path.split(".")
        said: dict[str, Any] = {last: value}
        for key in reversed(above):
            said = {key: said}
        with pytest.raises(ConfigError, match=last):
            config.Config(thresholds=said).over(schema)
