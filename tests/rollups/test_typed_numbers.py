"""A mobile number that somebody types where no column is personal gets out nowhere."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.books import AS_OF, Hand
from tracker.api.rollup import Request, rollup
from tracker.cli import app
from tracker.xlsx.refs import ref

pytestmark = pytest.mark.own_state
NUMBER = "13812345678"
TYPED = f"张三 {NUMBER}"
CANARY = re.compile(NUMBER)


def planted(data: bytes, only: frozenset[str] | None = None) -> bytes:
    """The workbook with a number in the public text columns of each table, in their first rows."""
    hand = Hand(data)
    for name, module in hand.book.schema.modules.items():
        columns = hand.book.session.places[name].columns
        rows = [int(r) for r in hand.frame(name).index][:1]
        for c in module.columns:
            public = c.owner == "input" and c.data_class == "public" and c.name in columns
            wanted = c.name in only if only else c.type in ("text", "ref", "multi", "pick")
            for row in rows if public and wanted else ():
                hand.type(name, c.name, row, TYPED)
    place = hand.book.session.places["customers"]
    free = ref(place.header_row, max(place.headers) + 1)
    hand.typed.sheet(place.sheet.name).set(free, f"备用 {NUMBER}")
    return hand.done()


SAME = frozenset({"customer_name", "institution", "department"})


@pytest.fixture
def team(tiny: Path) -> Path:
    """Two workbooks with one customer in common, and one with numbers all over."""
    for name, only in (("R201", SAME), ("R202", SAME), ("R203", None)):
        path = tiny / f"{name}.xlsx"
        path.write_bytes(planted(path.read_bytes(), only))
    return tiny


def test_it_is_in_no_sheet_and_no_parquet_file(team: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    out, folder = tmp_path / "rollup.xlsx", tmp_path / "rows"
    found = rollup(Request(paths=[team], as_of=AS_OF, out=out, parquet=folder))
    assert any("张三" in said for m in found.shared for _, s in m.seen for said in s.said)
    with zipfile.ZipFile(out) as package:
        parts = {n: package.read(n).decode("utf-8", "replace") for n in package.namelist()}
    assert [n for n, text in parts.items() if CANARY.search(text)] == []
    assert any("张三 ***" in text for text in parts.values())
    rows = {f.name: str(pq.read_table(f).to_pydict()) for f in folder.iterdir()}
    assert [n for n, text in rows.items() if CANARY.search(text)] == []


def test_it_is_not_printed_unless_that_is_asked_for(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand((team / "R201.xlsx").read_bytes())
    row = int(hand.frame("customers").index[-1])
    cell = hand.type("customers", "target_frequency", row, float(NUMBER))
    (team / "R201.xlsx").write_bytes(hand.done())
    rollup_of = ["rollup", str(team), "--as-of", AS_OF.isoformat()]
    assert app.run([*rollup_of, "-v"]) == 1
    said = capsys.readouterr().out
    assert "张三 ***" in said
    assert not CANARY.search(said)
    assert app.run([*rollup_of, "--format", "json"]) == 1
    document = capsys.readouterr().out
    assert not CANARY.search(document)
    findings = json.loads(document)["findings"]
    assert any("张三 ***" in str(f["value"]) for f in findings)
    assert [f["value"] for f in findings if f["cell"] == cell] == ["***"]
    app.run([*rollup_of, "--format", "json", "--show-values"])
    assert CANARY.search(capsys.readouterr().out)
