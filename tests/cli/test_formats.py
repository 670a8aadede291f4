"""A check as JSON Lines and as SARIF: the same findings as in the JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.books import Hand
from tracker.cli.app import run
from tracker.findings import RANK

DAY = ["--as-of", "2026-06-30"]
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
REGION = {"startLine", "endLine", "startColumn", "endColumn"}
PHONE = "19876543210x"


@pytest.fixture
def faulty(book: Path) -> Path:
    """A value outside its list, a personal one that is malformed, an extra column."""
    hand = Hand(book.read_bytes())
    row = int(hand.frame("visits").index[15])
    hand.type("visits", "visit_method", row, "[视频会](http://evil.cn)")
    hand.type("customers", "private_phone", int(hand.frame("customers").index[0]), PHONE)
    sheet = hand.typed.sheet(hand.sheet("visits"))
    sheet.add_column(sheet.tables[0].name, "我的列")
    book.write_bytes(hand.done())
    return book


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = run(["check", *map(str, arguments), *DAY])
    return code, capsys.readouterr().out


def sarif_run(text: str) -> Any:
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert "sarif-schema-2.1.0" in log["$schema"]
    (only,) = log["runs"]
    return only


def test_json_lines_are_the_findings_of_the_document(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = checked(capsys, faulty, "--format", "jsonl")
    document = json.loads(checked(capsys, faulty, "--format", "json")[1])
    lines = [json.loads(line) for line in text.splitlines()]
    about = {"path": str(faulty), "as_of": "2026-06-30"}
    assert lines == [about | f for f in document["books"][0]["findings"]]
    assert code == 1
    assert {f["severity"] for f in lines} == set(RANK)


def test_sarif_has_the_structure_that_is_required(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys, kinds of values and minima as in sarif-schema-2.1.0.json, which takes no others."""
    code, text = checked(capsys, faulty, "--format", "sarif")
    found = sarif_run(text)
    assert code == 1
    assert set(found) == {"tool", "language", "columnKind", "invocations", "results"}
    assert found["columnKind"] == "unicodeCodePoints"
    driver = found["tool"]["driver"]
    assert set(driver) == {"name", "version", "rules"}
    ids = [r["id"] for r in driver["rules"]]
    assert ids == sorted(set(ids))
    for rule in driver["rules"]:
        texts = ("shortDescription", "fullDescription", "help")
        assert set(rule) == {"id", "defaultConfiguration", *texts}
        assert all(set(rule[key]) == {"text"} and rule[key]["text"] for key in texts)
    for result in found["results"]:
        assert set(result) == {
            "ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "properties",
        }  # fmt: skip
        assert set(result["message"]) == {"text"}
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in LEVELS.values()
        (location,) = result["locations"]
        assert set(location) == {"physicalLocation", "logicalLocations"}
        assert set(location["physicalLocation"]["artifactLocation"]) == {"uri"}
        region = location["physicalLocation"].get("region", {"startLine": 1, "endLine": 1})
        assert all(type(n) is int and n >= 1 for n in region.values())
        assert set(region) in ({"startLine", "endLine"}, REGION)
        assert region.get("endColumn", 1) == region.get("startColumn", 0) + 1
    (invocation,) = found["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_sarif_knows_a_finding_again_where_its_record_moved(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub's code scanning takes results for the same by this fingerprint and the path."""

    def marks() -> dict[str, int]:
        found = sarif_run(checked(capsys, faulty, "--format", "sarif")[1])["results"]
        marks = [r["partialFingerprints"]["primaryLocationLineHash"] for r in found]
        assert len(set(marks)) == len(marks)
        rows = (r["locations"][0]["physicalLocation"].get("region", {}) for r in found)
        return {m: r.get("startLine", 0) for m, r in zip(marks, rows, strict=True)}

    before = marks()
    swapped(faulty, *(int(r) for r in Hand(faulty.read_bytes()).frame("visits").index[15:17]))
    after = marks()
    assert before.keys() == after.keys()
    assert any(after[m] == row + 1 for m, row in before.items())


def swapped(path: Path, first: int, second: int) -> None:
    """Let two visits change places, as sorting would."""
    hand = Hand(path.read_bytes())
    for field in hand.book.session.places["visits"].columns:
        values = [hand.read("visits", field, row) for row in (first, second)]
        for row, value in zip((second, first), values, strict=True):
            hand.type("visits", field, row, value)
    path.write_bytes(hand.done())


def test_sarif_tells_the_findings_of_the_document_and_their_cells(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sarif_run(checked(capsys, faulty, "--format", "sarif")[1])["results"]
    document = json.loads(checked(capsys, faulty, "--format", "json")[1])
    for mine, f in zip(found, document["books"][0]["findings"], strict=True):
        assert (mine["ruleId"], mine["level"]) == (f["code"], LEVELS[f["severity"]])
        (place,) = mine["locations"][0]["logicalLocations"]
        assert place["name"] == (f["cell"] or f["sheet"])
        assert (
            mine["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == faulty.as_uri()
        )
        assert {k: f[k] for k in mine["properties"]} == mine["properties"]
    (evil,) = [r for r in found if r["ruleId"] == "GEN003"]
    assert r"“\[视频会](http://evil.cn)”" in evil["message"]["text"]
    assert evil["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith("!D17")


def test_a_relative_path_is_a_relative_reference(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book.parent)
    book.rename("我的 表.xlsx")
    found = sarif_run(checked(capsys, "我的 表.xlsx", "--format", "sarif")[1])
    place = found["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E6%88%91%E7%9A%84%20%E8%A1%A8.xlsx"


def test_a_book_that_cannot_be_read_is_a_notification(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = book.with_name("bad.xlsx")
    bad.write_text("a,b\n", "utf-8")
    code, text = checked(capsys, bad, book, "--format", "sarif")
    found = sarif_run(text)
    (invocation,) = found["invocations"]
    assert code == 2
    assert invocation["executionSuccessful"] is False
    assert "bad.xlsx" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert found["results"]
    code, text = checked(capsys, bad, "--format", "jsonl")
    assert (code, text) == (2, "")


@pytest.mark.parametrize("output", ["text", "json", "jsonl", "sarif"])
def test_personal_values_are_null_unless_asked_for(
    faulty: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    assert PHONE not in checked(capsys, faulty, "--format", output)[1]
    assert PHONE in checked(capsys, faulty, "--format", output, "--show-values")[1]


def test_a_clean_book_has_no_lines_and_no_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clean.xlsx"
    assert run(["new", str(path), "-q"]) == 0
    assert checked(capsys, path, "--format", "jsonl") == (0, "")
    assert sarif_run(checked(capsys, path, "--format", "sarif")[1])["results"] == []
