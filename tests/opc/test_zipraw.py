from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.opc.zipraw import RawZip


def archive(parts: dict[str, bytes], comment: bytes = b"", *, streamed: bool = False) -> bytes:
    stream = io.BytesIO()
    if streamed:  # no seeking back: data descriptors follow the members
        stream.seekable = lambda: False  # type: ignore[method-assign]  # a stream that cannot seek
    with zipfile.ZipFile(stream, "w") as z:
        for i, (name, content) in enumerate(parts.items()):
            z.writestr(name, content, zipfile.ZIP_STORED if i % 2 else zipfile.ZIP_DEFLATED)
        z.comment = comment
    return stream.getvalue()


PARTS = {"a.xml": b"<a/>" * 99, "目录/b.bin": bytes(range(256)), "c.xml": b""}


@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_not_named_keeps_its_bytes_and_place(streamed: bool) -> None:
    data = archive(PARTS, b"note", streamed=streamed)
    old = RawZip(data)
    new = RawZip(old.rebuild({"a.xml": b"<b/>"}, frozenset(), {"新.xml": b"<n/>"}))
    assert [m.name for m in new.members] == [*PARTS, "新.xml"]
    for a, b in zip(old.members[1:], new.members[1:], strict=False):
        assert data[a.start : a.end] == new.data[b.start : b.end]
    assert new.read(new.members[0]) == b"<b/>"
    assert new.read(new.members[3]) == b"<n/>"
    with zipfile.ZipFile(io.BytesIO(new.data)) as z:
        assert z.testzip() is None
        assert z.comment == b"note"


def test_dropping_moves_the_rest_up() -> None:
    old = RawZip(archive(PARTS))
    new = RawZip(old.rebuild({}, frozenset({"a.xml"}), {}))
    assert [m.name for m in new.members] == list(PARTS)[1:]
    assert new.raw(new.members[0]) == old.raw(old.members[1])


def test_bytes_before_the_archive_stay() -> None:
    data = b"#!stub\n" + archive(PARTS)
    new = RawZip(RawZip(data).rebuild({"c.xml": b"x"}, frozenset(), {}))
    assert new.data.startswith(b"#!stub\n")
    assert new.read(new.members[2]) == b"x"


def test_a_zip64_offset_is_patched_where_it_stands() -> None:
    plain = archive({"a": b"1", "b": b"2"})
    z = RawZip(plain)
    record = z.members[1].central
    offset = z.members[1].start
    extra = b"\x01\x00\x08\x00" + offset.to_bytes(8, "little")
    long = bytearray(record[:42] + b"\xff" * 4 + record[46:] + extra)
    long[30:32] = len(extra).to_bytes(2, "little")
    end = bytearray(plain[-22:])
    size = len(z.members[0].central) + len(long)
    end[12:16] = size.to_bytes(4, "little")
    start = plain.index(z.members[0].central)
    data = plain[:start] + z.members[0].central + bytes(long) + bytes(end)
    new = RawZip(RawZip(data).rebuild({"a": b"much longer than it was"}, frozenset(), {}))
    assert new.read(new.members[1]) == b"2"


def test_what_is_no_archive_is_said_so() -> None:
    with pytest.raises(zipfile.BadZipFile):
        RawZip(b"no zip")


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.binary(max_size=40), min_size=1))
def test_rebuilding_with_nothing_changes_no_content(parts: dict[str, bytes]) -> None:
    old = RawZip(archive(parts))
    new = RawZip(old.rebuild({}, frozenset(), {}))
    assert new.data == old.data
    assert {m.name: new.read(m) for m in new.members} == parts


def test_a_large_member_goes_through_in_pieces() -> None:
    content = b"".join(b"%d," % n for n in range(600_000))
    old = RawZip(archive({"a": content, "b": b"2"}))
    assert old.read(old.members[0]) == content
    new = RawZip(old.rebuild({"b": content[::-1]}, frozenset(), {}))
    assert new.read(new.members[1]) == content[::-1]
