"""Where the extracts of a rollup lie between reading and writing, part by part."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tracker.api.cache import GIST, ROWS, SIGHTINGS, Cache, Held, Packed, gist, key, pack
from tracker.api.conditions import conditions
from tracker.api.extract import extract
from tracker.errors import TrackerError, UnsuitableFileError
from tracker.opc.crypt import Password
from tracker.opc.readbook import read_file
from tracker.rollups.leaves import View, leaves, opened
from tracker.rollups.model import Book, Gist, Head, Sighting, Unread
from tracker.schema.model import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import pyarrow as pa


def packed(
    path: Path, schema: Path | None, *, as_of: date, view: View | None = None,
    password: Password = None,
) -> Packed | Unread:  # fmt: skip
    """The unit of work of many processes: one workbook read, as bytes to be filed."""
    found = extract(path, schema, as_of=as_of, view=view, password=password)
    return found if isinstance(found, Unread) else pack(found)


class Store:
    """The user's cache, or a folder for this run where that cannot be written."""

    def __init__(self, as_of: date, schema: Path | None, view: View, *, fresh: bool) -> None:
        """`view`: how leaves are made; `fresh`: what earlier runs left is not used."""
        self._as_of, self._schema, self._view, self._fresh = as_of, schema, view, fresh
        self._spill = tempfile.TemporaryDirectory()
        self._places = (Cache(), Cache(Path(self._spill.name)))
        self._held = Held()
        self._at: dict[str, tuple[Cache | Held, str]] = {}

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
                if found.leaves is not None:
                    at.put(self._view.key(filed, found.lang), found.leaves)
                return

    def hold(self, name: str, found: Packed) -> None:
        """Keep what was taken from an encrypted source, for this run alone and not on disk."""
        self._held.put(name, found.data)
        self._at[name] = (self._held, name)

    def gist(self, book: Book) -> Gist:
        """What a source adds to the whole."""
        return gist(self._part(book, GIST))

    def sightings(self, book: Book) -> tuple[Sighting, ...]:
        """What a source may share with others."""
        found: tuple[Sighting, ...] = self._part(book, SIGHTINGS)
        return found

    def rows(self, book: Book) -> Mapping[str, pd.DataFrame]:
        """The records of a source by module."""
        found: Mapping[str, pd.DataFrame] = self._part(book, ROWS)
        return found

    def leaves(self, book: Book, schema: Schema, lang: str) -> Mapping[str, pa.Table]:
        """The same as they are shown, typed and masked; made and filed where they are not yet."""
        at, filed = self._at[book.name]
        key = self._view.key(filed, lang)
        known = at.whole(key)
        if known is not None:
            with suppress(Exception):  # what cannot be read is made anew
                return opened(known)
        data = leaves(self.rows(book), schema.modules, self._view.mask, lang)
        at.put(key, data)
        return opened(data)

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
