"""Workbooks for the tests: made by XlsxWriter, or part by part."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/>'
    '<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" '
    'fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="44" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def moment(*parts: int) -> dt.datetime:
    """A moment as sheets know it, without a time zone."""
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - no zone on purpose


def written(build: Callable[[xlsxwriter.Workbook], object], **options: Any) -> bytes:
    """A workbook that XlsxWriter makes."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        build(book)
    return stream.getvalue()


def sheet(rows: str = "", *, head: str = "", tail: str = "") -> str:
    """A worksheet part around the inside of its sheetData."""
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{head}<sheetData>{rows}</sheetData>{tail}'
        "</worksheet>"
    )


def made(
    sheets: Mapping[str, str],
    *,
    parts: Mapping[str, str | bytes] | None = None,
    rels: Mapping[str, str] | None = None,
    behind: str = "",
    before: str = "",
    styles: str | None = STYLES,
    strings: str | None = None,
) -> bytes:
    """A workbook part by part.

    Args:
        sheets: worksheet part by sheet name.
        parts: further parts by name.
        rels: further relationships of the workbook: kind -> target.
        behind, before: XML behind and before <sheets>.
        styles, strings: those parts, or None for none.
    """
    types, links, entries = [], [], []
    out: dict[str, str | bytes] = {}
    for i, (name, xml) in enumerate(sheets.items(), 1):
        out[f"xl/worksheets/sheet{i}.xml"] = xml
        types.append((f"xl/worksheets/sheet{i}.xml", "worksheet"))
        links.append((f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml"))
        entries.append(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>')
    for kind, text in (("styles", styles), ("sharedStrings", strings)):
        if text is not None:
            out[f"xl/{kind}.xml"] = text
            types.append((f"xl/{kind}.xml", kind))
            links.append((kind, kind, f"{kind}.xml"))
    links += [(f"x{i}", k, t) for i, (k, t) in enumerate((rels or {}).items())]
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheets>{"".join(entries)}</sheets>'
        f"{behind}</workbook>"
    )
    return packed(
        {
            "[Content_Types].xml": content_types(types),
            "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relations(*links),
            **out,
            **(parts or {}),
        }
    )


def content_types(parts: list[tuple[str, str]]) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{TYPE}{kind}+xml"/>' for name, kind in parts
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}sheet.main+xml"/>'
        f"{overrides}</Types>"
    )


def relations(*links: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in links
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of the parts, texts under an XML declaration."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, HEAD + content if isinstance(content, str) else content)
    return stream.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Parts by name, in the order of the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return {n: z.read(n) for n in z.namelist()}


def altered(data: bytes, part: str, old: str | bytes, new: str | bytes) -> bytes:
    """The workbook with a piece of one part replaced, which must be there."""
    from tracker.opc.package import Package

    a, b = (t.encode() if isinstance(t, str) else t for t in (old, new))
    package = Package(data)
    content = package.read(part)
    assert a in content
    package.write(part, content.replace(a, b))
    return package.to_bytes()


def with_signature(data: bytes) -> bytes:
    """The workbook with what points to a digital signature."""
    link = (
        '<Relationship Id="s" Type="http://schemas.openxmlformats.org/package/2006/relationships/'
        'digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    )
    stream = io.BytesIO(altered(data, "_rels/.rels", "</Relationships>", link))
    with zipfile.ZipFile(stream, "a") as z:
        z.writestr("_xmlsignatures/origin.sigs", b"signed")
    return stream.getvalue()
