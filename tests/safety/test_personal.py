"""A personal value leaves its cell for no message, report, journal or log (`--show-values` apart)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand
from tests.safety.typed import sample
from tracker.cli.app import run
from tracker.xlsx import Workbook

DAY = ["--as-of", AS_OF.isoformat()]
WORD = "CANARYkestrel"
NUMBER = 13987650001
TYPED: dict[tuple[str, str], tuple[object, ...]] = {
    ("customers", "office_phone"): (WORD, float(NUMBER), f"{NUMBER} "),
    ("customers", "private_phone"): (
        WORD,
        str(NUMBER),
        float(NUMBER),
        f"86-{NUMBER}",
        f"{NUMBER}a",
    ),
    ("customers", "consent_date"): (WORD, "12月31日", "31/12/1989", f"2026-01-01{WORD}", 7373731.0),
    ("customers", "email"): (WORD, f"{WORD}@x", f" {WORD}@x.cn\n"),
    ("customers", "wechat"): (f"  {WORD}  ", f"{WORD}\n{WORD}", f"=1+{WORD}"),
    ("preferences", "research_interest"): (f" {WORD}　{WORD}", f"{WORD}\r"),
    ("preferences", "conference_interest"): (WORD, f"{WORD} "),
    ("preferences", "hobbies"): (f"{WORD}身份证 病史 贿赂 宴请", WORD * 60),
    ("preferences", "preferred_time"): (WORD, f"\t{WORD}"),
    ("preferences", "work_habits"): (WORD, f"{WORD}  {WORD}"),
    ("preferences", "important_date"): (WORD, "12-32", f"12-31{WORD}", "2026-12-31x"),
}
CANARY = re.compile(rf"kestrel|{NUMBER}|139 ?8765|1989|12[-/月.]3[12]|7373731", re.I)
READING = [
    ["check"], ["refresh", "--check"], ["refresh", "--diff"], ["fix"], ["fix", "--yes"], ["refresh"], ["history"],
    ["undo"], ["restore", "--to", "1"],
]  # fmt: skip
LOOKS = [("zh", "-v", "text"), ("en", "-q", "json")]
FURTHER = [
    pytest.param(lang, loud, output, marks=pytest.mark.slow)
    for lang in ("zh", "en")
    for loud in ("-v", "-q")
    for output in ("text", "json")
    if (lang, loud, output) not in LOOKS
]


@pytest.fixture(scope="module", params=["zh", "en"])
def planted(request: pytest.FixtureRequest) -> bytes:
    """A workbook with faults in every personal column."""
    hand = Hand(sample(request.param))
    for (module, field), values in TYPED.items():
        rows = [int(r) for r in hand.frame(module).index]
        for row, value in zip(rows, values, strict=False):
            hand.type(module, field, row, value)
            blank = "private_phone_consent" if module == "customers" else "consent"
            hand.type(module, blank, row, None)
    return hand.done()


@pytest.fixture
def path(planted: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(planted)
    return path


def test_every_personal_field_has_its_canary(planted: bytes) -> None:
    schema = Hand(planted).book.schema
    personal = {
        (m.name, c.name)
        for m in schema.modules.values()
        for c in m.columns
        if c.data_class != "public" and c.owner == "input"
    }
    assert personal == set(TYPED)


def state_files(folder: Path) -> Iterator[Path]:
    """What the tool keeps as text: not the workbooks, nor what is made of its own files."""
    for file in (folder / "state").rglob("*"):
        own = file.parent.name == "derived"
        if file.is_file() and not own and not file.read_bytes().startswith(b"PK"):
            yield file


@pytest.mark.parametrize(("lang", "loud", "output"), [*LOOKS, *FURTHER])
def test_no_command_says_it(
    path: Path, capsys: pytest.CaptureFixture[str], lang: str, loud: str, output: str
) -> None:
    told = 0
    for command in READING:
        formatted = [] if command[0] in ("undo", "restore") else ["--format", output]
        day = DAY if command[0] in ("check", "refresh", "fix") else []
        code = run([*command, str(path), *day, *formatted, "--lang", lang, loud])
        assert code in (0, 1, 3), command
        out = capsys.readouterr()
        told += len(re.findall("CUS105|CUS102|GEN002|PRF6", out.out))
        hit = CANARY.search(_without_digests(out.out + out.err))
        assert hit is None, (command, out.out[max(0, hit.start() - 200) : hit.end()])
    assert told > 20
    for file in state_files(path.parent):
        assert not CANARY.search(_without_digests(file.read_text("utf-8"))), file
        assert file.stat().st_mode & 0o077 == 0, file
    for file in (path.parent / "state" / "derived").glob("*"):
        assert not re.search(rb"kestrel|%d" % NUMBER, file.read_bytes(), re.I), file


@pytest.mark.parametrize("command", [["explain", "CUS105"], ["schema", "customers"], ["doctor"]])
def test_no_command_without_a_workbook_says_it(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    run(["refresh", str(path), *DAY])
    monkeypatch.chdir(path.parent)
    capsys.readouterr()
    assert run([*command, "-v"]) == 0
    out = capsys.readouterr()
    assert not re.search(rf"kestrel|{NUMBER}", out.out + out.err, re.I)


@pytest.mark.parametrize("output", ["text", "json"])
def test_it_is_said_where_that_is_asked_for(
    path: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    run(["check", str(path), *DAY, "--format", output, "-v", "--show-values"])
    said = capsys.readouterr().out
    assert WORD in said
    assert str(NUMBER) in said


def test_the_generated_columns_and_sheets_do_not_repeat_it(planted: bytes, path: Path) -> None:
    """Neither 校验（自动） nor the Findings, nor anything else that the tool writes, but `_tracker`.

    That one holds the rows as they were, to merge with.
    """
    assert run(["refresh", str(path), *DAY]) == 1
    before, after = Workbook(planted), Workbook(path.read_bytes())
    for name in after.sheet_names:
        if name == "_tracker":
            continue
        sheet = after.sheet(name)
        old = before.sheet(name)
        for row in sheet.scan.rows.values():
            for cell in sheet.scan.cells(row):
                value = str(sheet.value(cell))
                was = old.raw(row.number, cell.column)
                if was is None or str(old.value(was)) != value:
                    assert not CANARY.search(value), (name, row.number, cell.column, value)


def _broken(*_: object, **__: object) -> None:
    raise ValueError(f"{WORD} {NUMBER}")


@pytest.mark.parametrize(
    "place",
    ["tracker.api.session.valid_rows", "tracker.api.book.grade", "tracker.api.refresh.message"],
)
@pytest.mark.parametrize("command", ["check", "refresh"])
def test_a_fault_in_the_program_does_not_say_it(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    command: str,
) -> None:
    monkeypatch.setattr(place, _broken)
    for output in ("text", "json"):
        code = run([command, str(path), *DAY, "-v", "--format", output])
        assert code == 70 or command == "check"
        out = capsys.readouterr()
        assert not CANARY.search(_without_digests(out.out + out.err))
        assert "Traceback" not in out.err
    reports = [f.read_text("utf-8") for f in state_files(path.parent)]
    assert not CANARY.search(_without_digests("\n".join(reports)))


def _without_digests(text: str) -> str:
    """Digests, sizes and times are numbers of their own; so are places in the program."""
    return re.sub(r"\b[0-9a-f]{8,64}\b(?<!\b\d{11})|\.py:\d+|\d{4}-\d\d-\d\dT[\d:.+]+", "", text)


@pytest.mark.parametrize(
    "langs", [("zh", "en"), pytest.param(("en", "zh"), marks=pytest.mark.slow)], ids="-".join
)
def test_pages_lists_and_calendars_do_not_say_it(
    path: Path, capsys: pytest.CaptureFixture[str], langs: tuple[str, str]
) -> None:
    """Neither before a refresh nor after, when the pages tell what changed since."""
    files = [path.with_suffix(s) for s in (".html", ".ics")]
    who = Hand(path.read_bytes()).frame("customers")["customer_id"]
    for again, lang in enumerate(langs):
        said = ["--lang", lang, *DAY]
        run(["report", str(path), "-o", str(files[0]), *said, "--period", "month"])
        _no_canary(files[0].read_text("utf-8"))
        for customer in who.iloc[:6]:
            run(["report", str(path), "-o", str(files[0]), *said, "--customer", customer])
            _no_canary(files[0].read_text("utf-8"))
        for output in ("text", "json"):
            run(["today", str(path), *said, "-v", "--days", "90", "--format", output])
        run(["today", str(path), *said, "--ics", str(files[1])])
        _no_canary(files[1].read_text("utf-8").replace("\r\n ", ""))
        out = capsys.readouterr()
        _no_canary(out.out + out.err)
        if not again:
            run(["refresh", str(path), *DAY])
            hand = Hand(path.read_bytes())
            for (module, field), texts in TYPED.items():
                hand.type(module, field, int(hand.frame(module).index[0]), texts[0])
            path.write_bytes(hand.done())
            capsys.readouterr()


SAID = re.compile(rf"kestrel|{NUMBER}|139 ?8765|1989|7373731", re.I)
"""As CANARY, but for the last day of the year, which promises and lists of days name rightly."""


def _no_canary(text: str) -> None:
    hit = SAID.search(_without_digests(text))
    assert hit is None, text[max(0, hit.start() - 200) : hit.end()]


def test_the_page_of_a_customer_says_it_where_that_is_asked_for(path: Path) -> None:
    frame = Hand(path.read_bytes()).frame("customers")
    hit = next(
        i for i, w in zip(frame["customer_id"], frame["wechat"], strict=True) if WORD in str(w)
    )
    out = path.with_suffix(".html")
    run(["report", str(path), "-o", str(out), *DAY, "--customer", hit, "--show-values"])
    assert WORD in out.read_text("utf-8")
