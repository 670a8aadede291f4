from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from functools import partial
from pathlib import Path

import pytest

from tests.sample.reading import Record, Told, columns
from tracker.resources import schema_dir
from tracker.sample import default_rep_name, story
from tracker.schema.load import load

HASH = """
from hashlib import sha256
from tracker.sample import story
print(sha256(repr(story("{}")).encode()).hexdigest())
"""
MODULES = ("customers", "visits", "messaging", "targets", "issues", "preferences")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_story_does_not_depend_on_the_machine(lang: str) -> None:
    places = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8"},
    ]
    hashes = {
        subprocess.run(
            [sys.executable, "-c", HASH.format(lang)],
            env=os.environ | place,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for place in places
    }
    assert len(hashes) == 1


def test_another_rep_code_is_another_story() -> None:
    assert story(size=0.1) == story(rep_code="R001", size=0.1)
    assert story(size=0.1)["visits"] != story(rep_code="R002", size=0.1)["visits"]


def test_the_rep_is_named_and_can_be_renamed() -> None:
    for lang in ("zh", "en"):
        own = story(lang, "R009", size=0.1)
        assert {row["owner_rep"] for row in own["customers"]} == {default_rep_name(lang, "R009")}
    renamed = story(rep_name="钱一", size=0.1)
    assert {row["owner_rep"] for row in renamed["customers"]} == {"钱一"}
    assert {row["owner"] for row in renamed["issues"]} == {"钱一"}


def test_counts(told: Told) -> None:
    counts = {module: len(rows) for module, rows in told.typed.items()}
    institutions = told.full(42)
    assert counts == {
        "customers": told.full(150),
        "visits": told.full(2500) + told.full(40),
        "messaging": told.full(1200),
        "targets": institutions * 3 * 8,
        "issues": told.full(60),
        "preferences": told.full(150),
        "products": 3,
        "institutions": institutions,
    }


@pytest.mark.parametrize("size", [0.01, 0.05, 0.33, 0.8])
def test_any_part_of_a_territory_can_be_told(size: float) -> None:
    tables = story(size=size)
    assert len(tables["visits"]) >= round(2540 * size) - 1
    assert all(tables.values())


@pytest.mark.parametrize("size", [0, -1, 1.01])
def test_a_size_out_of_range_is_refused(size: float) -> None:
    with pytest.raises(ValueError, match="size"):
        story(size=size)


def test_both_languages_tell_the_same_story() -> None:
    def outline(lang: str) -> dict[str, list[Record]]:
        return {
            module: [{name: _plain(value) for name, value in row.items()} for row in rows]
            for module, rows in story(lang).items()
        }

    assert outline("zh") == outline("en")


def _plain(value: object) -> object:
    return "text" if isinstance(value, str) else value


def _is_text(value: object) -> bool:
    return type(value) is str


TYPES: dict[str, Callable[[object], bool]] = {
    "date": lambda v: type(v) is date,
    "time": lambda v: type(v) is clock,
    "int": lambda v: type(v) is int,
    "num": lambda v: type(v) in (int, float),
    "monthday": lambda v: type(v) in (str, date),
}


def test_only_core_input_columns_with_the_values_of_their_type(told: Told) -> None:
    for module in MODULES:
        described = columns(module)
        for row in told.typed[module]:
            for name, value in row.items():
                column = described[name]
                assert column.get("pack", "core") == "core"
                assert column.get("owner", "input") == "input"
                assert TYPES.get(column["type"], _is_text)(value), (name, value)


def test_every_required_column_is_filled(told: Told) -> None:
    for module in MODULES:
        needed = {n for n, c in columns(module).items() if c.get("need") == "required"}
        for row in told.typed[module]:
            assert needed <= row.keys(), (module, needed - row.keys())


def test_texts_need_no_cleaning(told: Told) -> None:
    for rows in told.typed.values():
        for row in rows:
            for text in row.values():
                if isinstance(text, str):
                    assert text == text.strip() != ""
                    assert not set(text) & set("{}\n\r\t\u3000")
                    assert not text.startswith(("=", "+", "-", "@"))


def test_chinese_texts_can_be_shown_on_a_chinese_console(told: Told) -> None:
    for rows in told.typed.values():
        for row in rows:
            for text in row.values():
                str(text).encode("gbk")


def test_people_and_products_that_are_named_exist(told: Told) -> None:
    people = told.customers().keys()
    products = {row["name"] for row in told.typed["products"]}
    for module in ("messaging", "issues", "preferences"):
        assert {row["customer"] for row in told.rows(module)} <= people
    assert {name for row in told.rows("visits") for name in row["customer"]} <= people
    for module in ("messaging", "issues", "targets"):
        assert {row["product"] for row in told.rows(module)} <= products


def test_aliases_name_one_institution_each(told: Told) -> None:
    rows = told.typed["institutions"]
    words = [row[key] for row in rows for key in ("name", "alias")]
    assert len(set(words)) == len(words)
    assert {row["institution"] for row in told.typed["customers"]} == {row["name"] for row in rows}


def test_the_products_are_counted_in_boxes(told: Told) -> None:
    box = {"zh": ("盒", "是"), "en": ("Box", "Yes")}[told.lang]
    assert {(row["unit"], row["active"]) for row in told.typed["products"]} == {box}


def test_the_story_costs_a_few_loads_of_the_schema(tmp_path: Path) -> None:
    # A ratio, as clocks differ: both in processor time, about 0.27 s to 0.06 s.
    def spent(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    told = min(spent(story) for _ in range(3))
    folders = [Path(shutil.copytree(schema_dir(), tmp_path / str(n))) for n in range(3)]
    loaded = min(spent(partial(load, folder)) for folder in folders)
    assert told < 9 * loaded
