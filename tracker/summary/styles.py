"""The part of CSS that reaches the sheet: which cell format follows from a page's style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{;]+(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")
_SIZE = re.compile(r"([0-9.]+)pt")
_SIDES = MappingProxyType(
    {"border-bottom": "bottom", "border-top": "top", "border-left": "left", "border-right": "right"}
)
_WEIGHTS = MappingProxyType({"1px": 1, "2px": 2, "3px": 5})  # thin, medium, thick
BASE: Mapping[str, object] = MappingProxyType(
    {"font_name": "Microsoft YaHei", "font_size": 10.0, "valign": "vcenter"}
)


class StyleSheet:
    """Rules for one tag, one class, or a tag with a class; other selectors serve the page alone.

    Sizes are in points, colours are #rrggbb. `color`, `background-color`, `font-weight`,
    `font-style`, `font-size`, `text-align`, `vertical-align`, `white-space`, `padding-left`
    and `padding-right` (as an indent), `height` (of the row) and the four borders have a meaning
    for a cell.
    """

    def __init__(self, css: str) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        for selectors, body in _RULE.findall(_AT_RULE.sub("", _COMMENT.sub("", css))):
            declared = dict(_declarations(body))
            for selector in selectors.split(","):
                self._rules.setdefault(selector.strip(), {}).update(declared)

    def format_of(self, *chain: tuple[str, Sequence[str]]) -> dict[str, object]:
        """XlsxWriter properties for a cell.

        `chain` holds tag and classes from the outermost element that counts to the cell itself;
        the inner one wins, and a class wins over a tag.
        """
        return {**BASE, **_properties(self._declared(chain))}

    def height_of(self, *chain: tuple[str, Sequence[str]]) -> float:
        """The least height of the cell's row in points, 0 where none is named."""
        size = _SIZE.search(self._declared(chain).get("height", ""))
        return float(size[1]) if size else 0.0

    def _declared(self, chain: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
        css: dict[str, str] = {}
        for tag, classes in chain:
            for selector in (tag, *(f".{c}" for c in classes), *(f"{tag}.{c}" for c in classes)):
                css.update(self._rules.get(selector, {}))
        return css


def _declarations(body: str) -> list[tuple[str, str]]:
    pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
    return [(name.strip(), value.strip()) for name, value in pairs]


def _properties(css: Mapping[str, str]) -> dict[str, object]:
    out: dict[str, object] = {}
    for name, key in (("color", "font_color"), ("background-color", "bg_color")):
        if colour := _COLOUR.search(css.get(name, "")):
            out[key] = colour[0].upper()
    if css.get("font-weight") in {"bold", "600", "700"}:
        out["bold"] = True
    if css.get("font-style") == "italic":
        out["italic"] = True
    if size := _SIZE.search(css.get("font-size", "")):
        out["font_size"] = float(size[1])
    if css.get("white-space") == "normal":
        out["text_wrap"] = True
    return out | _placing(css) | _borders(css)


def _placing(css: Mapping[str, str]) -> dict[str, object]:
    out: dict[str, object] = {}
    if css.get("text-align") in {"left", "center", "right"}:
        out["align"] = css["text-align"]
    if css.get("vertical-align") in {"top", "bottom"}:
        out["valign"] = css["vertical-align"]
    for side in ("left", "right"):
        if _SIZE.search(css.get(f"padding-{side}", "")) and out.get("align", "left") == side:
            out |= {"align": side, "indent": 1}
    return out


def _borders(css: Mapping[str, str]) -> dict[str, object]:
    out: dict[str, object] = {}
    for name, side in _SIDES.items():
        colour = _COLOUR.search(css.get(name, ""))
        if colour:
            out[side] = _WEIGHTS.get(css[name].split()[0], 1)
            out[f"{side}_color"] = colour[0].upper()
    return out
