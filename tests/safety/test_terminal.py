"""What a person typed, and what a file or a sheet is called, never commands the terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand
from tests.safety.typed import sample
from tracker.cli.app import run
from tracker.opc.package import Package
from tracker.xlsx import markup

DAY = ["--as-of", AS_OF.isoformat()]
EVIL = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\x9b2J", "a\rb", "\u202egpj.exe",
    "a\u2066b", "\x00\x08\x7f", "1\n0 errors", "\u200b\ufeff", "\ufdd031\ufdd1",
)  # fmt: skip
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
COLOURS = re.compile(r"\x1b\[[0-9;]+m")


@pytest.fixture(scope="module")
def evil() -> bytes:
    """Every string as a header, as values of a list and of an id, and in the name of a sheet."""
    hand = Hand(sample("en"))
    sheet = hand.typed.sheet(hand.sheet("visits"))
    (table,) = sheet.tables
    for text, row in zip(EVIL, map(int, hand.frame("visits").index), strict=False):
        hand.type("visits", "visit_method", row, text)
        hand.type("visits", "customer", row, text)
        hand.type("visits", "visit_date", row, text)
        hand.type("visits", "visit_no", row, text)
        sheet.add_column(table.name, text)
    package = Package(hand.done())
    xml = package.read("xl/workbook.xml")
    name = markup.escape_attribute("Issues\x1b[31m\n\u202e")
    package.write("xl/workbook.xml", xml.replace(b'name="Issues"', b'name="%b"' % name))
    return package.to_bytes()


@pytest.fixture
def path(evil: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "b\x1b[31m\u202e.xlsx"
    path.write_bytes(evil)
    return path


@pytest.mark.parametrize("colour", ["never", "always"])
def test_the_terminal_gets_no_command(
    path: Path, capsys: pytest.CaptureFixture[str], colour: str
) -> None:
    hits = 0
    for command in (["check"], ["refresh", "--diff"], ["refresh"]):
        run([*command, str(path), *DAY, "-v", "--color", colour])
        out = capsys.readouterr()
        text = COLOURS.sub("", out.out) if colour == "always" else out.out
        assert not UNSEEN.search(text + out.err)
        assert not [line for line in text.splitlines() if line.startswith("0 errors")]
        hits += text.count("gpj.exe")
    assert hits >= 3


def test_json_is_the_text_and_commands_nothing(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", str(path), *DAY, "--format", "json"])
    out = capsys.readouterr().out
    assert not UNSEEN.search(out)
    (book,) = json.loads(out)["books"]
    assert book["path"] == str(path)
    assert set(EVIL) <= {f["value"] for f in book["findings"]}


def test_an_error_names_a_file_on_one_harmless_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("\x1b[31m\u202e.xlsx", "a\nb\x07.xlsx"):
        assert run(["check", str(tmp_path / name), *DAY]) == 2
        err = capsys.readouterr().err
        assert len(err.splitlines()) == 1
        assert not UNSEEN.search(err)
