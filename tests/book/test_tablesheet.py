from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import pytest
import xlsxwriter
from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tracker.book.lists import ROWS
from tracker.book.look import HEADER_HEIGHT, Look
from tracker.book.tablesheet import (
    growing_list,
    pick_source,
    reference_source,
    shown_columns,
    write_table,
)
from tracker.schema.load import load
from tracker.schema.model import Column, Module, Pick
from tracker.xlsx.refs import letters

SCHEMA = load()
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PACKS = frozenset(c.pack for m in SCHEMA.modules.values() for c in m.columns)
KINDS = [
    pytest.param(m, packs, lang, id=f"{m.name}-{name}-{lang}")
    for m in SCHEMA.modules.values()
    for name, packs in (("core", frozenset[str]()), ("all", PACKS))
    for lang in ("zh", "en")
]


class Made(NamedTuple):
    sheet: Worksheet
    columns: Sequence[Column]
    xml: etree._Element
    table: etree._Element


def made(
    module: Module, packs: frozenset[str] = frozenset(), lang: str = "zh",
    rows: Sequence[Mapping[str, object]] = (),
) -> Made:  # fmt: skip
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    columns = shown_columns(module, packs)
    sheet = book.add_worksheet(module.sheet[lang])
    write_table(sheet, module, columns, rows, Look(book), SCHEMA, lang)
    book.close()
    with zipfile.ZipFile(buffer) as package:
        xml = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
        table = etree.fromstring(package.read("xl/tables/table1.xml"))
    read = load_workbook(buffer).worksheets[0]
    assert isinstance(read, Worksheet)
    return Made(read, columns, xml, table)


@cache
def visits(lang: str = "zh") -> Made:
    row = {
        "visit_date": dt.date(2026, 7, 1), "start_time": dt.time(9, 30), "customer": "=1+1",
        "visit_status": "计划", "next_materials": "彩页", "appointment_confirmed": True,
    }  # fmt: skip
    return made(SCHEMA.modules["visits"], PACKS, lang, [row])


def at(result: Made, field: str) -> int:
    return [c.name for c in result.columns].index(field) + 1


def letter(result: Made, field: str) -> str:
    return letters(at(result, field))


@pytest.mark.parametrize(("module", "packs", "lang"), KINDS)
class TestEveryTable:
    def test_header_cells_equal_labels_and_table_columns(
        self, module: Module, packs: frozenset[str], lang: str
    ) -> None:
        result = made(module, packs, lang)
        labels = [c.label(lang) for c in result.columns]
        assert [c.value for c in result.sheet[1]] == labels
        assert [c.get("name") for c in result.table.iter(MAIN + "tableColumn")] == labels
        assert result.table.get("displayName") == module.table
        assert len({text.lower() for text in labels}) == len(labels)

    def test_every_column_has_a_width_and_a_format_for_rows_to_come(
        self, module: Module, packs: frozenset[str], lang: str
    ) -> None:
        result = made(module, packs, lang)
        described = {
            i: col
            for col in result.xml.iter(MAIN + "col")
            for i in range(int(col.get("min", 0)), int(col.get("max", 0)) + 1)
        }
        for i, column in enumerate(result.columns, 1):
            assert float(described[i].get("width", 0)) >= column.width
            assert described[i].get("style") is not None
            assert (described[i].get("hidden") == "1") == column.folded

    def test_excels_limits_hold(self, module: Module, packs: frozenset[str], lang: str) -> None:
        result = made(module, packs, lang)
        for rule in result.sheet.data_validations.dataValidation:
            assert len(rule.errorTitle or "") <= 32
            assert len(rule.error or "") <= 224
            assert len(rule.prompt or "") <= 255
            assert rule.formula1.startswith("_trk.list.")
            assert rule.errorStyle in (None, "warning")
        assert len(result.table.get("name", "")) < 255

    def test_required_columns_come_first_and_the_tools_last(
        self, module: Module, packs: frozenset[str], lang: str
    ) -> None:
        owners = [c.owner for c in shown_columns(module, packs)]
        first_own = next(i for i, owner in enumerate(owners) if owner != "input")
        assert "input" not in owners[first_own:], lang
        assert shown_columns(module, packs)[0].need in ("required", "recommended")

    def test_a_header_that_needs_explaining_has_its_note(
        self, module: Module, packs: frozenset[str], lang: str
    ) -> None:
        result = made(module, packs, lang)
        for cell, column in zip(result.sheet[1], result.columns, strict=True):
            said = cell.comment.text if cell.comment else None
            assert said == column.help.get(lang), column.name


def test_only_core_columns_unless_a_pack_is_asked_for() -> None:
    module = SCHEMA.modules["visits"]
    core = shown_columns(module, frozenset())
    assert {c.pack for c in core} == {"core"}
    assert {c.pack for c in shown_columns(module, frozenset({"precall"}))} == {"core", "precall"}


def test_values_keep_their_types_and_text_stays_text() -> None:
    result = visits()
    row = result.sheet[2]
    assert row[at(result, "visit_date") - 1].value == dt.datetime(2026, 7, 1)  # noqa: DTZ001
    assert row[at(result, "visit_date") - 1].number_format == "yyyy-mm-dd"
    assert row[at(result, "start_time") - 1].value == dt.time(9, 30)
    assert row[at(result, "appointment_confirmed") - 1].value is True
    typed = row[at(result, "customer") - 1]
    assert (typed.value, typed.data_type) == ("=1+1", "s")


def test_a_day_among_days_without_a_year_shows_as_a_day() -> None:
    day = dt.date(1980, 5, 18)
    result = made(SCHEMA.modules["preferences"], rows=[{"important_date": day, "remind_days": 7}])
    cell = result.sheet.cell(2, at(result, "important_date"))
    assert (cell.value, cell.number_format) == (dt.datetime(1980, 5, 18), "yyyy-mm-dd")  # noqa: DTZ001
    assert result.sheet.cell(2, at(result, "remind_days")).value == 7


def test_the_plan_before_a_visit_is_folded_and_opens_on_its_right() -> None:
    result = visits()
    folded = [i for i, c in enumerate(result.columns, 1) if c.folded]
    hidden, plus = set(), set()
    for col in result.xml.iter(MAIN + "col"):
        span = range(int(col.get("min", 0)), int(col.get("max", 0)) + 1)
        hidden |= set(span) if col.get("hidden") == "1" else set()
        plus |= set(span) if col.get("collapsed") == "1" else set()
    assert hidden == set(folded)
    assert plus == {i + 1 for i in folded} - set(folded)


def test_drop_downs_stand_on_their_columns_and_reach_rows_to_come() -> None:
    result = visits()
    found = {str(r.sqref): r.formula1 for r in result.sheet.data_validations.dataValidation}
    where = letter(result, "visit_method")
    assert found[f"{where}2:{where}{ROWS + 1}"] == "_trk.list.visits.visit_method"
    wanted = [c for c in result.columns if pick_source(SCHEMA.modules["visits"], c, SCHEMA)]
    assert len(found) == len(wanted)


def test_one_choice_warns_and_several_pass() -> None:
    result = visits()
    rules = {str(r.sqref).split("2")[0]: r for r in result.sheet.data_validations.dataValidation}

    def shows_error(field: str) -> bool:
        return bool(rules[letter(result, field)].showErrorMessage)

    assert shows_error("visit_status")
    assert shows_error("appointment_confirmed")
    assert not shows_error("purpose")
    assert not shows_error("customer")


def test_computed_columns_and_free_text_have_no_list() -> None:
    module = SCHEMA.modules["visits"]
    assert pick_source(module, module.by_name["plan_state"], SCHEMA) is None
    assert pick_source(module, module.by_name["summary"], SCHEMA) is None
    visit = SCHEMA.modules["messaging"].by_name["visit_id"]
    assert reference_source(visit, SCHEMA) is None  # a visit has no name of its own to list


def test_words_and_overdue_numbers_have_their_colours() -> None:
    result = made(SCHEMA.modules["customers"])
    rules = {
        (area.get("sqref", ""), rule.get("operator"), rule.findtext(MAIN + "formula"))
        for area in result.xml.iter(MAIN + "conditionalFormatting")
        for rule in area
    }
    trend = letter(result, "trend_now")
    overdue = letter(result, "overdue_days")
    check = letter(result, "row_check")
    assert (f"{trend}2:{trend}{ROWS + 1}", "equal", '"上升"') in rules
    assert (f"{overdue}2:{overdue}{ROWS + 1}", "greaterThan", "0") in rules
    assert len([r for r in rules if r[0].startswith(f"{check}2") and r[1] == "beginsWith"]) == 2


def test_a_quotation_mark_in_a_word_does_not_break_its_rule() -> None:
    module = SCHEMA.modules["issues"]
    odd = Column(
        "state", "态", "pick", owner="computed", picks=(Pick("x", '"急"', "!", 0, (), "bad"),)
    )
    result = made(replace(module, columns=(*module.columns, odd)))
    formulas = [f.text for f in result.xml.iter(MAIN + "formula")]
    assert '"""急"""' in formulas


def test_what_names_a_row_stays_in_sight_and_on_every_page() -> None:
    assert visits().sheet.freeze_panes == "C2"
    result = made(SCHEMA.modules["customers"])
    assert result.sheet.freeze_panes == "B2"
    assert result.sheet.print_title_cols == "$A:$A"
    assert result.sheet.print_title_rows == "$1:$1"
    assert result.sheet.row_dimensions[1].height == pytest.approx(HEADER_HEIGHT, abs=1)


def test_no_table_style_paints_over_the_cells() -> None:
    info = next(visits().table.iter(MAIN + "tableStyleInfo"))
    assert (info.get("name"), info.get("showRowStripes")) == ("TableStyleLight1", "0")


def test_digits_kept_as_text_raise_no_green_corner() -> None:
    result = made(SCHEMA.modules["customers"])
    areas = next(result.xml.iter(MAIN + "ignoredError")).get("sqref", "").split()
    phone = letter(result, "private_phone")
    assert f"{phone}2:{phone}{ROWS + 1}" in areas


def test_a_module_without_text_columns_needs_no_such_permission() -> None:
    only = Module(
        "m", {"zh": "表", "en": "T"}, (Column("n", "数", "num", need="required"),), "tblM", "n", "M"
    )
    result = made(only)
    assert list(result.xml.iter(MAIN + "ignoredError")) == []
    assert result.sheet.freeze_panes == "B2"


def test_a_table_of_folded_columns_alone_opens_beside_it() -> None:
    last = Column("n", "数", "num", folded=True)
    only = Module("m", {"zh": "表", "en": "T"}, (Column("a", "甲", "text"), last), "tblM", "a", "M")
    cols = list(made(only).xml.iter(MAIN + "col"))
    assert [(c.get("min"), c.get("hidden"), c.get("collapsed")) for c in cols] == [
        ("1", None, None), ("2", "1", None), ("3", None, "1"),
    ]  # fmt: skip


def test_a_growing_list_ends_at_the_last_filled_cell() -> None:
    assert growing_list("It's", 2) == (
        f"OFFSET('It''s'!$B$2,0,0,MAX(1,COUNTA('It''s'!$B$2:$B${ROWS + 1})),1)"
    )
