from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tracker.resources import template_dir
from tracker.summary.dark import darkened, mirrored

HEX = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")
GREY = st.integers(0, 255)


def light(colour: str) -> float:
    """Relative luminance (WCAG)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_white_becomes_dark_and_ink_light() -> None:
    assert mirrored("#FFFFFF") == mirrored("#fff") == "#191919"
    assert mirrored("#000000") == "#FFFFFF"


@given(GREY, GREY)
def test_lighter_becomes_darker(one: int, other: int) -> None:
    a, b = sorted((one, other))
    assert light(mirrored(f"#{a:02X}{a:02X}{a:02X}")) >= light(mirrored(f"#{b:02X}{b:02X}{b:02X}"))


@given(HEX)
def test_it_is_a_colour_again(colour: str) -> None:
    assert re.fullmatch("#[0-9A-F]{6}", mirrored(colour))


def test_what_can_be_read_by_day_can_be_read_at_night() -> None:
    css = (template_dir() / "report.css").read_text("utf-8")
    inks = set(re.findall(r"(?<![-\w])color: (#[0-9A-F]{6})", css))
    assert len(inks) > 5
    for ink in inks:
        assert contrast(ink, "#FFFFFF") >= 4.5, ink
        assert contrast(mirrored(ink), mirrored("#FFFFFF")) >= 4.5, ink


def test_rules_and_drawings_get_their_counterparts() -> None:
    html = (
        "<style>/* a {color: #111111} */ p { margin: 0; color: #26323F }\n@media print { b { color: #000 } }"
        '</style><body><svg fill="#E1E6EB"><text>fill="#123456</text></svg></body>'
    )
    made = darkened(html)
    assert "p { color: " + mirrored("#26323F") + " }" in made
    assert '[fill="#E1E6EB"] { fill: ' in made
    assert "#111111" not in made.split("@media screen")[1]
    assert made.endswith(html.split("</style>")[1])
    assert darkened("no style") == "no style"
