"""A chart as a plain value: written once by the template, drawn as SVG and as a native chart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tracker.summary.marks import blank, plain, shown

_TOLD, _LONGEST = 8, 500
KINDS = frozenset({"column", "stacked", "line", "scatter"})


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its name in the legend and a number or None for each point."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart.

    Attributes:
        kind: "column", "stacked" (columns one on the other), "line" or "scatter".
        points: the categories of the axis; for a scatter the labels beside the points.
        across: the places of the points of a scatter on the horizontal axis; else empty.
        series: for a scatter one series, the places on the vertical axis.
        fmt: Excel format of the numbers of the vertical axis.
        cols: width in columns of the sheet's grid; rows: height in rows of 15 points.
    """

    kind: str
    title: str
    x_name: str
    y_name: str
    points: tuple[str, ...]
    series: tuple[Series, ...]
    across: tuple[float, ...] = ()
    fmt: str = "#,##0"
    cols: int = 6
    rows: int = 14

    @property
    def spoken(self) -> str:
        """The chart in words, for those who cannot see it: its title and its first points."""
        told = [
            "{}: {}".format(s.name, ", ".join(self._points(s)[:_TOLD])) for s in self.series[:_TOLD]
        ]
        return "; ".join([self.title, *told])[:_LONGEST]

    def _points(self, series: Series) -> list[str]:
        pairs = zip(self.points, series.values, strict=True)
        return [f"{p} {shown(v, self.fmt)}".strip() for p, v in pairs if v is not None]

    def to_json(self) -> str:
        """The spec as one line, for an attribute of the page."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> ChartSpec:
    """The spec that `to_json` wrote."""
    facts = json.loads(text)
    series = tuple(Series(s["name"], tuple(s["values"])) for s in facts.pop("series"))
    points, across = tuple(facts.pop("points")), tuple(facts.pop("across"))
    return ChartSpec(series=series, points=points, across=across, **facts)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not blank(value) else None


def make(
    kind: str,
    rows: Iterable[Mapping[str, object]],
    x: str,
    y: Mapping[str, str],
    *,
    title: str,
    x_name: str,
    y_name: str,
    fmt: str = "#,##0",
    label: str = "",
    size: Sequence[int] = (6, 14),
) -> ChartSpec:
    """A spec from rows of the context.

    `x` names the field of the categories, `y` maps fields to names in the legend, `label` names
    the field of a scatter's labels. Raises ValueError for a kind that cannot be drawn.
    """
    if kind not in KINDS:
        raise ValueError(f"chart kind {kind!r}; known: {', '.join(sorted(KINDS))}")
    rows = list(rows)
    scatter = kind == "scatter"
    points = tuple(plain(row[label] if label else "") if scatter else plain(row[x]) for row in rows)
    series = tuple(Series(plain(n), tuple(_number(r[f]) for r in rows)) for f, n in y.items())
    across = tuple(_number(row[x]) or 0.0 for row in rows) if scatter else ()
    cols, height = size
    return ChartSpec(
        kind, plain(title), plain(x_name), plain(y_name), points, series, across, fmt, cols, height
    )
