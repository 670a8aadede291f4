from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.book.state import MARK, Marks, Past, State, kept, mark, read_state, state_sheet
from tracker.xlsx import Sheet, Workbook

_SHEET = "_tracker"


def _sheet(lines: list[str]) -> Sheet:
    book = openpyxl.Workbook()
    book.worksheets[0].title = _SHEET
    for line in lines:
        book.worksheets[0].append([line])
    buffer = io.BytesIO()
    book.save(buffer)
    return Workbook(buffer.getvalue()).sheet(_SHEET)


def _lines(state: State) -> list[str]:
    """The JSON lines of a state, by way of the worksheet part that holds them."""
    book = Workbook(_blank())
    book.put_plain(_SHEET, state_sheet(state))
    sheet = Workbook(book.to_bytes()).sheet(_SHEET)
    return [str(sheet.get(f"A{row}")) for row in sheet.scan.rows]


def _blank() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


_TEXT = st.text(st.characters(codec="gbk", exclude_categories=["Cc"]), min_size=1, max_size=8)
_VALUE = _TEXT | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
_MARK = st.text("0123456789abcdef", min_size=MARK, max_size=MARK)
_PAST = st.builds(Past, _TEXT, st.dates().map(str), _TEXT | st.just(""))
_STATES = st.builds(
    State,
    meta=st.dictionaries(_TEXT.filter(lambda key: key != "as_of"), _TEXT, max_size=3),
    rows=st.dictionaries(
        _TEXT,
        st.dictionaries(_TEXT, st.dictionaries(_TEXT, _VALUE, max_size=3), min_size=1, max_size=3),
        max_size=2,
    ),
    memory=st.dictionaries(
        _TEXT,
        st.dictionaries(_TEXT, st.dictionaries(_TEXT, _PAST, max_size=3), min_size=1, max_size=3),
        max_size=2,
    ),
    sheets=st.dictionaries(
        _TEXT, st.dictionaries(st.integers(1, 99), _MARK, min_size=1), max_size=2
    ),
)


@settings(max_examples=25, deadline=None)
@given(_STATES)
def test_what_is_written_is_read_back(state: State) -> None:
    back = read_state(_sheet(_lines(state)))
    sound = {
        k: v for k, v in state.meta.items() if k != "revision" and not k.startswith("counter.")
    }
    assert back.meta == sound
    assert back.rows == state.rows
    assert back.sheets == state.sheets
    assert back.memory == state.memory


def test_marks_are_read_back_where_there_are_some() -> None:
    rows: dict[str, dict[str, dict[str, object]]] = {"m": {"A": {"f": "x"}, "B": {}}}
    marks = Marks(["g", "h"], {"A": mark(1.0) + mark(None), "B": "----" + mark("x")})
    back = read_state(_sheet(_lines(State(rows=rows, marks={"m": marks}))))
    assert back.marks == {"m": marks}
    assert [marks.of(key, f) for key in "ABC" for f in "gh"] == [
        mark(1.0), mark(None), None, mark("x"), None, None,
    ]  # fmt: skip
    assert marks.of("A", "i") is None


_GOOD = json.dumps(
    {"meta": {"workbook": "w", "revision": "3"}, "fields": {"m": ["f"]}, "marks": {}}
)
_ROW = json.dumps(["m", "A", "", ["x"]])


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "3", "null", '"x"', "[]", "[1,2,3,4]", '[["m"],"A","",["x"]]', '["m",["A"],"",[1]]',
        '["m","B",3,["x"]]', '["m","B","",3]', '["m","B","",[["x"]]]', '["@s","two","abcd"]',
        '["m","B",[["x"]]]', '["m",3,[["x","2026-06-30",""]]]', '["m","B",7]',
        '{"meta":3}', '{"meta":{"revision":"many","counter.m":"-1","x":5},"fields":[],"marks":7}',
        '{"meta":{},"fields":{"m":"f","n":[1]},"marks":{}}', '{"meta":{"as_of":"2026-11-2"}}',
        '{"meta":{"as_of":"20261102"}}', "[" * 30_000,
    ],
)  # fmt: skip
def test_a_spoilt_line_is_passed_over(line: str) -> None:
    state = read_state(_sheet([_GOOD, line, _ROW]))
    assert state.meta == {"workbook": "w", "revision": "3"}
    assert state.rows["m"]["A"] == {"f": "x"}
    assert not any(state.rows["m"].get("B", {}).values())
    assert state.sheets == {}


def test_rows_without_the_line_that_names_their_fields_are_unknown() -> None:
    assert read_state(_sheet([_ROW])) == State()
    assert read_state(None) == State()


def test_long_texts_are_kept_as_digests() -> None:
    long = "很长的一段文字" * 5
    digest: Any = kept(long)
    assert digest == kept(long) != kept(long + "。")
    assert len(digest) < len(long)
    assert kept("短") == "短"
    assert kept(digest) != digest


def test_a_mark_forgives_the_last_digits_of_a_number() -> None:
    assert mark(0.1 + 0.2) == mark(0.3)
    assert mark("1") != mark("2")
