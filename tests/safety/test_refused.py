"""What is no workbook for the tool gets one line that names it and says what to do (G8)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.books import new_sample
from tests.opc import crafted
from tests.opc.encrypted import agile
from tests.opc.test_preflight import deflated_bomb, dtd
from tracker.cli.app import run
from tracker.opc.package import Package

DAY = ["--as-of", "2026-06-30"]
_SHEET = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_MACROS = b"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"


def made(sheets: int = 1) -> bytes:
    """A workbook as XlsxWriter makes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for n in range(sheets):
            book.add_worksheet(f"S{n}").write_row(0, 0, ["客户姓名", "所属机构", "部门"])
    return out.getvalue()


def replaced(part: str, old: bytes, new: bytes, data: bytes | None = None) -> bytes:
    """A workbook with bytes of one part replaced."""
    package = Package(data or made())
    xml = package.read(part)
    assert old in xml
    package.write(part, xml.replace(old, new, 1))
    return package.to_bytes()


def macro_sheets_only() -> bytes:
    data = replaced("xl/_rels/workbook.xml.rels", _SHEET, _MACROS)
    return replaced(
        "[Content_Types].xml",
        b"vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
        b"vnd.ms-excel.macrosheet+xml",
        data,
    )


def many_formats() -> bytes:
    """A workbook of the tool's own, for only the formats of what is read are looked at."""
    end = b"</cellXfs>"
    return replaced(
        "xl/styles.xml", end, b'<xf numFmtId="0"/>' * 70_001 + end, new_sample("zh", 0.02)
    )


def merged(count: int) -> bytes:
    end = b"</sheetData>"
    areas = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(2, count + 2))
    merges = b"<mergeCells>" + areas + b"</mergeCells>"
    return replaced("xl/worksheets/sheet1.xml", end, end + merges)


NAME = b'<definedName name="a">S0!$A$1</definedName>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
# What lies in the file, its name, and what the line says in Chinese and in English.
KINDS: dict[str, tuple[Callable[[], bytes], str, str, str]] = {
    "xls": (lambda: OLE + "Workbook".encode("utf-16-le"), "b.xls", ".xls", "save it as .xlsx"),
    "xls called xlsx": (lambda: OLE + "Book".encode("utf-16-le"), "b.xlsx", ".xls", "old .xls"),
    "xlsb": (
        lambda: crafted.pack({**crafted.PARTS, "xl/workbook.bin": b"x"}), "b.xlsb", ".xlsb", ".xlsb",
    ),
    "ods": (
        lambda: crafted.pack(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED
        ),
        "b.ods", ".ods", ".ods",
    ),
    "csv": (lambda: "姓名,电话\n张三,1\n".encode("gbk"), "b.csv", "CSV", "CSV"),
    "encrypted": (lambda: agile(made()), "b.xlsx", "密码", "password"),
    "empty": (lambda: b"", "b.xlsx", "空的", "is empty"),
    "html": (lambda: b"<html><table><tr><td>1", "b.xlsx", "网页", "web page"),
    "truncated": (lambda: made()[:-300], "b.xlsx", "损坏", "cut off or damaged"),
    "bomb": (deflated_bomb, "b.xlsx", "压缩炸弹", "zip bomb"),
    "dtd": (dtd, "b.xlsx", "DTD", "declares a DTD"),
    "macro sheets only": (macro_sheets_only, "b.xlsm", "宏表", "macro sheets"),
    "numbers": (lambda: crafted.pack({"Index/Document.iwa": b"x"}), "b.numbers", "Numbers", "Numbers"),
    "zeros of a broken sync": (lambda: bytes(9000), "b.xlsx", "零字节", "zero bytes"),
    "excel's owner file": (lambda: crafted.excel_owner("张三"), "~$b.xlsx", "占用标记", "owner file"),
    "libreoffice's owner file": (lambda: b",,,;", ".~lock.b.xlsx#", "请指定 b.xlsx", "name b.xlsx"),
    "301 sheets": (lambda: made(301), "b.xlsx", "301", "301 sheets"),
    "70,001 formats": (many_formats, "b.xlsx", "单元格格式", "cell formats"),
    "10,001 names": (
        lambda: replaced(
            "xl/workbook.xml", b"</sheets>",
            b"</sheets><definedNames>" + NAME * 10_001 + b"</definedNames>",
        ),
        "b.xlsx", "名称有 10001", "10001 defined names",
    ),
    "100,001 merged areas": (lambda: merged(100_001), "b.xlsx", "100001", "100001 merged areas"),
}  # fmt: skip
COMMANDS = (["check"], ["refresh"], ["refresh", "--diff"])


def refused(path: Path, capsys: pytest.CaptureFixture[str], zh: str, en: str) -> None:
    """Each command says so in both languages, and nothing is written."""
    before = sorted(p.name for p in path.parent.iterdir())
    for command in COMMANDS:
        for lang, said in (("zh", zh), ("en", en)):
            assert run([*command, str(path), *DAY, "--lang", lang]) == 2
            out = capsys.readouterr()
            assert out.out == ""
            (line,) = out.err.splitlines()
            assert line.startswith(f"tracker: {path}")
            assert said in line
            assert any(w in line for w in ("；", "，", ";", ",")), line  # what it is, what to do
            assert (max(line.removeprefix(f"tracker: {path}")) > "\u2e80") == (lang == "zh")
    assert sorted(p.name for p in path.parent.iterdir() if p.name != "state") == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    content, name, zh, en = KINDS[kind]
    path = tmp_path / name
    path.write_bytes(content())
    refused(path, capsys, zh, en)


def test_at_the_limit_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "b.xlsx"
    for content in (made(300), merged(100_000)):
        path.write_bytes(content)
        run(["check", str(path), *DAY, "--lang", "en"])
        assert "more than the limit" not in capsys.readouterr().err


def test_places_that_are_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "sheet.numbers").mkdir()
    refused(tmp_path / "folder.xlsx", capsys, "文件夹", "folder")
    refused(tmp_path / "sheet.numbers", capsys, "Numbers", "Numbers")
    refused(tmp_path / "gone.xlsx", capsys, "找不到", "no such file")


def test_a_file_that_icloud_took_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".b.xlsx.icloud").write_bytes(b"bplist00")
    refused(tmp_path / "b.xlsx", capsys, "云端", "only in the cloud")


class CloudError(OSError):
    """What Windows raises where a file that is only in the cloud cannot be fetched."""

    winerror = 362


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (CloudError(22, "The cloud file provider is not running"), "云端", "only in the cloud"),
        (PermissionError(13, "Permission denied"), "没有读取权限", "no permission"),
        (OSError(5, "Input/output error"), "读不出来", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    zh: str,
    en: str,
) -> None:
    path, read = tmp_path / "b.xlsx", Path.read_bytes
    path.write_bytes(made())

    def failing(self: Path) -> bytes:
        if self == path:
            raise error
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", failing)
    for lang, said in (("zh", zh), ("en", en)):
        assert run(["check", str(path), *DAY, "--lang", lang]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line


def _may_start(user: dict[str, Any]) -> bool:
    try:
        started = subprocess.run(
            [sys.executable, "-c", "import tracker.cli.app"], cwd="/", capture_output=True, **user
        )
    except PermissionError:
        return False
    return started.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="modes forbid on POSIX only")
def test_no_permission() -> None:
    """As somebody who is not root, for whom modes count."""
    code = "import sys\nfrom tracker.cli.app import run\nsys.exit(run(sys.argv[1:]))"
    nobody: dict[str, Any] = {"user": 65534} if os.geteuid() == 0 else {}
    if nobody and not _may_start(nobody):
        pytest.skip("the interpreter lies where nobody but root may look")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "b.xlsx"
        path.write_bytes(made())
        path.chmod(0)
        for lang, said in (("zh", "没有读取权限"), ("en", "no permission")):
            for command in ("check", "refresh"):
                done = subprocess.run(
                    [sys.executable, "-c", code, command, str(path), *DAY, "--lang", lang],
                    capture_output=True, check=False, encoding="utf-8", cwd=folder,
                    env={**os.environ, "PYTHONIOENCODING": "utf-8", "TRACKER_STATE_DIR": folder},
                    **nobody,
                )  # fmt: skip
                assert done.returncode == 2, done.stderr
                (line,) = done.stderr.splitlines()
                assert said in line
