"""What stands before the root element of an XML part: a DTD can stand nowhere else."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Verdict = Literal["fine", "dtd", "unreadable"]

# Pictures and attached pages may declare a DTD; nothing here ever parses them.
MAY_DECLARE = (".svg", ".htm", ".html", ".xhtml")

_DOCTYPE = b"<!DOCTYPE"
_FIRST = 512
_MOST = 64 << 10
_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']""")
_SKIP = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
# Encodings in which "<!DOCTYPE" is the same nine bytes; in UTF-7 or EBCDIC it would hide.
_PLAIN = re.compile(
    rb"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-8859-\d+|windows-125\d|gb\w+", re.IGNORECASE
)


def inspect(head: Callable[[int], bytes], *, xml: bool) -> Verdict:
    """Look at the beginning of a member.

    Args:
        head: gives the first so many bytes of its content.
        xml: its name says that it is XML, so that nothing else will do.

    Returns:
        "dtd" where an XML document declares one, "unreadable" where its encoding could hide one
        or no root element begins within 64 KB, "fine" otherwise, also for what is no XML.
    """
    start = head(_FIRST)
    text = as_ascii(start).lstrip()
    if not text.startswith(b"<"):
        return "unreadable" if xml and text else "fine"
    verdict = _verdict(as_ascii(start))
    if verdict is None and len(start) == _FIRST:
        verdict = _verdict(as_ascii(head(_MOST)))
    return verdict or "unreadable"


def as_ascii(start: bytes) -> bytes:
    """The text with its markup in single bytes, whichever Unicode encoding it came in."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return start[4:].replace(b"\0", b"")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start[2:].replace(b"\0", b"")
    if start[:4].count(b"\0") >= 2:
        return start.replace(b"\0", b"")
    return start.removeprefix(codecs.BOM_UTF8)


def _verdict(text: bytes) -> Verdict | None:
    """None where the prolog is not over within `text`."""
    declared = _ENCODING.match(text)
    if declared and not _PLAIN.fullmatch(declared[1]):
        return "unreadable"
    at = 0
    while found := _SKIP.match(text, at):
        at = found.end()
    rest = text[at : at + len(_DOCTYPE)].upper()
    if rest == _DOCTYPE:
        return "dtd"
    unfinished = _DOCTYPE.startswith(rest) or rest.startswith((b"<?", b"<!--"))
    return None if unfinished else "fine"
