"""The owner's own sheets of the worked book: a board with a chart and a picture, costs, notes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sample_workbooks.diary import Row
from sample_workbooks.tables import VISITS, Formats

BOARD, COSTS, NOTES = "我的看板", "费用", "备忘"
_METHODS = ("实地拜访", "电话拜访", "线上会议", "微信", "科室会")
_MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
_KINDS = ("交通", "会议", "资料印制")
_BUDGET = 1500
_DONE = "已完成"


def write_board(book: Any, visits: Sequence[Row], formats: Formats) -> None:
    """A merged title, counts by formulas over the visits, sparklines, a chart, a picture."""
    sheet = book.add_worksheet(BOARD)
    look = {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}
    title = formats(**look, bg_color="#7030A0", font_color="#FFFFFF")
    sheet.merge_range(0, 0, 0, 7, "林可欣的看板", title)
    sheet.write_row(1, 0, ["方式", *_MONTHS, "走势", "合计"], formats(bold=True, align="center"))
    _write_counts(sheet, visits, formats)
    last = 2 + len(_METHODS)
    sheet.conditional_format(2, 7, last - 1, 7, {"type": "data_bar", "data_bar_2010": True})
    sheet.insert_chart(last + 1, 0, _chart(book, last))
    picture = io.BytesIO(_picture())
    sheet.insert_image(last + 1, 8, "map.png", {"image_data": picture, "description": "片区示意图"})
    sheet.set_row(0, 28)
    sheet.set_column(0, 0, 14)
    sheet.set_column(6, 6, 18)
    sheet.print_area(0, 0, last + 18, 12)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页")
    book.define_name("我的方式", f"={BOARD}!$A$3:$A${last}")
    book.define_name(f"{BOARD}!本页合计", f"={BOARD}!$H$3:$H${last}")


def _write_counts(sheet: Any, visits: Sequence[Row], formats: Formats) -> None:
    """A line a method: a count a month by formula, a sparkline, the sum."""
    for row, method in enumerate(_METHODS, 2):
        counts = [_count(visits, method, month) for month in _MONTHS]
        sheet.write_string(row, 0, method, formats())
        for at, (month, count) in enumerate(zip(_MONTHS, counts, strict=True), 1):
            sheet.write_formula(row, at, _count_formula(row + 1, month), formats(), count)
        sheet.add_sparkline(row, 6, {"range": f"{BOARD}!B{row + 1}:F{row + 1}", "markers": True})
        sheet.write_formula(row, 7, f"=SUM(B{row + 1}:F{row + 1})", formats(bold=True), sum(counts))


def _count(visits: Sequence[Row], method: str, month: str) -> int:
    return sum(
        v["visit_status"] == _DONE and v["visit_method"] == method
        and v["visit_date"].isoformat().startswith(month)
        for v in visits
    )  # fmt: skip


def _count_formula(row: int, month: str) -> str:
    year, number = map(int, month.split("-"))
    day = "tblVisits[拜访日期]"
    return (
        f'=COUNTIFS(tblVisits[状态],"{_DONE}",tblVisits[拜访方式],$A{row},'
        f'{day},">="&DATE({year},{number},1),{day},"<"&DATE({year},{number + 1},1))'
    )


def _chart(book: Any, last: int) -> Any:
    chart = book.add_chart({"type": "line"})
    for row in range(2, last):
        chart.add_series({
            "name": [BOARD, row, 0], "categories": [BOARD, 1, 1, 1, 5], "values": [BOARD, row, 1, row, 5],
        })  # fmt: skip
    chart.set_title({"name": "每月拜访"})
    return chart


def _picture() -> bytes:
    """A small PNG: a territory's four quarters in four colours; stored, as zlibs pack differently."""
    side, colours = 48, ((112, 48, 160), (226, 239, 218), (255, 192, 0), (91, 155, 213))
    rows = b"".join(
        b"\0" + b"".join(bytes(colours[2 * (2 * y // side) + 2 * x // side]) for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def write_costs(book: Any, formats: Formats) -> None:
    """A list with a filter that hides rows, a colour scale, an own check and an own total."""
    sheet = book.add_worksheet(COSTS)
    rows = [(date(2026, i // 3 + 1, 10), _KINDS[i % 3], 180 + 90 * (i * 7 % 11)) for i in range(15)]
    sheet.write_row(0, 0, ["日期", "类别", "金额"], formats(bold=True))
    for n, (day, kind, amount) in enumerate(rows, 1):
        sheet.write_datetime(n, 0, day, formats(num_format="yyyy-mm-dd"))
        sheet.write_string(n, 1, kind, formats())
        sheet.write_number(n, 2, amount, formats(num_format="#,##0.00"))
        if kind != _KINDS[0]:
            sheet.set_row(n, None, None, {"hidden": True})
    last = len(rows)
    sheet.autofilter(0, 0, last, 2)
    sheet.filter_column_list("B", [_KINDS[0]])
    total = sum(amount for *_, amount in rows)
    sheet.write_formula(last + 2, 2, f"=SUM(C2:C{last + 1})", formats(bold=True), total)
    sheet.write_formula(last + 3, 2, f"=C{last + 3}-月度预算*5", formats(), total - _BUDGET * 5)
    sheet.conditional_format(1, 2, last, 2, {"type": "3_color_scale"})
    check = {"validate": "decimal", "criteria": ">", "value": 0, "error_title": "金额"}
    sheet.data_validation(1, 2, last + 20, 2, check)
    sheet.set_column(0, 2, 13)
    book.define_name("月度预算", f"={_BUDGET}")


def write_notes(book: Any, formats: Formats) -> None:
    """Free text, partly bold, with a link to the visits."""
    sheet = book.add_worksheet(NOTES)
    bold = formats(bold=True, font_color="#C00000")
    sheet.write_rich_string(0, 0, formats(), "六月底前", bold, "务必", formats(), "交季度总结")
    sheet.write_string(1, 0, "王主任八月出国，七月底前去一次", formats(text_wrap=True))
    sheet.write_url(2, 0, f"internal:'{VISITS}'!A1", string="到拜访表")
    sheet.set_column(0, 0, 48)
