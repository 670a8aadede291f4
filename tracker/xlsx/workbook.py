"""A workbook that is changed without being taken apart: the public face of the lossless engine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import BookChangedError, ProofError, SignedError
from tracker.opc.parts import parse_xml
from tracker.opc.readbook import read_book
from tracker.opc.save import BookFile, write_new
from tracker.xlsx.compile import Compiler
from tracker.xlsx.planned import PlannedBook
from tracker.xlsx.sheet import Sheet
from tracker.xlsx.verify import prove

__all__ = ["Sheet", "Workbook"]


@contextmanager
def _collector_off() -> Iterator[None]:
    """Without the search for cycles, of which some hundred thousand planned cells make none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Workbook(PlannedBook):
    """An .xlsx or .xlsm in memory with a plan of changes; everything else is kept byte for byte.

        wb = Workbook.open("book.xlsx")
        wb.sheet("Sheet1").set("B2", 3.5)
        wb.save("book.xlsx")

    Raises `UnsuitableFileError` for a file that is none or cannot be kept whole.
    """

    def __init__(self, data: bytes, path: str = "workbook") -> None:
        super().__init__(data, path)
        self._saved = data

    @classmethod
    def open(cls, path: str | Path) -> Workbook:
        """Read a file. Raises UnsuitableFileError with one line that says what it is."""
        return cls(read_book(Path(path)), str(path))

    def to_bytes(self, *, break_signature: bool = False) -> bytes:
        """The workbook with the plan carried out, proven; the original bytes if nothing changes.

        Raises ProofError where the result would lose anything, UnsuitableFileError where the
        workbook is written in a way that cannot be followed, SignedError where a change would
        break a digital signature that may not be broken.
        """
        with _collector_off():
            return self._carried_out(break_signature=break_signature)

    def _carried_out(self, *, break_signature: bool) -> bytes:
        with self.suitable():
            compiler = Compiler(self)
            data = compiler.run()
        if data != self.package.zip.data:
            if self.is_signed and not break_signature:
                raise SignedError(path=self.path)
            try:
                prove(self, compiler, data)
            except ProofError:
                self._refuse_damaged(compiler)
                raise
        return data

    def _refuse_damaged(self, compiler: Compiler) -> None:
        """UnsuitableFileError where a part came damaged, or no XML that can be written into."""
        kinds = ("styles", "sharedStrings")
        parts = [self.part, *(self.package.related(self.part, k) for k in kinds)]
        with self.suitable():
            for name in self.package:
                self.package.read(name)
            for part in (*parts, *compiler.written):
                if part:
                    parse_xml(self.package.read(part))

    def save(self, path: str | Path, *, break_signature: bool = False) -> None:
        """Write the workbook with its plan; the old file stays until the new one is whole.

        Back into its own file nothing is written where nothing changes. Raises RefusedError
        where the file changed meanwhile, is open elsewhere or must not be written.
        """
        data, target = self.to_bytes(break_signature=break_signature), Path(path)
        if not target.exists() or target.resolve() != Path(self.path).resolve():
            write_new(target, data, overwrite=True)
            return
        if data == self._saved:
            return
        with BookFile.open(target) as held:
            if held.data not in (self.package.zip.data, self._saved):
                raise BookChangedError(path=target)
            held.commit(data, keep=lambda _: None)
        self._saved = data
