"""From the figures of a team to its page: the words of codes, and the template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tracker.schema.model import Schema
from tracker.summary.page import render

TEMPLATE = "team.html.j2"
WORDS = {"t": "team.texts.yaml"}
_TOTAL = {"zh": "合计", "en": "Total"}
_CODES = {
    "unit": ("targets", "unit"), "pace": ("targets", "pace_status"),
    "tier": ("customers", "tier"), "risk": ("customers", "risk_level"),
    "status": ("issues", "issue_status"), "case": ("issues", "case_tag"),
}  # fmt: skip
_LISTED = {"warned": "customers", "adverse": "issues", "cases": "issues"}
"""Lists whose lines are rows of a module."""
Goto = Callable[[str, Mapping[str, Any]], Mapping[str, object] | None]
"""From a module and a line of a list to the link to its row, if there is one."""


def context(
    figures: Mapping[str, Any], schema: Schema, lang: str, title: str, goto: Goto | None = None
) -> dict[str, object]:
    """What the template may name: the figures, and `w` with the words of codes.

    Lines that are rows of a module have their `link` where `goto` knows one. Rows with a tier have
    the class that colours it as `tier_tone`; `who` and `fields` are the names under `reps` and
    `differ` in one text.
    """
    labels = {c.name: c.label(lang) for c in schema.modules["customers"].columns}
    between = "、" if lang == "zh" else ", "
    figures = {**figures, **_linked(figures, goto)}
    reach = figures["tiers"]["reach"]
    return {
        **figures,
        "warned": _toned(figures["warned"]),
        "tiers": {
            "sales": _toned({"rows": figures["tiers"]["sales"]}),
            "reach": reach and _toned(reach) | {"total": reach["total"] | {"tier": _TOTAL[lang]}},
        },
        "institutions": _joined(figures["institutions"], {}, between),
        "shared": _joined(figures["shared"], labels, between),
        "lang": lang, "title": title, "as_of": dt.date.fromisoformat(figures["as_of"]),
        "w": {name: _words(schema, *where, lang) for name, where in _CODES.items()},
        "findings_sheet": schema.sheet_title("findings", lang),
    }  # fmt: skip


def _linked(figures: Mapping[str, Any], goto: Goto | None) -> dict[str, Any]:
    blocks = {n: figures.get(n, {"rows": [], "total": 0}) for n in _LISTED}
    return {
        n: b | {"rows": [r | {"link": goto and goto(_LISTED[n], r)} for r in b["rows"]]}
        for n, b in blocks.items()
    }


def _words(schema: Schema, module: str, field: str, lang: str) -> dict[str, str]:
    column = schema.modules[module].by_name.get(field)
    return {p.code: p.label(lang) for p in column.picks} if column else {}


def _toned(block: Mapping[str, Any]) -> dict[str, Any]:
    rows = [r | {"tier_tone": f"t{r['tier']}" if r.get("tier") else None} for r in block["rows"]]
    return {**block, "rows": rows}


def _joined(block: Mapping[str, Any], labels: Mapping[str, str], between: str) -> dict[str, Any]:
    rows = [
        r | {
            "who": between.join(r["reps"]),
            "fields": between.join(labels.get(n, n) for n in r.get("differ", ())) or None,
        }
        for r in block["rows"]
    ]  # fmt: skip
    return {**block, "rows": rows}


def render_team(
    figures: Mapping[str, Any], schema: Schema, lang: str, title: str, folder: Path | None = None,
    goto: Goto | None = None,
) -> str:  # fmt: skip
    """The team's page as HTML; the sheet is drawn from it. Raises as `page.render`."""
    return render(TEMPLATE, context(figures, schema, lang, title, goto), folder, WORDS)
