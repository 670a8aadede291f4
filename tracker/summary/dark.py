"""The dark look of a page, derived from its light one: every colour mirrored in lightness.

So a block or a template of one's own needs no second set of colours.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator

_DEEPEST = 0.1  # lightness of what is white by day
_PALE = 0.8
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")
_DRAWN = re.compile(r'\b(fill|stroke)="(#[0-9A-Fa-f]{6})"')
_END = "</style>"


def mirrored(colour: str) -> str:
    """The colour for the dark: white becomes nearly black, black white, the hue stays."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    full *= 0.4 if light > _PALE else 0.85  # a pale tint becomes a deep one: less of it
    parts = colorsys.hls_to_rgb(hue, 1 - (1 - _DEEPEST) * light, full)
    return "#" + "".join(f"{round(part * 255):02X}" for part in parts)


def darkened(html: str) -> str:
    """The page with a dark look for screens that ask for one; paper stays light."""
    head, end, body = html.partition(_END)
    if not end:
        return html
    css = head.partition("<style>")[2]
    rules = "\n".join([*_rules(css), *_drawn(body)])
    return f"{head}@media screen and (prefers-color-scheme: dark) {{\n{rules}\n}}\n{end}{body}"


def _rules(css: str) -> Iterator[str]:
    for m in _RULE.finditer(_COMMENT.sub("", css)):
        changed = [d.strip() for d in m[2].split(";") if _COLOUR.search(d)]
        if changed:
            said = "; ".join(_COLOUR.sub(lambda c: mirrored(c[0]), d) for d in changed)
            yield f"{' '.join(m[1].split())} {{ {said} }}"


def _drawn(body: str) -> Iterator[str]:
    """Rules for what charts have in attributes; a style sheet goes before those."""
    for name, colour in sorted(set(_DRAWN.findall(body))):
        yield f'[{name}="{colour}"] {{ {name}: {mirrored(colour)} }}'
