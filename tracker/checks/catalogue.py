"""What a finding says: severity, message and hint in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as having

from tracker.findings import RANK, Finding
from tracker.schema.model import Schema
from tracker.xlsx.refs import letters
from tracker.xlsx.values import number_text

_LONGEST = 60
_LONGEST_SENTENCE = 250
_HIDDEN = {"zh": "（未显示）", "en": "(not shown)"}
_BLANK = {"zh": "（空白）", "en": "(blank)"}
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""What commands a terminal, or turns what it shows around."""
_SHOWS_VALUE = re.compile(r"[:：]\s?[“\"]\{value\}[”\"]")
_HARMLESS = frozenset(
    {"expected", "example", "listed", "first", "condition", "say", "other_header", "count", "range"}
)
"""Facts that are told although a finding is about a personal value."""


@dataclass(frozen=True)
class Grading:
    """How a configuration grades codes: other severities, codes left out, codes singled out.

    `always` are codes that nobody may leave out.
    """

    severities: Mapping[str, str] = having(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    select: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()

    def severity(self, code: str, shipped: str) -> str:
        """Severity of a code: the configured one, a longer prefix before a shorter, else as shipped."""
        known = [k for k in self.severities if code.startswith(k)]
        return self.severities[max(known, key=len)] if known else shipped

    def wants(self, code: str) -> bool:
        """Whether findings of a code are reported. A prefix (VIS) stands for its codes."""
        if code in self.always:
            return True
        if self.select and not code.startswith(tuple(self.select)):
            return False
        return not (self.ignore and code.startswith(tuple(self.ignore)))


def grade(findings: Iterable[Finding], schema: Schema, grading: Grading) -> list[Finding]:
    """Findings with their severity, those not wanted left out, sorted by place."""
    graded = []
    for f in findings:
        if grading.wants(f.code):
            shipped = f.severity or schema.codes[f.code].severity
            graded.append(replace(f, severity=grading.severity(f.code, shipped)))
    order = {name: i for i, name in enumerate(schema.modules)}
    return sorted(
        graded,
        key=lambda f: (
            order.get(f.module or "", len(order)), f.row or 0, f.column or 0, RANK[f.severity], f.code,
        ),
    )  # fmt: skip


def cell(finding: Finding) -> str | None:
    """A1 reference of a finding's cell; None where it has none."""
    if finding.row is None or finding.column is None:
        return None
    return f"{letters(finding.column)}{finding.row}"


def is_private(finding: Finding, schema: Schema) -> bool:
    """Whether the finding's value is personal and is kept out of what is printed."""
    module = schema.modules.get(finding.module or "")
    column = module.by_name.get(finding.field or "") if module else None
    return column is not None and column.data_class != "public"


def message(finding: Finding, schema: Schema, lang: str, *, show: bool = True) -> str:
    """The finding's message; without `show` a personal value is left out."""
    text = schema.codes[finding.code]
    told = _said(text.message_with, text.message, finding.facts)
    return _fill(told[lang], finding, schema, lang, show=show)


def hint(finding: Finding, schema: Schema, lang: str, *, show: bool = True) -> str:
    """How to put it right; without `show` a personal value is left out."""
    text = schema.codes[finding.code]
    carried = set(finding.facts)
    if finding.fix is not None:
        carried |= {"fixable"} if not show and is_private(finding, schema) else {"fixable", "fix"}
    told = _said(text.hint_with, text.hint, carried)
    return _fill(told[lang], finding, schema, lang, show=show)


def _said(
    by_fact: Mapping[str, Mapping[str, str]], usual: Mapping[str, str], carried: Collection[str]
) -> Mapping[str, str]:
    """What is said of the first fact that a finding carries, else what is usual; by language."""
    return next((both for fact, both in by_fact.items() if fact in carried), usual)


def _fill(template: str, finding: Finding, schema: Schema, lang: str, *, show: bool) -> str:
    hide = not show and is_private(finding, schema)
    if hide:
        template = _SHOWS_VALUE.sub("", template)
    known = {
        k: _HIDDEN[lang] if hide and k not in _HARMLESS else _short(v, lang) or _BLANK[lang]
        for k, v in {**finding.facts, "value": finding.value, "fix": finding.fix}.items()
    }
    known |= {"header": _short(finding.header, lang), "row": str(finding.row or "")}
    return template.format_map(_Facts({**known, "cell": cell(finding) or ""}))


class _Facts(dict[str, object]):
    """A fact that a template names and a finding does not carry reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _short(value: object, lang: str) -> str:
    """A fact on one line; a sentence comes in both languages, names one by one."""
    most = _LONGEST
    if isinstance(value, Mapping):
        value, most = value[lang], _LONGEST_SENTENCE
    if isinstance(value, tuple):
        value = ("、" if lang == "zh" else ", ").join(map(str, value))
    if isinstance(value, float):
        value = number_text(value)
    text = "" if value is None else _UNSEEN.sub("\ufffd", " ".join(str(value).split()))
    return text if len(text) <= most else text[: most - 1] + "…"
