"""The module sheets of the worked book, laid out as its owner likes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from datetime import date, time
from functools import cached_property
from typing import Any

from sample_workbooks.diary import Row
from tracker.schema.load import load
from tracker.schema.model import Column, Module
from tracker.xlsx.refs import letters

FONT = "Microsoft YaHei"
VISITS = "我的拜访"
_HEADER_HEIGHT = 30
_REACH = 2000
_MOODS = ("顺利", "一般", "碰壁")


@dataclass(frozen=True)
class Own:
    """A column of the rep's own: header, the value shown in a row, its formula if it has one.

    A formula names cells as `{field}` of its row; a `calculated` one belongs to the Excel table
    and refers to the table's columns.
    """

    header: str
    value: Callable[[Row], Any]
    formula: str = ""
    calculated: bool = False
    width: float = 11


def _minutes(visit: Row) -> Any:
    start, end = visit.get("start_time"), visit.get("end_time")
    if start is None or end is None:
        return ""
    return (end.hour - start.hour) * 60 + end.minute - start.minute


def _mood(visit: Row) -> Any:
    moods = {"同意": "顺利", "模棱两可": "一般", "拒绝": "碰壁"}
    return moods.get(visit.get("customer_response", ""))


def _ratio(target: Row) -> Any:
    if not target.get("target") or target.get("actual") is None:
        return ""
    return math.floor(1000 * target["actual"] / target["target"] + 0.5) / 1000


MINUTES = Own(
    "拜访分钟", _minutes,
    'IF(OR({start_time}="",{end_time}=""),"",ROUND(({end_time}-{start_time})*1440,0))',
)  # fmt: skip
MOOD = Own("心情", _mood)
PHONED = Own(
    "留了电话", lambda r: "有" if r.get("office_phone") else "无",
    'IF(tblCustomers[[#This Row],[办公电话]]="","无","有")', calculated=True,
)  # fmt: skip
RATIO = Own(
    "我算的达成", _ratio,
    'IF(OR(COUNT({target},{actual})<2,{target}=0),"",ROUND({actual}/{target},3))',
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How the owner laid out a module.

    Attributes:
        sheet: what the sheet is called, "" for the name it came with.
        first: fields moved to the front.
        own: columns of the owner, by the field that they follow.
        gone: columns deleted.
        renamed: header by field, where the owner wrote another.
    """

    sheet: str = ""
    first: Sequence[str] = ()
    own: Mapping[str, Own] = having(default_factory=dict)
    gone: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = having(default_factory=dict)


LAYOUTS = {
    "customers": Layout(own={"email": PHONED}, gone=frozenset({"tier_source"})),
    "visits": Layout(
        sheet=VISITS,
        first=("visit_status", "visit_method", "visit_date", "customer"),
        own={"end_time": MINUTES, "objective_result": MOOD},
        gone=frozenset({"competitor_activity"}),
        renamed={"summary": "沟通纪要"},
    ),
    "targets": Layout(first=("period", "product"), own={"actual": RATIO}),
}


class ModuleSheet:
    """One module's sheet under construction: its columns in order, its rows, where a field is."""

    def __init__(self, module: Module, rows: Sequence[Row]) -> None:
        self.module, self.rows = module, rows
        self.layout = LAYOUTS.get(module.name, Layout())
        self.name = self.layout.sheet or module.sheet["zh"]

    @cached_property
    def columns(self) -> list[Column | Own]:
        """Columns from left to right."""
        core = {c.name: c for c in self.module.columns if c.pack == "core"}
        front = [core[n] for n in self.layout.first]
        rest = [c for c in core.values() if c not in front and c.name not in self.layout.gone]
        found: list[Column | Own] = []
        for column in [*front, *rest]:
            found.append(column)
            if column.name in self.layout.own:
                found.append(self.layout.own[column.name])
        return found

    def place(self, what: str | Own) -> int:
        """0-based column of a field or of a column of the owner's."""
        named = [c if isinstance(c, Own) else c.name for c in self.columns]
        return named.index(what)

    def letter(self, what: str | Own) -> str:
        """Column letters of a field or of a column of the owner's."""
        return letters(self.place(what) + 1)

    def header(self, column: Column | Own) -> str:
        """Header text of a column."""
        if isinstance(column, Own):
            return column.header
        return self.layout.renamed.get(column.name, column.label("zh"))

    def formula(self, own: Own, row: int) -> str:
        """The formula of an own column in a 1-based row."""
        if own.calculated:
            return own.formula
        names = (c.name for c in self.columns if isinstance(c, Column))
        return own.formula.format_map({n: f"{self.letter(n)}{row}" for n in names})


class Formats:
    """Cell formats of the workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __call__(self, **how: object) -> Any:
        """The format with these properties in the owner's font."""
        key = tuple(sorted(how.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": FONT, "font_size": 10, **how})
        return self._made[key]


def modules() -> dict[str, Module]:
    """The shipped modules in the order of their tabs."""
    return dict(load().modules)


def write_module(sheet: Any, made: ModuleSheet, formats: Formats) -> None:
    """Write the header, the table and its rows."""
    head = formats(bold=True, bg_color="#E2EFDA", text_wrap=True, valign="vcenter")
    titles = [_title(made, c) | {"header_format": head} for c in made.columns]
    last = len(made.rows)
    options = {"name": made.module.table, "style": "Table Style Medium 7", "columns": titles}
    sheet.add_table(0, 0, last, len(made.columns) - 1, options)
    sheet.set_row(0, _HEADER_HEIGHT)
    for at, column in enumerate(made.columns):
        sheet.set_column(at, at, column.width, formats(**_look(column)))
        for n, row in enumerate(made.rows, 1):
            _write(sheet, made, n, at, row, formats(**_look(column), **_by_hand(made, n, at)))
    sheet.freeze_panes(1, 2)


def _title(made: ModuleSheet, column: Column | Own) -> dict[str, Any]:
    title: dict[str, Any] = {"header": made.header(column)}
    if isinstance(column, Own) and column.calculated:
        title["formula"] = column.formula
    return title


def _look(column: Column | Own) -> dict[str, object]:
    if isinstance(column, Own):
        return {"font_color": "#7030A0"}
    if column.type == "monthday":
        return {"num_format": "yyyy-mm-dd"}
    return {"num_format": column.format} if column.format else {}


def _by_hand(made: ModuleSheet, row: int, at: int) -> dict[str, object]:
    """What the owner marked: a few bold rows of visits, a few yellow names of customers."""
    if made.module.name == "visits" and row % 97 == 5:
        return {"bold": True}
    if made.module.name == "customers" and at == 0 and row % 11 == 3:
        return {"bg_color": "#FFFF00"}
    return {}


def _write(sheet: Any, made: ModuleSheet, row: int, at: int, values: Row, cell: Any) -> None:
    column = made.columns[at]
    value = column.value(values) if isinstance(column, Own) else values.get(column.name)
    if isinstance(column, Own) and column.formula:
        sheet.write_formula(row, at, "=" + made.formula(column, row + 1), cell, value)
    elif isinstance(value, date | time):
        sheet.write_datetime(row, at, value, cell)
    elif isinstance(value, int | float):
        sheet.write_number(row, at, value, cell)
    elif value is not None:
        sheet.write_string(row, at, str(value), cell)


def decorate_visits(sheet: Any, made: ModuleSheet, formats: Formats) -> None:
    """Notes, an own rule, an own drop-down, a hidden row and print set-up on the visits."""
    mood, minutes = made.place(MOOD), made.letter(MINUTES)
    sheet.write_comment(3, made.place("customer"), "下次带样品目录", {"author": "林可欣"})
    sheet.write_comment(8, made.place("topic"), "主任想看三期数据", {"author": "林可欣"})
    rule = {"type": "formula", "criteria": f"=AND(ISNUMBER(${minutes}2),${minutes}2>25)"}
    long = formats(bg_color="#DDEBF7")
    sheet.conditional_format(
        1, made.place(MINUTES), _REACH, made.place(MINUTES), {**rule, "format": long}
    )
    sheet.data_validation(1, mood, _REACH, mood, {"validate": "list", "source": list(_MOODS)})
    sheet.set_row(40, None, None, {"hidden": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header("&L林可欣&R&D")


def decorate_targets(book: Any, sheet: Any, made: ModuleSheet) -> None:
    """A chart beside the data: target and actual of the first eight rows."""
    chart = book.add_chart({"type": "column"})
    for field in ("target", "actual"):
        at = made.place(field)
        chart.add_series({
            "name": [made.name, 0, at], "values": [made.name, 1, at, 8, at],
            "categories": [made.name, 1, made.place("period"), 8, made.place("period")],
        })  # fmt: skip
    chart.set_title({"name": "第一家医院八个季度"})
    sheet.insert_chart(1, len(made.columns) + 1, chart, {"object_position": 3})
