"""Coverage-guided fuzzing of what reads a file that anybody may have made; run by hand.

    python -m tests.safety.fuzz TARGET [CORPUS] [-max_total_time=240] [other options of libFuzzer]

TARGET is one of zip, sheet, relationships, owners, strings, styles, book. It needs atheris
(pip install atheris). An input that lets any other exception out than those that the reader's
documentation names is left as a file `crash-...` in the current folder.
"""

from __future__ import annotations

import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # installed by hand, for this alone

with atheris.instrument_imports(include=["tracker"]):
    from tests.opc.crafted import PARTS, excel_owner, pack
    from tracker.errors import UnsuitableFileError
    from tracker.opc.owners import excel_user, libre_lock
    from tracker.opc.parts import parse_relationships
    from tracker.opc.preflight import check_bytes
    from tracker.opc.zipraw import RawZip
    from tracker.xlsx import Workbook
    from tracker.xlsx.edits import Edits
    from tracker.xlsx.opened import BROKEN
    from tracker.xlsx.patch import patch
    from tracker.xlsx.scan import scan
    from tracker.xlsx.strings import SharedStrings
    from tracker.xlsx.styles import Styles
    from tracker.xlsx.values import decode

_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHEET = (
    b"<worksheet " + _MAIN + b'><dimension ref="A1:C4"/><sheetData><row r="1" spans="1:3">'
    b'<c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><f t="shared" si="0" ref="B1:B3">A1+1</f><v>2</v></c>'
    b'</row><row r="3"><c t="inlineStr"><is><r><t xml:space="preserve"> a</t></r></is></c>'
    b'<c r="C3" t="d"><v>2026-06-30T00:00:00</v></c><c r="D3" t="b"><v>1</v></c></row><row r="4"/>'
    b'</sheetData><mergeCells count="1"><mergeCell ref="A9:B10"/></mergeCells></worksheet>'
)
_STRINGS = (
    b"<sst " + _MAIN + b' count="2" uniqueCount="2"><si><t>a &amp; _x0041_</t></si>'
    b"<si><r><rPr><b/></rPr><t>b</t></r><rPh><t>c</t></rPh></si><si/></sst>"
)
_STYLES = (
    b"<styleSheet "
    + _MAIN
    + b'><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;"/>'
    b'</numFmts><fonts count="1"><font/></fonts><cellXfs count="2"><xf numFmtId="164" xfId="0"/>'
    b'<xf numFmtId="9"><alignment/></xf></cellXfs><dxfs count="0"/></styleSheet>'
)
_RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://x/worksheet" Target="../a%20b.xml#c"/>'
    b'<Relationship Id="rId2" Type="http://x/link" Target="http://x/" TargetMode="External"/>'
    b"</Relationships>"
)
_BOOK = (
    b"<workbook " + _MAIN + b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets><definedNames>'
    b'<definedName name="n" localSheetId="0">S!$A$1</definedName></definedNames><calcPr/></workbook>'
)
_WHERE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_LOCK = "张,z,host,02.03.2026 09:15,file:///tmp/a\\,b;".encode()


def _workbook(sheet: bytes = _SHEET, strings: bytes = _STRINGS, styles: bytes = _STYLES) -> bytes:
    links = b"".join(
        b'<Relationship Id="rId%d" Type="%b%b" Target="%b"/>' % (n, _WHERE, kind, to)
        for n, kind, to in (
            (1, b"worksheet", b"s.xml"), (2, b"sharedStrings", b"t.xml"), (3, b"styles", b"y.xml"),
        )
    )  # fmt: skip
    root = _RELS[: _RELS.index(b">") + 1]
    return pack(
        {
            **PARTS,
            "_rels/.rels": root + b'<Relationship Id="a" Type="' + _WHERE
            + b'officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": _BOOK,
            "xl/_rels/workbook.xml.rels": root + links + b"</Relationships>",
            "xl/s.xml": sheet, "xl/t.xml": strings, "xl/y.xml": styles,
        }
    )  # fmt: skip


def read_zip(data: bytes) -> None:
    """The archive's directory, and what passed the pre-flight read and built anew."""
    with suppress(zipfile.BadZipFile, struct.error, *BROKEN):
        RawZip(data)
    with suppress(UnsuitableFileError, *BROKEN):
        check_bytes(Path("b.xlsx"), data)
        archive = RawZip(data)
        for m in archive.members:
            archive.read(m)
            archive.raw(m)
        archive.rebuild({}, frozenset(), {"n.xml": b"x"})


def read_sheet(data: bytes) -> None:
    """Rows, cells and their values, and one cell spliced in."""
    strings = SharedStrings(_STRINGS)
    with suppress(*BROKEN):
        found = scan(data)
        for row in found.rows.values():
            for cell in found.cells(row):
                decode(cell, strings, found.prefix)
    with suppress(*BROKEN):
        patch(scan(data), Edits({(2, 1): 1}), lambda ref, _, __: b'<c r="' + ref + b'"/>')


def read_strings(data: bytes) -> None:
    """Texts by index and as they are written."""
    with suppress(*BROKEN):
        strings = SharedStrings(data)
        assert len(strings.texts) >= len(strings.rich)
        for i in range(min(len(strings.spans), 50)):
            strings.raw(i)
        _ = strings.emptied, strings.end, strings.find("a")


def read_styles(data: bytes) -> None:
    """Formats, dates, and a format added."""
    with suppress(*BROKEN):
        styles = Styles(data)
        for i in range(5):
            styles.is_date(i)
        styles.with_number_format(0, "0.000")
        styles.to_bytes()


def read_relationships(data: bytes) -> None:
    """Targets never climb out of the package."""
    with suppress(*BROKEN):
        for r in parse_relationships("xl/worksheets/sheet1.xml", data):
            assert r.external or not r.target.startswith(("../", "/")), r


def read_owners(data: bytes) -> None:
    """Whatever lies in an owner file: nothing is raised, and names are one line."""
    libre_lock(data)
    name = excel_user(data)
    assert name is None or name.isprintable()


def read_book(data: bytes) -> None:
    """The whole engine: open, look at every cell, change one, prove and write.

    The first byte says which part the rest stands for; the file itself is the last choice.
    """
    if not data:
        return
    rest = data[1:]
    made = (
        lambda: _workbook(sheet=rest), lambda: _workbook(strings=rest),
        lambda: _workbook(styles=rest), lambda: rest,
    )[data[0] % 4]()  # fmt: skip
    with suppress(UnsuitableFileError):
        book = Workbook(made)
        for name in book.sheet_names:
            sheet = book.sheet(name)
            for row in sheet.scan.rows.values():
                for cell in sheet.scan.cells(row):
                    sheet.value(cell)
            with suppress(ValueError):
                sheet.set("B2", "text")
        book.to_bytes()


TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    "zip": (read_zip, (_workbook(), pack(PARTS, zipfile.ZIP_STORED))),
    "sheet": (read_sheet, (_SHEET, _SHEET.replace(b"<", b"<x:").replace(b"<x:/", b"</x:"))),
    "relationships": (read_relationships, (_RELS,)),
    "owners": (read_owners, (excel_owner("张三"), excel_owner("Li", at=54), _LOCK)),
    "strings": (read_strings, (_STRINGS,)),
    "styles": (read_styles, (_STYLES,)),
    "book": (
        read_book, (b"\0" + _SHEET, b"\1" + _STRINGS, b"\2" + _STYLES, b"\3" + _workbook()),
    ),
}  # fmt: skip


def _seeds(folder: Path, seeds: tuple[bytes, ...]) -> Iterator[str]:
    for n, seed in enumerate(seeds):
        (folder / f"seed{n}").write_bytes(seed)
    yield str(folder)


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(__doc__)
    target, seeds = TARGETS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([sys.argv[0], *sys.argv[2:], *_seeds(Path(folder), seeds)], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
