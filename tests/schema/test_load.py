from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tracker.cli.app import run
from tracker.errors import SchemaError
from tracker.resources import schema_dir
from tracker.schema.load import load

MODULE = """\
module: jobs
sheet: {zh: 任务, en: Jobs}
table: tblJobs
id: {field: job_id, letter: J}
natural_key: [name]
label: name
columns:
  - name: name
    zh: 名称
    type: text
    need: required
  - name: due
    zh: 期限
    type: date
  - name: state
    zh: 状态
    type: pick
    picks:
      - {code: open, zh: 未完, en: Open}
      - {code: done, zh: 完成, en: Done}
  - name: job_id
    zh: 编号
    type: text
    owner: id
rules:
  - {code: GEN001, check: required_if, field: due, when: {state: [open]}}
"""

MISTAKES = [
    ("table: tblJobs", "table: tblJobs\ncolour: red", 4, 'unknown key "colour"'),
    ("table: tblJobs\n", "", 1, '"table" is missing'),
    ("letter: J", "letter: jj", 4, "one capital letter"),
    ("field: job_id, letter", "field: nothing, letter", 4, 'no column "nothing"'),
    ("natural_key: [name]", "natural_key: [nome]", 5, 'no column "nome"'),
    ("natural_key: [name]", "natural_key: name", 5, "must be a list"),
    ("label: name", "label: nome", 6, 'no column "nome"'),
    ("type: date", "type: day", 14, 'unknown type "day"'),
    ("    type: date", "    type: date\n    colour: red", 15, 'unknown key "colour"'),
    ("    type: date", "    type: date\n    owner: nobody", 15, '"owner" must be one of'),
    ("    type: date", "    type: date\n    need: much", 15, '"need" must be one of'),
    ("    type: date", "    type: date\n    min: low", 15, '"min" must be a number'),
    ("    type: date", "    type: date\n    earliest: soon", 15, "a date such as"),
    ("    type: date", "    type: date\n    aliases: [3]", 15, "put quotes: 3"),
    ("    type: date", "    type: date\n    range_into: end", 15, 'no column "end"'),
    ("    type: date", "    type: date\n    lunar_if: {kind: [x]}", 15, 'no column "kind"'),
    ("    type: date", "    type: date\n    help: text", 15, "a mapping is expected"),
    ("    type: date", "    type: date\n    patterns: ['(']", 15, "not a regular expression"),
    ("    type: date", "    type: date\n    patterns: ['a']", 15, 'needs a "pattern_code"'),
    ("    type: date", "    type: date\n    type_code: XYZ1", 15, 'findings.yaml has no "XYZ1"'),
    ("    type: date", "    type: ref", 14, "belong together"),
    ("    type: date", "    type: ref\n    ref: {to: people}", 15, 'no table "people"'),
    ("    type: date", "    type: ref\n    ref: {to: jobs, blank_if: 3}", 15, "a mapping is expected"),
    ("code: done", "code: open", 20, 'the code "open" stands twice'),
    ("code: done, zh", "code: 1, zh", 20, "put quotes: 1"),
    (", zh: 完成, en: Done", ", zh: 完成", 20, '"en" is missing'),
    ("  - name: state", "  - name: due", 15, 'column "due" stands twice'),
    ("name: job_id\n", "name: job_id\n    name: again\n", 22, "a key stands twice"),
    ("code: GEN001", "code: GEN999", 26, 'findings.yaml has no "GEN999"'),
    ("required_if", "wanted_if", 26, "unknown kind of rule"),
    ("field: due, when", "field: duo, when", 26, 'no column "duo"'),
    ("when: {state: [open]}", "when: {stade: [open]}", 26, 'no column "stade"'),
    ("when: {state: [open]}", "when: {state: open}", 26, "or a list of codes"),
    ("when: {state: [open]}", "when: state", 26, "a mapping is expected"),
    ("when: {state: [open]}", "after: then", 26, 'no column "then"'),
    ("when: {state: [open]}", "op: '<='", 26, 'unknown key "op"'),
    ("check: required_if, field: due", "check: order, field: due, op: '=', other: as_of", 26, '"op" must be'),
    ("check: required_if, field: due", "check: unique, field: due, fields: [x]", 26, 'no column "x"'),
    ("check: required_if, field: due", "check: order, field: due, op: '<'", 26, '"other" is missing'),
    ("when: {state: [open]}", "severity: bad", 26, '"severity" must be one of'),
    ("rules:\n  - {", "rules:\n  - 3\n  - {", 26, "a mapping is expected"),
    ("sheet: {zh: 任务", "sheet: {zh: [任务", 2, "not YAML"),
    ("sheet: {zh: 任务, en: Jobs}", "sheet: {zh: 7, en: Jobs}", 2, "put quotes: 7"),
]  # fmt: skip


def _folder(path: Path, text: str) -> Path:
    (path / "jobs.yaml").write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "line", "said"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert MODULE.count(old) == 1
    with pytest.raises(SchemaError) as caught:
        load(_folder(tmp_path, MODULE.replace(old, new)))
    assert (caught.value.facts["path"], caught.value.facts["line"]) == (
        tmp_path / "jobs.yaml",
        line,
    )
    assert said in caught.value.message("en")
    assert caught.value.message("zh") != caught.value.message("en")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").mkdir()
    with pytest.raises(SchemaError, match="look at the file and its rights"):
        load(tmp_path)


def test_a_damaged_installation_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("tracker.schema.load", "tracker.schema.yamlfile"):
        monkeypatch.setattr(f"{module}.schema_dir", lambda: tmp_path)
    assert run(["check", str(tmp_path / "book.xlsx"), "--lang", "en"]) == 2
    told = capsys.readouterr().err
    assert "the installation is damaged, install it anew" in told
    assert len(told.splitlines()) == 1


def test_a_folder_of_ones_own_takes_the_rest_from_the_shipped_one(tmp_path: Path) -> None:
    schema = load(_folder(tmp_path, MODULE))
    assert list(schema.modules) == ["jobs"]
    assert schema.codes == load().codes
    assert [c.label("en") for c in schema.modules["jobs"].columns] == [
        "Name",
        "Due",
        "State",
        "Job id",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("module: jobs", "module: other"), ("tblJobs", "tblOther"), ("letter: J", "letter: K")],
)
def test_two_modules_cannot_share_a_name_a_table_or_a_letter(
    tmp_path: Path, old: str, new: str
) -> None:
    others = {"module: jobs": "module: other", "tblJobs": "tblOther", "letter: J": "letter: K"}
    other = MODULE
    for a, b in others.items():
        if a != old:
            other = other.replace(a, b)
    (tmp_path / "other.yaml").write_text(other, "utf-8")
    with pytest.raises(SchemaError, match=r"other.yaml.*is taken by"):
        load(_folder(tmp_path, MODULE))
    (tmp_path / "other.yaml").write_text(other.replace(old, new), "utf-8")
    assert sorted(load(tmp_path).modules) == ["jobs", "other"]


def test_a_folder_without_modules_is_none(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no module's YAML file"):
        load(tmp_path)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SchemaError, match="not UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("workbook.yaml", "kind: list", "kind: heap", '"kind" must be one of'),
        ("workbook.yaml", "match: [name, code]", "match: [name, kode]", 'no column "kode"'),
        (
            "workbook.yaml",
            "type: int\n        aliases",
            "type: inch\n        aliases",
            'unknown type "inch"',
        ),
        ("workbook.yaml", "owner: rep_code", "owner: rep_kode", 'no setting "rep_kode"'),
        ("workbook.yaml", "max: 12", "max: twelve", '"max" must be a number'),
        ("workbook.yaml", "  summary: {zh: 汇总, en: Summary}\n", "", '"summary" is missing'),
        ("findings.yaml", "  severity: error", "  severity: awful", '"severity" must be one of'),
        ("findings.yaml", "  scope: r\n", "", '"scope" is missing'),
        ("variants.yaml", "萬: 万", "- 萬", "not YAML"),
    ],
)
def test_mistakes_in_the_other_files(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    for path in schema_dir().glob("*.yaml"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / name).read_text("utf-8")
    (tmp_path / name).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SchemaError) as caught:
        load(tmp_path)
    assert caught.value.facts["path"] == tmp_path / name
    assert said in caught.value.message("en")


@pytest.mark.parametrize("name", ["findings.yaml", "variants.yaml"])
def test_a_list_where_a_mapping_belongs(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("- 1\n", "utf-8")
    with pytest.raises(SchemaError, match=rf"{name}:1: a mapping is expected"):
        load(_folder(tmp_path, MODULE))
