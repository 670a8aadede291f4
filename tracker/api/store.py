"""Where the extracts of a rollup lie between reading and writing, part by part."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tracker.api.cache import GIST, ROWS, SIGHTINGS, Cache, Packed, key, pack
from tracker.api.conditions import conditions
from tracker.api.extract import extract
from tracker.errors import TrackerError, UnsuitableFileError
from tracker.opc.readbook import read_file
from tracker.rollup.model import Book, Gist, Head, Sighting, Unread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def packed(path: Path, schema: Path | None, *, as_of: date) -> Packed | Unread:
    """The unit of work of many processes: one workbook read, as bytes to be filed."""
    found = extract(path, schema, as_of=as_of)
    return found if isinstance(found, Unread) else pack(found)


class Store:
    """The user's cache, or a folder for this run where that cannot be written."""

    def __init__(self, as_of: date, schema: Path | None, *, fresh: bool) -> None:
        """`fresh`: what earlier runs left is not used."""
        self._as_of, self._schema, self._fresh = as_of, schema, fresh
        self._spill = tempfile.TemporaryDirectory()
        self._places = (Cache(), Cache(Path(self._spill.name)))
        self._at: dict[str, tuple[Cache, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._places[0].sweep()
        self._spill.cleanup()

    def known(self, name: str, path: Path) -> Head | None:
        """What was taken from this very content in an earlier run, under the same conditions."""
        filed = None if self._fresh else self._key(path, _digest(path))
        if filed is None:
            return None
        found = self._places[0].head(filed)
        self._at[name] = (self._places[0], filed)
        return found

    def _key(self, path: Path, digest: str) -> str | None:
        try:
            return key(digest, conditions(path, self._as_of, self._schema)) if digest else None
        except TrackerError:  # reading the book says what is wrong
            return None

    def put(self, name: str, path: Path, found: Packed) -> None:
        """Keep what was taken from a source just now."""
        filed = self._key(path, found.head.digest) or found.head.digest
        for at in self._places:
            if at.put(filed, found.data):
                self._at[name] = (at, filed)
                return

    def gist(self, book: Book) -> Gist:
        """What a source adds to the whole."""
        found = self._part(book, GIST)
        assert isinstance(found, Gist)
        return found

    def sightings(self, book: Book) -> tuple[Sighting, ...]:
        """What a source may share with others."""
        found: tuple[Sighting, ...] = self._part(book, SIGHTINGS)
        return found

    def rows(self, book: Book) -> Mapping[str, pd.DataFrame]:
        """The records of a source by module."""
        found: tuple[Mapping[str, pd.DataFrame], object] = self._part(book, ROWS)
        return found[0]

    def _part(self, book: Book, which: int) -> Any:
        at, filed = self._at[book.name]
        found = at.part(filed, which)
        if found is None:
            raise UnsuitableFileError(
                path=book.name,
                zh="读到的内容在汇总途中被删除了（状态文件夹被清理？）；请再运行一次",
                en="what was read of it is gone (was the state folder cleared?); run it again",
            )
        return found


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except TrackerError:
        return ""
