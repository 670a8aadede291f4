from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.history.journal import (
    Entry,
    append,
    contents_named,
    from_line,
    read_journal,
    to_line,
)

WHEN = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def entry(seq: int = 1, path: str = "/书/账本.xlsx") -> Entry:
    return Entry(seq, WHEN, "refresh", date(2026, 6, 30), "a" * 64, "b" * 64, path, ({"id": "C"},))


entries = st.builds(
    Entry,
    seq=st.integers(1),
    saved_at=st.datetimes(timezones=st.just(UTC)),
    command=st.text(),
    as_of=st.none() | st.dates(),
    before=st.text(),
    after=st.text(),
    path=st.text(st.characters()),
    notes=st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none())).map(tuple),
    purged=st.booleans(),
)


@given(entries)
def test_a_line_reads_back_the_same(original: Entry) -> None:
    line = to_line(original)
    assert line.count(b"\n") == 1
    assert from_line(line[:-1]) == original


@given(entries, st.data())
def test_a_cut_line_is_no_entry(original: Entry, data: st.DataObject) -> None:
    line = to_line(original)[:-1]
    assert from_line(line[: data.draw(st.integers(0, len(line) - 1))]) is None


@pytest.mark.parametrize("line", [b"", b"[]", b"1", b"{}", b"\xff", b'{"seq": 1}'])
def test_no_entry(line: bytes) -> None:
    assert from_line(line) is None


def test_a_time_without_its_zone_is_no_entry() -> None:
    assert from_line(to_line(entry()).replace(b"+00:00", b"")) is None


def test_contents_named(tmp_path: Path) -> None:
    file = tmp_path / "j"
    damaged = to_line(entry(2)).replace(b'"seq": 2', b'"seq": ?')
    purged = to_line(replace(entry(3), purged=True, before="c" * 64))
    file.write_bytes(to_line(entry(1)) + damaged + purged + b"d" * 64)
    assert set(contents_named(file)) == {(1, "a" * 64), (0, "a" * 64), (0, "b" * 64)}
    assert list(contents_named(tmp_path / "none")) == []


def test_a_path_that_is_no_unicode() -> None:
    odd = entry(path="/\udcff.xlsx")
    assert from_line(to_line(odd)) == odd


def test_appending(tmp_path: Path) -> None:
    file = tmp_path / "j"
    assert read_journal(file) == []
    append(file, entry(1))
    first = file.read_bytes()
    append(file, entry(2))
    assert file.read_bytes().startswith(first)
    assert [e.seq for e in read_journal(file)] == [1, 2]


@given(st.integers(1, len(to_line(entry(2))) - 1))
def test_a_torn_last_line_is_passed_over_and_replaced(torn: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "j"
        file.write_bytes(to_line(entry(1)) + to_line(entry(2))[:torn])
        assert [e.seq for e in read_journal(file)] == [1]
        append(file, entry(3))
        assert [e.seq for e in read_journal(file)] == [1, 3]
        assert file.read_bytes() == to_line(entry(1)) + to_line(entry(3))


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "j"
    file.write_bytes(to_line(entry(1)) + b"\0\0\0\n" + to_line(entry(3)))
    assert [e.seq for e in read_journal(file)] == [1, 3]
