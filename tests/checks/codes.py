"""The page of all codes and the examples that are shipped, from the case table: `make codes`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.checks.casebook import AS_OF, Case, schema, session
from tracker.api.refresh import plan_refresh
from tracker.checks.catalogue import hint, message
from tracker.findings import Finding
from tracker.resources import schema_dir
from tracker.schema.examples import FILE

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text("utf-8")
)
PAGE = Path(__file__).parents[2] / "docs" / "codes.md"
EXAMPLES = schema_dir() / FILE
_ROWS = 4
_HEAD = """\
# 校验代码 · Finding codes

由 `make codes` 从 `schemas/findings.yaml` 和测试用的案例表 `tests/checks/cases.yaml` 生成；
`tracker explain 代码` 显示同样的内容。级别和是否报告可在 `tracker.toml` 中更改。

Written by `make codes` from `schemas/findings.yaml` and from the case table of the tests, `tests/checks/cases.yaml`;
`tracker explain CODE` shows the same. Severities, and which codes are reported, can be changed in `tracker.toml`.
"""
_WORDS = {
    "zh": {
        "error": "错误", "warning": "警告", "info": "提示", "why": "为什么", "hint": "怎么改",
        "fires": "例如", "says": "会说", "passes": "不算", "row": "第 {n} 行",
    },
    "en": {
        "error": "error", "warning": "warning", "info": "note", "why": "Why", "hint": "What to do",
        "fires": "For example", "says": "It then says", "passes": "No fault", "row": "row {n}",
    },
}  # fmt: skip


def found_in(case: Case, kind: str = "book") -> list[Finding]:
    """Findings of a case's workbook; what a refresh tells once where the case is about that."""
    read = session(case[kind])
    analysis = read.analyse(AS_OF)
    return plan_refresh(read, analysis).told if case.get("told") else analysis.findings


def examples() -> dict[str, dict[str, Any]]:
    """By code and language: what stands in the workbook, what is said, what is no fault."""
    first: dict[str, Case] = {}
    for case in CASES:
        first.setdefault(case["code"], case)
    return {code: _example(first[code]) for code in schema().codes if code in first}


def _example(case: Case) -> dict[str, Any]:
    finding = next(f for f in found_in(case) if f.code == case["code"])
    return {
        lang: {
            "fires": list(_lines(case["book"], lang)), "message": message(finding, schema(), lang),
            "hint": hint(finding, schema(), lang), "passes": list(_lines(case["miss"], lang)),
        }
        for lang in ("zh", "en")
    }  # fmt: skip


def _lines(book: Mapping[str, Any], lang: str) -> Iterator[str]:
    """What a case's workbook holds beside what is usual, a line a row."""
    for name, headers in book.get("headers", {}).items():
        module = schema().modules[name]
        for field, header in headers.items():
            yield f"{module.sheet[lang]}: {module.by_name[field].label(lang)} → {header}"
    for name, rows in book.get("rows", {}).items():
        module = schema().modules[name]
        told = [(n, row) for n, row in enumerate(rows, 2) if row]
        for n, row in told[:_ROWS]:
            cells = (
                f"{module.by_name[f].label(lang)} = {_shown(v, lang)}"
                for f, v in row.items()
                if f != "only"
            )
            where = _WORDS[lang]["row"].format(n=n)
            yield f"{module.sheet[lang]} {where}: {('；' if lang == 'zh' else '; ').join(cells)}"
        if len(told) > _ROWS:
            yield "…"
    for name, cells in book.get("cells", {}).items():
        for where, value in cells.items():
            yield f"{schema().modules[name].sheet[lang]}!{where}: {_shown(value, lang)}"


def _shown(value: object, lang: str) -> str:
    if value is None:
        return "（空白）" if lang == "zh" else "(blank)"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value).replace("\n", "\\n")


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The page: every code in both languages."""
    parts = [_HEAD]
    for code, text in schema().codes.items():
        zh, en = (_WORDS[lang][text.severity] for lang in ("zh", "en"))
        parts.append(f"## {code}\n\n{zh} · {en}\n")
        parts += [_section(code, lang, found.get(code, {}).get(lang)) for lang in ("zh", "en")]
    return "\n".join(parts)


def _section(code: str, lang: str, example: Mapping[str, Any] | None) -> str:
    text, words = schema().codes[code], _WORDS[lang]
    lines = [f"**{text.said('message', lang)}**", "", text.said("why", lang), ""]
    lines += [f"- {words['hint']}: {text.said('hint', lang)}"]
    told = {"fires": example["fires"], "says": [example["message"], example["hint"]],
            "passes": example["passes"]} if example else {}  # fmt: skip
    for title, entries in told.items():
        if entries:
            lines.append(f"- {words[title]}:")
            lines += [f"  - {_code(e)}" for e in entries]
    return "\n".join([*lines, ""])


def _code(text: str) -> str:
    """A text as it stands, whatever marks of the page it holds."""
    return "`` " + text + " ``" if "`" in text else f"`{text}`"


def as_json(found: Mapping[str, Any]) -> str:
    """The file that is shipped."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    made = examples()
    PAGE.write_text(page(made), "utf-8")
    EXAMPLES.write_text(as_json(made), "utf-8")
