"""The part that holds a sheet's notes: entries added to it and taken out of it again as bytes.

What is added stands behind what was there, so that taking it out leaves the part as it came.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tracker.opc.parts import parse_xml
from tracker.xlsx import markup, refs
from tracker.xlsx.edits import Place


class Comment(NamedTuple):
    """A note as it stands in its part.

    Attributes:
        place: its cell.
        author, text: as plain text.
        start, end: where its element stands.
    """

    place: Place
    author: str
    text: str
    start: int
    end: int


def new_part(author: str, notes: Mapping[Place, str]) -> bytes:
    """A part with nothing but the notes of one author."""
    frame = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{markup.MAIN}"><authors></authors><commentList></commentList></comments>'
    )
    return with_notes(frame.encode(), author, notes)


def read(data: bytes) -> list[Comment]:
    """The notes of a part in their order. ValueError for one that cannot be spliced."""
    if markup.plain_utf8(data) is not data:
        raise ValueError("its notes are written in another encoding")
    p, root = _prefix(data), parse_xml(data)
    names = _authors(data)
    tags = markup.tags(data, p + b"comment")
    elements = list(root.iterfind("{*}commentList/{*}comment"))
    if len(tags) != len(elements):
        raise ValueError("its notes stand where none are expected")
    return [
        Comment(
            refs.cell(e.get("ref") or ""), names[int(e.get("authorId") or 0)],
            markup.unescaped("".join(t.text or "" for t in e.iterfind("{*}text//{*}t"))),
            m.start(), markup.element_end(data, m, p + b"comment"),
        )
        for m, e in zip(tags, elements, strict=True)
    ]  # fmt: skip


def with_notes(data: bytes, author: str, notes: Mapping[Place, str]) -> bytes:
    """The part with further notes at its end. ValueError where it has no place for them."""
    p, known = _prefix(data), _authors(data)
    if author not in known:
        known.append(author)
        name = b"<%bauthor>%b</%bauthor>" % (p, markup.escape_text(author), p)
        data = _inserted(data, b"</%bauthors>" % p, name)
    number = known.index(author)
    new = (_element(p, place, number, text) for place, text in notes.items())
    return _inserted(data, b"</%bcommentList>" % p, b"".join(new))


def without_notes(data: bytes, author: str, places: Collection[Place]) -> bytes:
    """The part without the notes of some cells, nor the author if the last in the list and idle."""
    for c in reversed(read(data)):
        if c.place in places:
            data = data[: c.start] + data[c.end :]
    left, p = {c.author for c in read(data)}, _prefix(data)
    if author not in left and _authors(data)[-1:] == [author]:
        last = markup.tags(data, p + b"author")[-1]
        data = data[: last.start()] + data[markup.element_end(data, last, p + b"author") :]
    return data


def _prefix(data: bytes) -> bytes:
    return markup.prefix_of(data, b"comments")


def _authors(data: bytes) -> list[str]:
    found = parse_xml(data).iterfind("{*}authors/{*}author")
    return [markup.unescaped(e.text or "") for e in found]


def _inserted(data: bytes, before: bytes, new: bytes) -> bytes:
    at = data.index(before)
    return data[:at] + new + data[at:]


def _element(prefix: bytes, place: Place, author: int, text: str) -> bytes:
    ref = refs.ref(*place).encode()
    body = markup.text_element(prefix, text)
    return b'<%bcomment ref="%b" authorId="%d"><%btext>%b</%btext></%bcomment>' % (
        prefix, ref, author, prefix, body, prefix, prefix,
    )  # fmt: skip
