"""What a person typed stays text in everything the tool writes (G9)."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import lxml.html
import openpyxl
import pytest
from lxml import etree
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from tests.books import AS_OF, Hand, opened, refreshed
from tests.safety.typed import FORMULAS, REP, TAGS, TYPED, hostile, sample
from tests.summary.agenda.rfc5545 import read
from tracker.cli.app import run
from tracker.opc.package import Package
from tracker.xlsx import Workbook, refs

DAY = ["--as-of", AS_OF.isoformat()]
_TEXT = r'"(?:[^"]|"")*"'
OWN_LINK = re.compile(  # the text shown is a place, or stands in a cell; so does the Summary's id
    rf"""HYPERLINK\("\#(?:[^"]|"")*"(?:&IFERROR\(MATCH\((?:{_TEXT}|\$[A-Z]+\d+),
    (?:'(?:[^']|'')*'|\w+)!\$[A-Z]+:\$[A-Z]+,0\),\d+\))?,(?:"[A-Z]+\d+"|\$[A-Z]+\d+)\)""",
    re.X,
)
_TABLE, _OFFICE = (
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
)
_FORMULA, _KIND = f"{{{_TABLE}}}formula", f"{{{_OFFICE}}}value-type"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

HARMLESS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "section", "table",
     "tbody", "tr", "th", "td", "dl", "dt", "dd", "ul", "li", "span", "b", "i", "br", "a", "data", "time",
     "meter", "figure", "svg", "text", "line", "rect", "circle", "polyline", "path", "g"}
)  # fmt: skip
"""What the templates are made of."""


class Made(NamedTuple):
    """A workbook with hostile texts before and after a refresh, and the texts by cell."""

    lang: str
    before: bytes
    after: bytes
    typed: dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request: pytest.FixtureRequest) -> Made:
    before, typed = hostile(request.param)
    return Made(request.param, before, refreshed(before), typed)


@pytest.fixture
def path(made: Made, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(made.before)
    return path


def written(made: Made) -> dict[str, bytes]:
    """The parts that the refresh wrote."""
    before, after = Package(made.before), Package(made.after)
    return {
        n: after.read(n) for n in after if n not in before or before.raw(n) != after.raw(n)
    }  # fmt: skip


def xml_of(parts: dict[str, bytes]) -> dict[str, etree._Element]:
    names = (".xml", ".rels", ".vml")
    return {n: etree.fromstring(data) for n, data in parts.items() if n.endswith(names)}


def tags(data: bytes) -> set[str]:
    """Names of all elements of a package."""
    package = Package(data)
    roots = xml_of({n: package.read(n) for n in package}).values()
    return {str(e.tag) for root in roots for e in root.iter(etree.Element)}


def test_every_string_is_in_every_column_of_text(made: Made) -> None:
    book = opened(made.before)
    for place in book.session.places.values():
        wanted = [c for c in place.module.columns if c.type in ("text", "ref", "multi")]
        for column in wanted:
            if column.owner != "computed":
                letter = refs.letters(place.columns[column.name])
                typed = {
                    text
                    for (sheet, cell), text in made.typed.items()
                    if sheet == place.sheet.name and re.fullmatch(rf"{letter}\d+", cell)
                }
                assert typed == set(TYPED), (place.sheet.name, column.name)
    assert len(set(FORMULAS)) == 11


def test_no_formula_but_the_tools_own_links(made: Made) -> None:
    seen = 0
    for name, root in xml_of(written(made)).items():
        for f in root.iter("{*}f"):
            where = f.getparent()
            assert where is not None
            if etree.QName(where).localname == "c":
                assert OWN_LINK.fullmatch(f.text or ""), (name, f.text)
                seen += 1
    assert seen > 500  # there are findings, and each has its link


def test_no_link_out_of_the_workbook(made: Made) -> None:
    for name, root in xml_of(written(made)).items():
        for link in root.iter("{*}hyperlink"):
            assert link.get("location"), name
            assert not [a for a in link.attrib if str(a).endswith("}id")], name
        for relation in root.iter("{*}Relationship"):
            assert relation.get("TargetMode") != "External", name


def test_no_element_that_a_harmless_workbook_lacks(made: Made) -> None:
    usual = tags(refreshed(sample(made.lang)))
    found = tags(made.after)
    strange = {t for t in found - usual if not t.startswith("{")}
    assert not strange
    assert {etree.QName(t).namespace for t in found} <= {etree.QName(t).namespace for t in usual}
    assert not {etree.QName(t).localname for t in found} & {"script", "ddeLink", "externalBook"}


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl's own
def test_the_texts_round_trip_by_other_readers(made: Made) -> None:
    """openpyxl leaves control characters as the escapes that they are stored as."""
    book = openpyxl.load_workbook(io.BytesIO(made.after))
    quick = CalamineWorkbook.from_filelike(io.BytesIO(made.after))
    own = Workbook(made.after)
    places = {name: i for i, name in enumerate(own.sheet_names)}
    rows = [quick.get_sheet_by_index(i).to_python(skip_empty_area=False) for i in places.values()]
    for (sheet, cell), text in made.typed.items():
        assert own.sheet(sheet).get(cell) == text, (sheet, cell)
        at, (row, column) = places[sheet], refs.cell(cell)
        assert rows[at][row - 1][column - 1] == text, (sheet, cell)
        read = book.worksheets[at][cell]
        assert read.data_type == "s", (sheet, cell)
        assert text in (read.value, unescape(read.value)), (sheet, cell)


def test_the_generated_sheets_say_the_texts_as_they_are(made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(made.after)) as archive:
        assert archive.testzip() is None
    own = Workbook(made.after)
    title = opened(made.after).session.schema.sheet_title("summary", made.lang)
    cells = {
        str(own.sheet(title).value(c))
        for row in own.sheet(title).scan.rows.values()
        for c in own.sheet(title).scan.cells(row)
    }
    assert any(REP in text for text in cells)
    assert "49" not in cells


@pytest.mark.parametrize("command", [["check"], ["refresh", "--diff"], ["refresh"]])
def test_json_carries_them_as_data(
    path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run([*command, str(path), *DAY, "--format", "json"]) == 1
    out = capsys.readouterr()
    (book,) = json.loads(out.out)["books"]
    values = {f["value"] for f in book["findings"]}
    assert set(FORMULAS) <= values
    assert len(set(TAGS) & values) > 8
    assert not CONTROLS.search(out.out.replace("\u202e", ""))  # JSON writes controls as \\u
    assert out.err == ""


def pages(path: Path, lang: str) -> Iterator[str]:
    """The report, with a review and with personal fields, and the pages of customers."""
    out = path.with_suffix(".html")
    ids = opened(path.read_bytes()).session.frames["customers"]["customer_id"]
    more = [["--period", "quarter", "--show-values"], *(["--customer", i] for i in ids.iloc[:9])]
    for options in more:
        code = run(["report", str(path), "-o", str(out), *DAY, "--lang", lang, *options])
        assert code == 1, options
        yield out.read_text("utf-8")


@pytest.mark.parametrize("state", ["before", "after"])
def test_a_page_has_no_tag_link_or_script_of_theirs(made: Made, path: Path, state: str) -> None:
    path.write_bytes(getattr(made, state))
    seen = 0
    for html in pages(path, made.lang):
        root = lxml.html.document_fromstring(html)
        found = {str(e.tag) for e in root.iter() if isinstance(e.tag, str)}
        assert found <= HARMLESS, found - HARMLESS
        names = {str(a) for e in root.iter() for a in e.attrib}
        assert not names & {"href", "src", "action", "srcdoc"}
        assert not {a for a in names if a.startswith("on")}
        assert "49" not in {t.strip() for t in root.itertext()}
        text = " ".join(map(str, root.itertext()))
        seen += sum(t in text for t in ("{{7*7}}", "<script>alert(1)</script>", "=1+1"))
    assert seen > 6


@pytest.mark.parametrize("command", [["today"], ["today", "--show-values", "-v"]])
def test_a_list_of_what_is_due_is_plain(
    path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    run([command[0], str(path), *DAY, "--days", "366", *command[1:]])
    out = capsys.readouterr().out
    assert not CONTROLS.search(out)
    run([command[0], str(path), *DAY, "--days", "366", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["days"]


def test_a_calendar_holds_them_as_text(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand = Hand(path.read_bytes())
    customer = hand.frame("customers")["customer_id"].iloc[0]
    for row, text in zip(map(int, hand.frame("visits").index), TYPED, strict=False):
        planned = {
            "visit_status": "计划", "visit_date": 46210.0, "start_time": 0.5, "end_time": None,
            "customer": customer, "institution": None, "purpose": "学术交流", "visit_method": "微信",
            "next_visit_date": None, "commitment_done_on": None, "summary": None,
            "objective": f"{text}\r\nEND:VEVENT\r\nURL:http://x.example",
        }  # fmt: skip
        for field, value in planned.items():
            hand.type("visits", field, row, value)
    path.write_bytes(hand.done())
    made = path.with_suffix(".ics")
    run(["today", str(path), *DAY, "--ics", str(made)])
    assert str(made) in capsys.readouterr().out
    entries = read(made.read_bytes())
    known = {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "TRANSP", "LOCATION",
             "DESCRIPTION", "CATEGORIES", "CLASS", "STATUS", "RRULE"}  # fmt: skip
    assert {name for e in entries for name in e.properties} <= known
    told = " ".join(e.text("DESCRIPTION") for e in entries)
    assert sum(t in told for t in TYPED) > 15


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_office_program_shows_them_as_text(made: Made, tmp_path: Path) -> None:
    """As a flat document every cell says whether it is text, and every formula and link shows."""
    (tmp_path / "book.xlsx").write_bytes(made.after)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["--headless", "--convert-to", "fods", "--outdir", str(tmp_path)]
    for _ in range(2):  # the first start with a new profile may end at once
        subprocess.run(
            ["soffice", profile, *convert, str(tmp_path / "book.xlsx")],
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip
    root = etree.parse(tmp_path / "book.fods", etree.XMLParser(huge_tree=True)).getroot()
    seen = Counter[str]()
    for cell in root.iter("{*}table-cell"):
        formula = cell.get(_FORMULA)
        assert formula is None or OWN_LINK.fullmatch(_as_in_excel(formula)), formula
        if formula is None and cell.find("{*}p") is not None:
            shown = "\n".join("".join(map(str, p.itertext())) for p in cell.iter("{*}p"))
            seen[shown] += cell.get(_KIND) == "string"
    links = {str(a.get("{http://www.w3.org/1999/xlink}href")) for a in root.iter("{*}a")}
    assert all(link.startswith("#") for link in links), links
    for text in TYPED:
        if text.isprintable():
            assert seen[text] >= sum(t == text for t in made.typed.values()), text


def _as_in_excel(formula: str) -> str:
    """A formula of OpenDocument with references and separators as Excel writes them."""

    def spelt(m: re.Match[str]) -> str:
        if m["cell"]:
            return m["cell"]
        if m["sheet"]:
            return f"{m['sheet']}!{m['left']}:{m['right']}"
        return "," if m[0] == ";" else m[0]

    sheet, column = r"(?P<sheet>'(?:[^']|'')*'|[^\]'.]+)", r"\$[A-Z]+"
    area = rf"\[\$?{sheet}\.(?P<left>{column}):\.(?P<right>{column})\]"
    cell = rf"\[\.(?P<cell>{column}\d+)\]"
    return re.sub(rf"{_TEXT}|{area}|{cell}|;", spelt, formula.removeprefix("of:="))
