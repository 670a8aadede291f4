"""Custom document properties: what a workbook says about itself beside its sheets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping

from tracker.opc.package import Package
from tracker.opc.parts import parse_xml
from tracker.xlsx import markup

Property = str | float | int | bool | dt.datetime | None
_PART = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT = b"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/"
_ONE = rb"<(?:[\w.-]+:)?property(?=\s)%b>.*?</(?:[\w.-]+:)?property>" % markup.ATTRIBUTES


def part_of(package: Package) -> str | None:
    """The part that holds the properties, or None."""
    return package.related("", "custom-properties") or package.related("", "customProperties")


def saved_at(package: Package) -> str:
    """When the workbook was last saved by its own record, as it stands there; "" where it does not say."""
    part = package.related("", "core-properties")
    if part is None or part not in package:
        return ""
    found = parse_xml(package.read(part)).find("{*}modified")
    return (found.text or "").strip() if found is not None else ""


def read(package: Package) -> dict[str, Property]:
    """Properties by name. A kind of value that cells do not know comes as its text."""
    part, found = part_of(package), dict[str, Property]()
    for e in parse_xml(package.read(part)).iter("{*}property") if part else ():
        name, value = e.get("name"), next(iter(e), None)
        if name is not None and value is not None:
            found[name] = _value(str(value.tag).rpartition("}")[2], value.text or "")
    return found


def _value(kind: str, text: str) -> Property:
    try:
        if kind in ("i1", "i2", "i4", "i8", "int", "uint", "ui4"):
            return int(text)
        if kind in ("r4", "r8", "decimal"):
            return float(text)
        if kind == "filetime":
            return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return text.strip() in ("1", "true") if kind == "bool" else text


def write(package: Package, values: Mapping[str, Property], *, strict: bool) -> None:
    """Set properties, None removes one; those that are as wanted stay as they are written."""
    now = read(package)
    values = {n: v for n, v in values.items() if not _same(now.get(n), v)}
    if not values:
        return
    part = part_of(package) or _new_part(package, strict=strict)
    data = _opened(markup.plain_utf8(package.read(part)))
    for name, value in values.items():
        old = next((m for m in re.finditer(_ONE, data, re.S) if _name(m[0]) == name), None)
        start, end = old.span() if old else (data.rindex(b"</"),) * 2
        data = data[:start] + _element(data, name, value, strict=strict) + data[end:]
    package.write(part, data)


def _same(old: Property, new: Property) -> bool:
    return old == new and isinstance(old, bool) is isinstance(new, bool)


def _name(element: bytes) -> str:
    tag = element[: element.index(b">") + 1]
    return markup.unescape_text(markup.get(tag, b"name") or b"")


def _element(data: bytes, name: str, value: Property, *, strict: bool) -> bytes:
    if value is None:
        return b""
    p = markup.prefix_of(data, b"Properties")
    used = (int(i or 0) for i in re.findall(rb"\spid\s*=\s*[\"'](\d+)", data))
    kind, text = _typed(value)
    uri = ((_STRICT if strict else _OFFICE) + "docPropsVTypes").encode()
    return b'<%bproperty fmtid="%b" pid="%d" name="%b"><vt:%b xmlns:vt="%b">%b</vt:%b></%bproperty>' % (
        p, _FORMAT, max(used, default=1) + 1, markup.escape_attribute(name), kind, uri, text, kind, p,
    )  # fmt: skip


def _typed(value: Property) -> tuple[bytes, bytes]:
    if isinstance(value, bool):
        return b"bool", b"true" if value else b"false"
    if isinstance(value, int) and abs(value) < 2**31:
        return b"i4", b"%d" % value
    if isinstance(value, int | float):
        return b"r8", repr(float(value)).encode()
    if isinstance(value, dt.datetime):
        return b"filetime", value.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return b"lpwstr", markup.escape_text(str(value))


def _opened(data: bytes) -> bytes:
    return markup.opened(data, markup.prefix_of(data, b"Properties") + b"Properties")


def _new_part(package: Package, *, strict: bool) -> str:
    base, kind = (_STRICT, "customProperties") if strict else (_OFFICE, "custom-properties")
    part = package.free_name("docProps/custom{}.xml") if _PART in package else _PART
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    package.write(part, (xml + f'<Properties xmlns="{base}{kind}"></Properties>').encode())
    package.declare(part, _TYPE)
    package.relate("", f"{base}relationships/{kind}", part)
    return part


def is_rewritten(before: Package, after: Package, names: Collection[str]) -> bool:
    """Whether two packages differ in no other properties than those of these names."""
    old, new = (_others(p, names) for p in (before, after))
    return old == new or (part_of(before) is None and not _listed(new))


def _listed(frame: bytes) -> bool:
    return re.search(_ONE, frame, re.S) is not None


def _others(package: Package, names: Collection[str]) -> bytes:
    part = part_of(package)
    data = _opened(markup.plain_utf8(package.read(part))) if part else b""
    return re.sub(_ONE, lambda m: b"" if _name(m[0]) in names else m[0], data, flags=re.S)
