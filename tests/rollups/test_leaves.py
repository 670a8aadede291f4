"""Rows made ready for parquet: kept by book and mask, and never of another mask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.books import AS_OF
from tracker.api.rollup import Request, rollup
from tracker.opc.statedir import state_dir
from tracker.rollups.leaves import View
from tracker.rollups.mask import HIDDEN, Mask

PHONE = re.compile("1[3-9]")


def rows(tiny: Path, **more: Any) -> dict[str, bytes]:
    """The parquet files of a rollup, by name."""
    out = tiny.parent / "p"
    rollup(Request(paths=[tiny], as_of=AS_OF, parquet=out, **more))
    return {f.name: f.read_bytes() for f in sorted(out.iterdir())}


def phones(tiny: Path) -> set[object]:
    import pyarrow.parquet as pq

    table = pq.read_table(tiny.parent / "p" / "customers.parquet")
    return set(table.column("private_phone").to_pylist()) - {None}


@pytest.mark.own_state
def test_known_rows_give_the_bytes_of_rows_just_read(tiny: Path) -> None:
    first = rows(tiny)
    assert rows(tiny) == first
    assert rows(tiny, fresh=True) == first
    (tiny / "R201.xlsx").rename(tiny / "a.xlsx")  # the name is that of today, the rows are known
    other = rows(tiny)
    assert other != first
    (tiny / "a.xlsx").rename(tiny / "R201.xlsx")
    assert rows(tiny) == first


@pytest.mark.own_state
def test_each_mask_and_language_has_rows_of_its_own(tiny: Path) -> None:
    hidden = rows(tiny)
    assert phones(tiny) == {HIDDEN}
    shown = rows(tiny, unmask=["private_phone"])
    assert phones(tiny)
    assert not any(str(p)[0] in "*~" for p in phones(tiny))
    named = rows(tiny, key=b"a" * 16)
    assert all(str(p).startswith("~") for p in phones(tiny))
    english = rows(tiny, lang="en")
    assert len({frozenset(files.items()) for files in (hidden, shown, named, english)}) == 4
    assert rows(tiny) == hidden
    assert rows(tiny, key=b"a" * 16) == named


@pytest.mark.own_state
def test_what_is_filed_and_cannot_be_read_is_made_anew(tiny: Path) -> None:
    first = rows(tiny)
    for file in (state_dir() / "extracts").glob("??/*"):
        if file.read_bytes()[:4] == b"\xff\xff\xff\xff":  # how an Arrow stream begins
            file.write_bytes(file.read_bytes()[:999])
    assert rows(tiny) == first


def test_the_key_of_filed_rows_follows_from_all_that_shows_in_them() -> None:
    views: Mapping[str, View] = {
        "plain": View("c", Mask()),
        "conditions": View("d", Mask()),
        "shown": View("c", Mask(frozenset({"wechat"}))),
        "scrub": View("c", Mask(scrub=[PHONE])),
        "flags": View("c", Mask(scrub=[re.compile("1[3-9]", re.IGNORECASE)])),
        "empty key": View("c", Mask(key=b"")),
        "key": View("c", Mask(key=b"k")),
    }
    keys = [v.key(filed, lang) for v in views.values() for filed in "ab" for lang in ("zh", "en")]
    assert len(set(keys)) == len(keys)
