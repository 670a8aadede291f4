"""The proof of the program's own conditional formats in a written sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from tracker.errors import ProofError
from tracker.xlsx import rules
from tracker.xlsx.rules import Rule
from tracker.xlsx.styles import Styles

_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""Children of a worksheet (ECMA-376 part 1, 18.3.1.99)."""


def prove_rules(name: str, rest: bytes, planned: Mapping[str, Rule | None], styles: Styles) -> None:
    """ProofError where the planned rules are not what a sheet has.

    Args:
        name: what the message calls the sheet.
        rest: its new bytes without the rows.
        planned: rules by mark; None for one that is to be gone.
        styles: the written style sheet.
    """
    sheet = etree.fromstring(rest, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for mark, rule in planned.items():
        own = [f for f in sheet.iter("{*}formula") if mark in (f.text or "")]
        if len(own) != (rule is not None) or (rule and not _is_planned(own[0], rule, styles)):
            raise ProofError(why=f"{name}: the rule {mark}")


def _is_planned(formula: etree._Element, rule: Rule, styles: Styles) -> bool:
    own, outer, sheet, *further = formula.iterancestors()
    fill, formats = int(own.get("dxfId", "-1")), styles.items(b"dxfs")
    others = [r for r in sheet.iter("{*}cfRule") if r is not own]
    return (
        not further
        and formula.text == rule.formula
        and outer.get("sqref") == str(rule.where)
        and len(outer) == 1
        and own.get("type") == "expression"
        and 0 <= fill < len(formats)
        and formats[fill] == rules.fill_format(styles.prefix, rule.fill)
        and all(int(r.get("priority", "0")) < int(own.get("priority", "0")) for r in others)
        and stands_right(outer, "conditionalFormatting")
    )


def stands_right(element: etree._Element, name: str) -> bool:
    """Whether a child of a sheet stands behind one of its name, or between what it belongs between."""
    mine = _ORDER.index(name)
    before = _rank(element.itersiblings(preceding=True), -1)
    return before == mine or before < mine < _rank(element.itersiblings(), len(_ORDER))


def _rank(siblings: Iterable[etree._Element], none: int) -> int:
    names = (etree.QName(s).localname for s in siblings)
    return next((_ORDER.index(n) for n in names if n in _ORDER), none)
