from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook as Read

from tracker.book.create import new_workbook
from tracker.book.locate import locate
from tracker.book.state import read_state
from tracker.sample import story
from tracker.schema.load import load
from tracker.xlsx import Workbook
from tracker.xlsx.refs import sheet_area

SCHEMA = load()
ROOT = Path(__file__).parents[2]
PACKS = frozenset(c.pack for m in SCHEMA.modules.values() for c in m.columns)
SETTINGS = {"rep_code": "R001", "rep_name": "林可欣"}
LANGS = ("zh", "en")
BOOKS = [
    pytest.param(lang, packs, rows, id=f"{lang}-{name}-{'rows' if rows else 'empty'}")
    for lang in LANGS
    for name, packs in (("core", frozenset[str]()), ("all", PACKS))
    for rows in (True, False)
]
SCRIPT = """
import hashlib, sys
from tests.book.test_create import made
for lang in ("zh", "en"):
    sys.stdout.write(hashlib.sha256(made(lang, frozenset({"kam", "care", "needs"}))).hexdigest())
"""


@cache
def made(lang: str = "zh", packs: frozenset[str] = frozenset(), rows: bool = True) -> bytes:
    data = story(lang, size=0.05) if rows else {}
    return new_workbook(SCHEMA, data, {**SETTINGS, "language": lang}, "WID", lang=lang, packs=packs)


@cache
def read(lang: str = "zh", packs: frozenset[str] = frozenset(), rows: bool = True) -> Read:
    return load_workbook(io.BytesIO(made(lang, packs, rows)))


def drop_downs(book: Read) -> Iterator[tuple[str, str]]:
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            yield sheet.title, rule.formula1


@pytest.mark.parametrize(("lang", "packs", "rows"), BOOKS)
class TestEveryBook:
    def test_the_sheets_stand_in_their_order(
        self, lang: str, packs: frozenset[str], rows: bool
    ) -> None:
        modules = [m.sheet[lang] for m in SCHEMA.modules.values()]
        support = [k.sheet[lang] for k in SCHEMA.lookups.values()]
        titles = {k: SCHEMA.sheet_title(k, lang) for k in SCHEMA.sheets}
        assert read(lang, packs, rows).sheetnames == [
            titles["summary"], *modules, titles["findings"], *support, titles["lists"], titles["state"],
        ]  # fmt: skip
        hidden = [s.title for s in read(lang, packs, rows).worksheets if s.sheet_state == "hidden"]
        assert hidden == [titles["lists"], titles["state"]]

    def test_every_list_of_a_drop_down_exists(
        self, lang: str, packs: frozenset[str], rows: bool
    ) -> None:
        names = Workbook(made(lang, packs, rows)).names
        for _, source in drop_downs(read(lang, packs, rows)):
            assert source.startswith('"') or source in names, source
            assert not source.startswith('"') or len(source) <= 257, source

    def test_lists_hold_the_words_of_the_workbook(
        self, lang: str, packs: frozenset[str], rows: bool
    ) -> None:
        names = Workbook(made(lang, packs, rows)).names
        lists = read(lang, packs, rows)[SCHEMA.sheet_title("lists", lang)]
        for module in SCHEMA.modules.values():
            for column in (c for c in module.owned("input") if c.picks):
                where = sheet_area(names[f"_trk.list.{module.name}.{column.name}"])
                assert where is not None
                held = [row[0].value for row in lists[str(where[1])]]
                assert held == [p.label(lang) for p in column.picks]

    def test_every_table_is_found_again_by_its_names(
        self, lang: str, packs: frozenset[str], rows: bool
    ) -> None:
        places, copies = locate(Workbook(made(lang, packs, rows)), SCHEMA)
        assert not copies
        for module in SCHEMA.modules.values():
            shown = {c.name for c in module.columns if c.pack == "core" or c.pack in packs}
            assert set(places[module.name].columns) == shown
            assert places[module.name].header_row == 1


def test_bytes_are_the_same_in_any_process() -> None:
    seen = set()
    for seed, zone in (("1", "Asia/Shanghai"), ("77", "America/New_York")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, cwd=ROOT, capture_output=True, check=True
        )
        seen.add(ran.stdout)
    assert len(seen) == 1
    assert len(seen.pop()) == 128


def test_rows_are_written_as_typed() -> None:
    data = story("zh", size=0.05)
    sheet = read()["客户基础信息"]
    assert [c.value for c in sheet["A"][1:]] == [r["customer_name"] for r in data["customers"]]
    phones = [c for c in sheet["N"][1:] if c.value]
    assert {(c.data_type, c.number_format) for c in phones} == {("s", "@")}


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sheet_says_what_to_do_and_what_the_colours_mean(lang: str) -> None:
    sheet = read(lang).worksheets[0]
    texts = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
    assert any("tracker refresh" in t for t in texts)
    assert any(SCHEMA.modules["customers"].sheet[lang] in t for t in texts)
    assert any(SCHEMA.lookups["settings"].sheet[lang] in t for t in texts)
    header = read(lang)[SCHEMA.modules["visits"].sheet[lang]]["A1"]
    assert sheet["C6"].fill.start_color.rgb == header.fill.start_color.rgb


@pytest.mark.parametrize("lang", LANGS)
def test_settings_show_labels_and_offer_the_choices(lang: str) -> None:
    lookup = SCHEMA.lookups["settings"]
    sheet = read(lang)[lookup.sheet[lang]]
    held = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
    assert held[lookup.rows[0].label(lang)] == "R001"
    assert held[{"zh": "语言", "en": "Language"}[lang]] == {"zh": "中文", "en": "English"}[lang]
    rules = {str(r.sqref): r.formula1 for r in sheet.data_validations.dataValidation}
    picked = [r for r, s in enumerate(lookup.rows, 2) if s.picks]
    assert set(rules) == {f"B{r}" for r in picked}


def test_a_setting_that_nobody_gave_has_its_default() -> None:
    data = new_workbook(SCHEMA, {}, {}, "WID", lang="zh")
    held = {r[0].value: r[1].value for r in load_workbook(io.BytesIO(data))["设置"].iter_rows()}
    assert (held["财年起始月"], held["合规方案"]) == ("1", "标准")


def test_support_sheets_keep_codes_as_text_and_offer_units() -> None:
    rows = [{"code": "007", "name": "=甲", "unit": "盒", "active": "是"}]
    data = new_workbook(SCHEMA, {"products": rows}, SETTINGS, "WID", lang="zh")
    sheet = load_workbook(io.BytesIO(data))["产品"]
    assert [(c.value, c.data_type, c.number_format) for c in sheet[2][:2]] == [
        ("007", "s", "@"), ("=甲", "s", "@"),
    ]  # fmt: skip
    sources = {str(r.sqref)[0]: r.formula1 for r in sheet.data_validations.dataValidation}
    assert sources == {"D": '"元,万元,盒,支,瓶,片,处方数"', "E": '"是,否"'}
    assert sheet.freeze_panes == "A2"


def test_the_dictionary_has_a_row_for_every_value() -> None:
    picks = [p for m in SCHEMA.modules.values() for c in m.owned("input") for p in c.picks]
    sheet = read()["字典"]
    assert [r[4].value for r in sheet.iter_rows(min_row=2)] == [p.code for p in picks]
    assert sheet.auto_filter.ref == f"A1:E{len(picks) + 1}"


def test_names_of_growing_lists_follow_their_columns() -> None:
    names = Workbook(made()).names
    assert names["_trk.list.customers"].startswith("OFFSET('客户基础信息'!$A$2")
    assert names["_trk.list.products"].startswith("OFFSET('产品'!$B$2")
    assert "_trk.list.visits" not in names


def test_the_workbook_knows_what_it_is() -> None:
    state = read_state(Workbook(made("en")).sheet("_tracker"))
    assert state.meta == {
        "workbook": "WID",
        "schema": SCHEMA.version,
        "revision": "0",
        "lang": "en",
        "owner": "",
    }
    assert not state.rows
