"""The filters of the template: values that keep their type in the page and in the sheet.

A number becomes `<data>`, a date `<time>`, a bar `<meter>`; the sheet reads the value from the
attribute, the page shows the text between the tags.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup, escape

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


def plain(text: object) -> str:
    """The text with a space for every character that neither HTML nor a workbook can hold."""
    return _UNPRINTABLE.sub(" ", str(text))


def blank(value: object) -> bool:
    """Whether a value has nothing to show: None or NaN."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def shown(value: float, fmt: str) -> str:
    """A number as Excel would show it, half-up, in the small part of its format language we use.

    `fmt` has optional thousands, decimals, percent and a sign section ("#,##0", "+0.0%;-0.0%").
    """
    if fmt == "General":
        return f"{value:.10g}"
    section = fmt.split(";", maxsplit=1)[0]
    decimals = len(section.partition(".")[2].rstrip("%"))
    scaled = Decimal(repr(float(value))) * (100 if "%" in section else 1)
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    rounded = abs(rounded) if rounded == 0 else rounded
    sign = "+" if section.startswith("+") else ""
    comma = "," if "," in section else ""
    return f"{rounded:{sign}{comma}f}" + ("%" if "%" in section else "")


def display(value: float | None, fmt: str) -> str:
    """The text of a number inside a sentence; nothing where the value is blank."""
    return "" if value is None or blank(value) else shown(value, fmt)


def num(value: float | None, fmt: str = "General") -> Markup:
    """A number with its Excel format; nothing where the value is blank."""
    if value is None or blank(value):
        return Markup("")
    text = shown(value, fmt)
    return Markup('<data value="{}" data-fmt="{}">{}</data>').format(repr(float(value)), fmt, text)


def amount(value: float | None) -> Markup:
    """A quantity or a sum of money: one decimal only for small numbers that have any."""
    small = value is not None and abs(value) < 1000 and not float(value).is_integer()
    return num(value, "#,##0.0" if small else "#,##0")


def bar(value: float | None, high: float, fmt: str = "0.0%") -> Markup:
    """A number with a bar behind it that is full at `high`."""
    if value is None or blank(value):
        return Markup("")
    tag = Markup(
        '<span class="bar"><meter value="{}" min="0" max="{}" data-fmt="{}"></meter>{}</span>'
    )
    return tag.format(repr(float(value)), repr(float(high)), fmt, shown(value, fmt))


def goto(text: object, place: str | Mapping[str, object] | None) -> Markup:
    """A link into the workbook, which the sheet follows and the page shows as text.

    `place` is the name of a sheet, or a row as `Source.link` gives it: its id finds it even after
    the sheet was sorted. Without a place the text stands alone.
    """
    if place is None:
        return escape(plain(text))
    facts = {"sheet": place} if isinstance(place, str) else place
    said = ((k, facts.get(k)) for k in ("sheet", "row", "id", "column"))
    data = Markup("").join(
        Markup(' data-{}="{}"').format(k, plain(v)) for k, v in said if v not in (None, "")
    )
    return Markup("<a{}>{}</a>").format(data, plain(text))


def fill(text: str, /, **facts: object) -> str:
    """The text with each `{name}` replaced by its fact; braces of other kinds stay as they are."""

    def said(m: re.Match[str]) -> str:
        fact = facts.get(m[1], m[0])
        return plain("" if blank(fact) else fact)

    return re.sub(r"\{(\w+)\}", said, text)


def date(value: dt.date) -> Markup:
    """A day that the sheet writes as a date."""
    return Markup('<time datetime="{0}">{0}</time>').format(f"{value:%Y-%m-%d}")


def finalizer(lang: str) -> Callable[[object], object]:
    """What `{{ value }}` writes where the template names no filter."""
    yes, no = _YES_NO["zh" if lang == "zh" else "en"]

    def finalize(value: object) -> object:
        if isinstance(value, Markup):
            return value
        if isinstance(value, str):
            return plain(value)
        if isinstance(value, bool):
            return yes if value else no
        if isinstance(value, dt.date):
            return date(value)
        if isinstance(value, int | float):
            return num(value)
        return "" if value is None else value

    return finalize


FILTERS: Mapping[str, Callable[..., object]] = {
    "num": num,
    "amount": amount,
    "bar": bar,
    "goto": goto,
    "fill": fill,
    "shown": display,
}
