"""tracker explain: what a finding means, why it matters, how to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import FORMAT, console_of, speaking
from tracker.cli.output import Console

if TYPE_CHECKING:
    from tracker.schema.examples import Example
    from tracker.schema.model import CodeText

_WORDS = {
    "zh": {
        "error": "错误", "warning": "警告", "info": "提示",
        "r": "看一个单元格或一行", "c": "看同一张表的几列或几行", "x": "看几张表", "-": "看整张表",
        "message": "说的是", "why": "为什么", "hint": "怎么改", "fires": "例如", "says": "会说",
        "passes": "不算", "graded": "tracker.toml 改了级别，原为{shipped}", "left_out": "tracker.toml 让它不出现",
    },
    "en": {
        "error": "error", "warning": "warning", "info": "note",
        "r": "looks at a cell or a row", "c": "looks at several columns or rows of a sheet",
        "x": "looks across sheets", "-": "looks at the sheet as such",
        "message": "It says", "why": "Why", "hint": "What to do", "fires": "For example", "says": "It then says",
        "passes": "No fault", "graded": "graded by tracker.toml, shipped as {shipped}",
        "left_out": "left out by tracker.toml",
    },
}  # fmt: skip


@click.command()
@click.argument("code")
@FORMAT
@speaking
def explain(code: str, output: str, **options: Any) -> int:
    """What a finding means, why it matters, how to put it right, with an example."""
    console = console_of(options)
    from tracker.api import config as configs
    from tracker.schema.examples import examples
    from tracker.schema.load import load

    config, lang = configs.here(), console.language()
    codes = load(config.schema).codes
    text = codes.get(code.upper())
    if text is None:
        raise click.UsageError(f"没有代码 {code} / no code {code} ({_near(code, codes)})")
    severity = config.grading.severity(text.code, text.severity)
    remarks = [] if config.grading.wants(text.code) else [_WORDS[lang]["left_out"]]
    if severity != text.severity:
        remarks.append(_WORDS[lang]["graded"].format(shipped=_WORDS[lang][text.severity]))
    example = examples(lang).get(text.code)
    if output == "json":
        _write(text, severity, example, lang)
    else:
        _print(text, severity, remarks, example, console, lang)
    return 0


def _near(code: str, codes: Iterable[str]) -> str:
    from difflib import get_close_matches

    return ", ".join(get_close_matches(code.upper(), codes, n=3, cutoff=0.5) or codes)


def _print(
    text: CodeText, severity: str, remarks: list[str], example: Example | None, console: Console, lang: str
) -> None:  # fmt: skip
    words = _WORDS[lang]
    about = [words[severity], words[text.scope], *remarks]
    joined = ("，" if lang == "zh" else ", ").join(about)
    console.print(f"{console.paint(text.code, severity)} ({joined})")
    for title, said in (
        ("message", text.said("message", lang)),
        ("why", text.said("why", lang)),
        ("hint", text.said("hint", lang)),
    ):
        console.print(f"{console.paint(words[title], 'bold')}: {said}")
    if example is None:
        return
    for title, lines in (
        ("fires", example.fires),
        ("says", (example.message, example.hint)),
        ("passes", example.passes),
    ):
        if lines:
            console.print(console.paint(f"{words[title]}:", "bold"))
        for line in lines:
            console.print(f"    {line}")


def _write(text: CodeText, severity: str, example: Example | None, lang: str) -> None:
    from tracker.cli.jsonout import FORMAT as VERSION
    from tracker.cli.jsonout import write

    write({
        "format": VERSION, "command": "explain", "code": text.code, "severity": severity,
        "shipped_severity": text.severity, "scope": text.scope,
        "message": text.message[lang], "why": text.said("why", lang), "hint": text.hint[lang],
        "example": example._asdict() if example else None,
    })  # fmt: skip
