"""Charts and sparklines of the stand-alone page, drawn as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tracker.summary.chartspec import ChartSpec
from tracker.summary.marks import shown

PALETTE = ("#2F6690", "#A9BCCB", "#81A88D", "#D9A441")
_WIDTH, _HEIGHT = 560, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 46, 46
_INK, _LINE = "#5B6672", "#E1E6EB"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a value to a place in the picture; `top` is the value at the end of the axis."""

    top: float
    start: float
    end: float
    low: float = 0.0

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.low) / (self.top - self.low)


def nice(value: float) -> float:
    """The next round number (1, 2, 2.5 or 5 times a power of ten) not below `value`; 1 for 0."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 2.5, 5, 10) if unit * step >= value * (1 - 1e-9))


def spark(values: Sequence[float | None], fmt: str = "#,##0") -> Markup:
    """A sparkline; the values stand in the attribute, from where the sheet takes its own."""
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    data = " ".join("" if v is None else repr(float(v)) for v in values).split(" ")
    line = Markup("")
    if known:
        low, high = min(v for _, v in known), max(v for _, v in known)
        step, rise = 92 / max(len(values) - 1, 1), (high - low) or 1.0
        dots = " ".join(f"{2 + step * i:.1f},{17 - 14 * (v - low) / rise:.1f}" for i, v in known)
        line = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.6"/>').format(
            dots, PALETTE[0]
        )
    return Markup(
        '<svg class="spark" data-values="{}" data-fmt="{}" width="96" height="20">{}</svg>'
    ).format(",".join(data), fmt, line)


def figure(spec: ChartSpec) -> Markup:
    """The chart with its spec in an attribute; nothing where there is no point to draw."""
    if not spec.points or not spec.series:
        return Markup("")
    values = [v for s in spec.series for v in s.values if v is not None]
    if spec.kind == "stacked":
        values = _totals(spec)
    y = _Scale(nice(max(values, default=0.0)), _HEIGHT - _BOTTOM, _TOP, min(0.0, *values, 0.0))
    body = _scatter(spec, y) if spec.kind == "scatter" else _plot(spec, y)
    parts = (_heading(spec), _grid(spec, y), body)
    return Markup(
        '<figure class="chart" data-spec="{}"><svg role="img" aria-label="{}" viewBox="0 0 {} {}"'
        ' font-size="11" fill="{}">{}</svg></figure>'
    ).format(spec.to_json(), spec.spoken, _WIDTH, _HEIGHT, _INK, Markup("").join(parts))


def _text(x: float, y: float, text: str, anchor: str = "middle") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _heading(spec: ChartSpec) -> Markup:
    bold = Markup('<text x="{}" y="16" font-size="14" font-weight="bold">{}</text>')
    swatch = Markup('<rect x="{:.1f}" y="25" width="10" height="10" fill="{}"/>')
    out = [bold.format(_LEFT, spec.title)]
    place = float(_WIDTH - _RIGHT)
    for i, series in reversed(list(enumerate(spec.series if len(spec.series) > 1 else ()))):
        out.append(_text(place, 34, series.name, "end"))
        place -= 16 + 12 * len(series.name)
        out.append(swatch.format(place, PALETTE[i % len(PALETTE)]))
        place -= 14
    out.append(_text(_LEFT - 6, 34, spec.y_name, "end"))
    out.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8, spec.x_name))
    return Markup("").join(out)


def _grid(spec: ChartSpec, y: _Scale) -> Markup:
    line = Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="{}"/>')
    out, parts = [], _parts(y, spec.fmt)
    for part in range(parts + 1):
        value = y.low + (y.top - y.low) * part / parts
        out.append(line.format(_LEFT, _WIDTH - _RIGHT, y(value), y(value), _LINE))
        out.append(_text(_LEFT - 6, y(value) + 4, shown(value, spec.fmt), "end"))
    return Markup("").join(out)


def _parts(y: _Scale, fmt: str) -> int:
    """Into how many parts the axis falls: whole numbers where no others can be shown."""
    if "%" in fmt or "." in fmt:
        return 4
    return next((n for n in (4, 5, 2, 3, 1) if ((y.top - y.low) / n).is_integer()), 4)


def _plot(spec: ChartSpec, y: _Scale) -> Markup:
    slot = (_WIDTH - _LEFT - _RIGHT) / len(spec.points)
    out = [
        _text(_LEFT + slot * (i + 0.5), _HEIGHT - 28, _short(name, slot))
        for i, name in enumerate(spec.points)
    ]
    draw = {"column": _columns, "stacked": _stacks}.get(spec.kind, _lines)
    return Markup("").join([*out, draw(spec, y, slot)])


def _short(name: str, slot: float) -> str:
    room = max(int(slot / 11), 2)
    narrow = name.isascii()
    return name if len(name) <= room * (2 if narrow else 1) else name[: room - 1] + "…"


def _columns(spec: ChartSpec, y: _Scale, slot: float) -> Markup:
    width = min(slot * 0.7 / len(spec.series), 34)
    tag = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>')
    out = []
    for j, series in enumerate(spec.series):
        for i, value in enumerate(series.values):
            if value is not None:
                left = _LEFT + slot * (i + 0.5) + width * (j - len(spec.series) / 2)
                top, foot = min(y(value), y(0)), max(y(value), y(0))
                colour = PALETTE[j % len(PALETTE)]
                out.append(tag.format(left, top, width * 0.92, foot - top, colour))
    return Markup("").join(out)


def _totals(spec: ChartSpec) -> list[float]:
    """The height of each stack."""
    stacks = zip(*(s.values for s in spec.series), strict=True)
    return [sum(v for v in stack if v is not None) for stack in stacks]


def _stacks(spec: ChartSpec, y: _Scale, slot: float) -> Markup:
    width = min(slot * 0.6, 56)
    tag = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>')
    out, reached = [], [0.0] * len(spec.points)
    for j, series in enumerate(spec.series):
        for i, value in enumerate(series.values):
            foot, reached[i] = reached[i], reached[i] + (value or 0.0)
            left, top = _LEFT + slot * (i + 0.5) - width / 2, y(reached[i])
            out.append(tag.format(left, top, width, y(foot) - top, PALETTE[j % len(PALETTE)]))
    return Markup("").join(out)


def _lines(spec: ChartSpec, y: _Scale, slot: float) -> Markup:
    tag = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>')
    out = []
    for j, series in enumerate(spec.series):
        places = ((_LEFT + slot * (i + 0.5), v) for i, v in enumerate(series.values))
        dots = " ".join(f"{x:.1f},{y(v):.1f}" for x, v in places if v is not None)
        out.append(tag.format(dots, PALETTE[j % len(PALETTE)]))
    return Markup("").join(out)


def _scatter(spec: ChartSpec, y: _Scale) -> Markup:
    x = _Scale(nice(max(spec.across)), _LEFT, _WIDTH - _RIGHT, min(0.0, *spec.across))
    out = [_text(x(x.top * i / 4), _HEIGHT - 28, shown(x.top * i / 4, "General")) for i in range(5)]
    for place, value, label in zip(spec.across, spec.series[0].values, spec.points, strict=True):
        if value is not None:
            dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}"/>')
            out.append(dot.format(x(place), y(value), PALETTE[0]))
            out.append(_text(x(place) + 8, y(value) + 4, label, "start"))
    return Markup("").join(out)
