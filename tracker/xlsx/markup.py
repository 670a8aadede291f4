"""SpreadsheetML as bytes: its tags as those of any part, its text with escapes of its own."""

from __future__ import annotations

import re

from lxml import etree

from tracker.opc.tags import *  # noqa: F403 - tags of a sheet are tags of any part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAX_TEXT = 32_767
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ODD_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding\s*=\s*[\"'](?!utf-8[\"'])", re.I)
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain_utf8(data: bytes) -> bytes:
    """XML that can be spliced: UTF-8, without comments and CDATA; unchanged where it already is."""
    odd = data[:2] in (b"\xff\xfe", b"\xfe\xff") or _ODD_ENCODING.search(data[:200])
    if not odd and (b"!" not in data or b"<!" not in data):  # one byte is found far sooner
        return data
    return reserialised(data)


def reserialised(data: bytes) -> bytes:
    """XML as one program writes it: UTF-8, end tags and empty elements without white space."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True
    )
    root = etree.fromstring(data, parser)
    return etree.tostring(root, encoding="UTF-8", standalone=True, xml_declaration=True)


def escape_text(text: str) -> bytes:
    """Text as it stands between tags; control characters as _xHHHH_.

    ValueError as `refuse_too_long`.
    """
    refuse_too_long(text)
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _CONTROL.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.encode("utf-8")


def refuse_too_long(text: str) -> None:
    """ValueError for more text than a cell can hold, counted in units of UTF-16."""
    if len(text) > MAX_TEXT or (
        len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) > 2 * MAX_TEXT
    ):
        raise ValueError(f"text longer than {MAX_TEXT} characters")


def escape_attribute(text: str) -> bytes:
    """Text as it stands in a double-quoted attribute."""
    return escape_text(text).replace(b'"', b"&quot;")


def unescape_text(raw: bytes) -> str:
    """Text of the bytes between tags, entities and _xHHHH_ undone."""
    return unescaped(raw.decode("utf-8", "replace"))


def unescaped(text: str) -> str:
    """As `unescape_text`, of bytes that are decoded already."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        if _SURROGATE.search(text):  # two escapes may make one character
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


def _character(m: re.Match[str]) -> str:
    if m[3]:
        return _NAMED.get(m[3], m[0])
    return chr(int(m[1], 16) if m[1] else int(m[2]))


def text_element(prefix: bytes, text: str) -> bytes:
    """A <t> element, its outer white space kept."""
    keep = text[:1].isspace() or text[-1:].isspace() or "\n" in text
    space = b' xml:space="preserve"' if keep else b""
    return b"<%st%s>%s</%st>" % (prefix, space, escape_text(text), prefix)
