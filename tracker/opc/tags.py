"""XML as bytes: elements and attributes spliced so that all the rest stays as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

ATTRIBUTES = rb"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+"
"""What stands in a tag behind its name; a value may hold a bare >."""


@cache
def _attribute(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s%s\s*=\s*(?:\"([^\"]*)\"|'([^']*)')" % re.escape(name))


def get(tag: bytes, name: bytes) -> bytes | None:
    """Raw value of an attribute in the bytes of a start tag, or None."""
    m = _attribute(name).search(tag)
    return None if m is None else m[1] if m[1] is not None else m[2]


def put(tag: bytes, name: bytes, value: bytes) -> bytes:
    """The start tag with that attribute set, in its place or at the end."""
    attribute = b" " + name + b'="' + value + b'"'
    m = _attribute(name).search(tag)
    if m:
        return tag[: m.start()] + attribute + tag[m.end() :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + attribute + tag[end:]


@cache
def _tag(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<%s(?=[\s/>])%s>" % (re.escape(name), ATTRIBUTES))


def find_tag(data: bytes, name: bytes, start: int = 0) -> re.Match[bytes] | None:
    """First start tag of that qualified name from an offset on."""
    return _tag(name).search(data, start)


def start_tag(data: bytes, name: bytes) -> re.Match[bytes]:
    """As `find_tag`, for one that must be there. ValueError if it is not."""
    found = find_tag(data, name)
    if found is None:
        raise ValueError(f"no whole <{name.decode()}> tag")
    return found


def tags(data: bytes, name: bytes) -> list[re.Match[bytes]]:
    """All start tags of that qualified name."""
    return list(_tag(name).finditer(data))


def each(data: bytes, name: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The XML with every start tag of that qualified name as `change` makes it."""
    return _tag(name).sub(lambda m: change(m[0]), data)


def prefix_of(data: bytes, local: bytes) -> bytes:
    """Namespace prefix with its colon (b"" or b"x:") of the first element of that local name.

    ValueError if there is none.
    """
    m = re.search(rb"<((?:[\w.-]+:)?)%s(?=[\s/>])" % local, data)
    if m is None:
        raise ValueError(f"no <{local.decode()}> element")
    return m[1]


def element_end(data: bytes, m: re.Match[bytes], name: bytes) -> int:
    """Offset behind an element that starts with the matched tag and does not nest in itself."""
    if m[0].endswith(b"/>"):
        return m.end()
    close = b"</" + name + b">"
    return data.index(close, m.end()) + len(close)


def with_attribute(data: bytes, name: bytes, attribute: bytes, value: bytes) -> bytes:
    """The XML with an attribute set of the first element of that name."""
    m = start_tag(data, name)
    return data[: m.start()] + put(m[0], attribute, value) + data[m.end() :]


def opened(data: bytes, name: bytes) -> bytes:
    """The XML with an end tag for the first element of that name: <a/> becomes <a></a>."""
    m = start_tag(data, name)
    if not m[0].endswith(b"/>"):
        return data
    return data[: m.start()] + m[0][:-2].rstrip() + b"></" + name + b">" + data[m.end() :]


def appended(data: bytes, name: bytes, children: bytes, *, first: bool = False) -> bytes:
    """The XML with more children at the end (or start) of the first element of that name."""
    data = opened(data, name)
    at = start_tag(data, name).end()
    at = at if first else data.index(b"</" + name, at)
    return data[:at] + children + data[at:]
