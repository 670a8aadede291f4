"""A pivot table as Excel writes it: cache definition, cache records and the table itself.

XlsxWriter and openpyxl make none, so the parts are written here and added to the package. The
visits by method and status are counted, over a range of a module's own table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from tracker.opc.package import Package
from tracker.opc.tags import appended

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BOOK = "xl/workbook.xml"
_DEFINITION = "xl/pivotCache/pivotCacheDefinition1.xml"
_RECORDS = "xl/pivotCache/pivotCacheRecords1.xml"
_TABLE = "xl/pivotTables/pivotTable1.xml"
_CACHE_ID = 7
TOP = 3
"""Row on which the pivot table starts."""


@dataclass(frozen=True)
class Source:
    """What is counted: a range of a sheet, and its columns by header, values from top to bottom.

    `down` and `across` name the columns that the pivot table sorts by.
    """

    sheet: str
    ref: str
    columns: Mapping[str, Sequence[Any]]
    down: str
    across: str

    def items(self, header: str) -> list[Any]:
        """The distinct values of a column, sorted."""
        return sorted(set(self.columns[header]))


def grid(source: Source) -> list[list[Any]]:
    """What the pivot table shows, row by row, headings and totals included; None is blank."""
    counts = Counter(zip(source.columns[source.down], source.columns[source.across], strict=True))
    down, across = source.items(source.down), source.items(source.across)
    rows: list[list[Any]] = [[_caption(source), "列标签"], ["行标签", *across, "总计"]]
    for item in down:
        line = [counts.get((item, other)) for other in across]
        rows.append([item, *line, sum(n or 0 for n in line)])
    totals = [sum(counts.get((item, other), 0) for item in down) for other in across]
    return [*rows, ["总计", *totals, sum(totals)]]


def _caption(source: Source) -> str:
    return f"计数项:{next(iter(source.columns))}"


def add_pivot(data: bytes, sheet_part: str, source: Source) -> bytes:
    """The workbook with the pivot table on the sheet of that part (its cells are there already)."""
    package = Package(data)
    package.write(_DEFINITION, _definition(source).encode())
    package.write(_RECORDS, _records(source).encode())
    package.write(_TABLE, _table(source).encode())
    for part, kind in ((_DEFINITION, "Definition"), (_RECORDS, "Records")):
        package.declare(part, f"{_SHEET_ML}pivotCache{kind}+xml")
    package.declare(_TABLE, f"{_SHEET_ML}pivotTable+xml")
    records = package.relate(_DEFINITION, f"{_REL}/pivotCacheRecords", "pivotCacheRecords1.xml")
    assert records == "rId1"
    kind = f"{_REL}/pivotCacheDefinition"
    package.relate(_TABLE, kind, "../pivotCache/pivotCacheDefinition1.xml")
    package.relate(sheet_part, f"{_REL}/pivotTable", "../pivotTables/pivotTable1.xml")
    cache = package.relate(_BOOK, kind, "pivotCache/pivotCacheDefinition1.xml")
    child = f'<pivotCache cacheId="{_CACHE_ID}" r:id="{cache}"/>'
    listed = f"<pivotCaches>{child}</pivotCaches>".encode()
    package.write(_BOOK, appended(package.read(_BOOK), b"workbook", listed))
    return package.to_bytes()


def _definition(source: Source) -> str:
    fields = "".join(_cache_field(source, header) for header in source.columns)
    count = len(next(iter(source.columns.values())))
    return (
        f'{_HEAD}<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_REL}" r:id="rId1" '
        f'refreshedBy="林可欣" refreshedDate="46173" createdVersion="6" refreshedVersion="6" '
        f'minRefreshableVersion="3" recordCount="{count}"><cacheSource type="worksheet">'
        f'<worksheetSource ref="{source.ref}" sheet={quoteattr(source.sheet)}/></cacheSource>'
        f'<cacheFields count="{len(source.columns)}">{fields}</cacheFields>'
        "</pivotCacheDefinition>"
    )


def _cache_field(source: Source, header: str) -> str:
    items = source.items(header)
    if isinstance(items[0], date):
        last = items[-1] + timedelta(1)
        shared = (
            '<sharedItems containsSemiMixedTypes="0" containsNonDate="0" containsDate="1" '
            f'containsString="0" minDate="{_moment(items[0])}" maxDate="{_moment(last)}"/>'
        )
        return f'<cacheField name={quoteattr(header)} numFmtId="14">{shared}</cacheField>'
    texts = "".join(f"<s v={quoteattr(item)}/>" for item in items)
    return (
        f'<cacheField name={quoteattr(header)} numFmtId="0">'
        f'<sharedItems count="{len(items)}">{texts}</sharedItems></cacheField>'
    )


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def _records(source: Source) -> str:
    cells = [_record_cells(source, header) for header in source.columns]
    rows = "".join(f"<r>{''.join(row)}</r>" for row in zip(*cells, strict=True))
    return (
        f'{_HEAD}<pivotCacheRecords xmlns="{_MAIN}" xmlns:r="{_REL}" count="{len(cells[0])}">'
        f"{rows}</pivotCacheRecords>"
    )


def _record_cells(source: Source, header: str) -> list[str]:
    values = source.columns[header]
    if isinstance(values[0], date):
        return [f'<d v="{_moment(v)}"/>' for v in values]
    place = {item: i for i, item in enumerate(source.items(header))}
    return [f'<x v="{place[v]}"/>' for v in values]


def _table(source: Source) -> str:
    down, across = source.items(source.down), source.items(source.across)
    width, height = chr(ord("A") + len(across) + 1), TOP + len(down) + 2
    headers = list(source.columns)
    fields = "".join(_pivot_field(source, header) for header in headers)
    return (
        f'{_HEAD}<pivotTableDefinition xmlns="{_MAIN}" name="拜访透视" cacheId="{_CACHE_ID}" '
        'applyNumberFormats="0" applyBorderFormats="0" applyFontFormats="0" '
        'applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="1" '
        'dataCaption="值" updatedVersion="6" minRefreshableVersion="3" useAutoFormatting="1" '
        'itemPrintTitles="1" createdVersion="6" indent="0" outline="1" outlineData="1">'
        f'<location ref="A{TOP}:{width}{height}" firstHeaderRow="1" firstDataRow="2" '
        f'firstDataCol="1"/><pivotFields count="{len(headers)}">{fields}</pivotFields>'
        f"{_axis('row', headers.index(source.down), len(down))}"
        f"{_axis('col', headers.index(source.across), len(across))}"
        f'<dataFields count="1"><dataField name={quoteattr(_caption(source))} fld="0" '
        'subtotal="count" baseField="0" baseItem="0"/></dataFields>'
        '<pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1" '
        'showRowStripes="0" showColStripes="0" showLastColumn="1"/></pivotTableDefinition>'
    )


def _pivot_field(source: Source, header: str) -> str:
    axis = {source.down: "axisRow", source.across: "axisCol"}.get(header)
    if axis is not None:
        count = len(source.items(header))
        items = "".join(f'<item x="{i}"/>' for i in range(count)) + '<item t="default"/>'
        return (
            f'<pivotField axis="{axis}" showAll="0"><items count="{count + 1}">{items}</items>'
            "</pivotField>"
        )
    counted = ' dataField="1"' if header == next(iter(source.columns)) else ""
    dated = ' numFmtId="14"' if isinstance(source.columns[header][0], date) else ""
    return f'<pivotField{counted}{dated} showAll="0"/>'


def _axis(kind: str, field: int, count: int) -> str:
    """The lines of one axis: an item each, and the grand total."""
    lines = "<i><x/></i>" + "".join(f'<i><x v="{i}"/></i>' for i in range(1, count))
    return (
        f'<{kind}Fields count="1"><field x="{field}"/></{kind}Fields>'
        f'<{kind}Items count="{count + 1}">{lines}<i t="grand"><x/></i></{kind}Items>'
    )
