"""The command `rollup`: what it prints and how it ends."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.books import new_sample
from tracker.cli import app
from tracker.xlsx import Workbook

TEAM = Path(__file__).parents[2] / "sample_workbooks" / "team"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A folder with two workbooks of the sample team."""
    (tmp_path / "team").mkdir()
    for name in ("R101.xlsx", "R102.xlsx"):
        shutil.copy(TEAM / name, tmp_path / "team" / name)
    return tmp_path / "team"


def run(*arguments: object) -> int:
    return app.run([str(a) for a in arguments])


def test_a_whole_team_ends_with_0_and_says_what_was_written(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rollup.xlsx"
    assert run("rollup", pair, "-o", out, "--as-of", "2026-06-30", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "2 workbooks (0 unchanged)" in said
    assert "ROL703" in said
    assert str(out) in said
    assert out.is_file()


def test_a_book_that_cannot_be_read_ends_with_1_and_is_named(
    pair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pair / "broken.xlsx").write_bytes(b"PK\x03\x04 no")
    (pair / "list.txt").write_text("R101\nR102\nR103\n", "utf-8")
    code = run("rollup", pair, "--as-of", "2026-06-30", "--format", "json",
               "--expected", pair / "list.txt", "--lang", "en")  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    states = {b["path"]: b["state"] for b in document["books"]}
    assert states == {
        "R101.xlsx": "read",
        "R102.xlsx": "read",
        "R103": "missing",
        "broken.xlsx": "skipped",
    }
    assert all(b["remarks"] for b in document["books"] if b["state"] != "read")
    assert document["written"] == []
    assert document["rows"]["visits"] == sum(
        b["rows"]["visits"] for b in document["books"] if b["rows"]
    )


def test_only_the_codes_asked_for_are_told_and_count(
    pair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("rollup", pair, "--as-of", "2026-06-30", "--format", "json", "--strict")
    assert run(*asked) == 1
    told = json.loads(capsys.readouterr().out)["findings"]
    assert {"header", "hint", "fix"} < told[0].keys()
    assert not [f for f in told if isinstance(f["value"], float) and f["value"].is_integer()]
    codes = {f["code"] for f in told}
    assert len(codes) > 1
    assert run(*asked, "--select", "ROL703") == 1
    told = json.loads(capsys.readouterr().out)["findings"]
    assert {f["code"] for f in told} == {"ROL703"}
    assert run(*asked, "--ignore", ",".join(codes)) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["findings"] == []
    assert document["counts"] == {"error": 0, "warning": 0, "info": 0}


def test_what_is_not_listed_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(6):
        book = Workbook(new_sample(size=0.02))
        book.sheet("设置").set("B2", f"R{number}")
        (tmp_path / f"{number}.xlsx").write_bytes(book.to_bytes())
    asked = ("rollup", tmp_path, "--as-of", "2026-06-30", "--lang", "en", "-q")
    run(*asked)
    brief = capsys.readouterr().out
    run(*asked, "-v")
    whole = capsys.readouterr().out
    more = re.search(r"… and (\d+) more; -v lists them all", brief)
    assert more
    assert whole.count(": ROL70") == brief.count(": ROL70") + int(more[1]) > 20
    assert "more; -v" not in whole


def test_json_and_text_count_alike(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rollup", pair, "--as-of", "2026-06-30", "--lang", "en")
    run(*asked)
    said = capsys.readouterr().out
    run(*asked, "--format", "json")
    document = json.loads(capsys.readouterr().out)
    counts = document["counts"]
    assert f"{counts['error']} errors, {counts['warning']} warnings" in said
    assert counts["warning"] == sum(f["severity"] == "warning" for f in document["findings"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_expected_list_may_come_from_any_editor(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("r101\r\n张伟.xlsx\r\n\r\nR102\r\n", encoding)
    options = ("--expected", listed, "--as-of", "2026-06-30", "--format", "json")
    assert run("rollup", pair, *options) == 1
    books = json.loads(capsys.readouterr().out)["books"]
    assert [b["path"] for b in books if b["state"] == "missing"] == ["张伟.xlsx"]


@pytest.mark.parametrize("content", [b"\x80\xff\xfe\x81", (TEAM / "R101.xlsx").read_bytes(), None])
def test_an_expected_list_that_is_no_text_is_refused_in_plain_words(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    listed = tmp_path / "list.xlsx"
    if content is None:
        listed.mkdir()
    else:
        listed.write_bytes(content)
    assert run("rollup", pair, "--expected", listed, "--lang", "en") == 2
    said = capsys.readouterr().err
    assert ("no text file" if content else "cannot be read (Is a directory)") in said
    assert "codec" not in said


def test_a_field_that_is_none_is_told_with_those_there_are(
    pair: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rollup", pair, "--unmask", "privat_phone", "--lang", "en") == 2
    said = capsys.readouterr().err
    assert "no personal field: privat_phone (known: " in said
    assert {"private_phone", "wechat"} <= set(re.findall(r"\w+", said.partition("known")[2]))


def test_no_book_at_all_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("rollup", tmp_path / "empty") == 2
    assert run("rollup", tmp_path / "none") == 2
    assert run("rollup", TEAM, "--unmask", "remarks") == 2
    assert "remarks" in capsys.readouterr().err


def test_a_key_that_is_too_short_is_refused(pair: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    assert run("rollup", pair, "--key-file", tmp_path / "key") == 2


def handed_to(data: bytes, rep: str) -> bytes:
    """The workbook with another rep's code in its settings, which makes it another workbook."""
    book = Workbook(data)
    sheet = book.sheet("设置")
    (row,) = [r for r in sheet.scan.rows if sheet.get(f"A{r}") == "代表编号"]
    sheet.set(f"B{row}", rep)
    return book.to_bytes()


def of_an_older_layout(data: bytes) -> bytes:
    book = Workbook(data)
    sheet = book.sheet("_tracker")
    sheet.set("A1", str(sheet.get("A1")).replace('"schema":"1"', '"schema":"0"'))
    return book.to_bytes()


def without_sheet(data: bytes, sheet: str) -> bytes:
    book = Workbook(data)
    book.drop_sheet(sheet)
    return book.to_bytes()


@pytest.mark.slow
def test_six_odd_books_of_twenty_are_named_and_fourteen_are_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, team = new_sample(size=0.02), tmp_path / "team"
    team.mkdir()
    books = {f"R{n:02d}.xlsx": handed_to(data, f"R{n:02d}") for n in range(1, 19)}
    books["R01.xlsx"] = books["R01.xlsx"][:9000]
    books["R03 (冲突副本).xlsx"] = books["R04.xlsx"]
    books["R05.xlsx"] = of_an_older_layout(books["R05.xlsx"])
    books["R06.xlsx"] = without_sheet(books["R06.xlsx"], "客户反馈与问题跟进")
    for name, content in books.items():
        (team / name).write_bytes(content)
    (team / "~$R02.xlsx").write_bytes(
        b"\x04Wang" + b" " * 49 + b"\x04\x00W\x00a\x00n\x00g\x00" + b" " * 102
    )
    other = openpyxl.Workbook()
    other.create_sheet("Umsatz").append(["Datum", "Kunde", "Umsatz"])
    other.save(team / "other.xlsx")
    out = tmp_path / "rollup.xlsx"
    day = ("--as-of", "2026-06-30", "--format", "json", "--lang", "en")
    assert run("rollup", team, "-o", out, *day) == 1
    told = {b["path"]: b for b in json.loads(capsys.readouterr().out)["books"]}
    odd = {
        "R01.xlsx": ("skipped", "damaged|corrupt|not"), "R02.xlsx": ("partial", "open"),
        "R03 (冲突副本).xlsx": ("copy", "same workbook"), "R04.xlsx": ("read", ""),
        "R05.xlsx": ("partial", "schema version 0"), "R06.xlsx": ("partial", "no table of"),
        "other.xlsx": ("skipped", "table"),
    }  # fmt: skip
    for name, (state, reason) in odd.items():
        assert told[name]["state"] == state
        assert re.search(reason, " ".join(told[name]["remarks"])), told[name]
    whole = [b for name, b in told.items() if name not in odd]
    assert len(told) == 20
    assert {b["state"] for b in whole} == {"read"}
    counted = [told["R04.xlsx"], *whole]  # of the two copies one counts
    assert len(counted) == 14
    assert all(b["rows"] == counted[0]["rows"] for b in counted)
