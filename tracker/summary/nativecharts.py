"""Native Excel charts from the specs that the page carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.summary.chartspec import ChartSpec
from tracker.summary.svg import PALETTE

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

    from tracker.summary.canvas import Canvas

ROW_POINTS = 15.0
_TYPES = {
    "scatter": {"type": "scatter", "subtype": "marker_only"},
    "stacked": {"type": "column", "subtype": "stacked"},
}
_FONT = {"name": "Microsoft YaHei", "size": 9, "color": "#5B6672"}
_TITLE_FONT = {"name": "Microsoft YaHei", "size": 12, "bold": True, "color": "#1F3A56"}
_GRID = {"visible": True, "line": {"color": "#E1E6EB", "width": 0.75}}


def literal(text: str) -> str:
    """The text as XlsxWriter takes it for text: a leading `=` would make it a reference."""
    return f" {text}" if text.startswith("=") else text


def insert(canvas: Canvas, spec: ChartSpec, row: int, column: int) -> None:
    """Put a chart with its hidden data into rows that hold nothing else."""
    chart: Chart = canvas.book.add_chart(_TYPES.get(spec.kind, {"type": spec.kind}))
    points = spec.across if spec.kind == "scatter" else spec.points
    categories = canvas.helper_column(points)
    for i, series in enumerate(spec.series):
        values = canvas.helper_column(series.values, spec.fmt)
        look = _series_look(spec, PALETTE[i % len(PALETTE)])
        chart.add_series(
            {"name": literal(series.name), "categories": f"={categories}", "values": f"={values}"}
            | look
        )
    _dress(chart, spec)
    width = sum(int(w * 7 + 5) for w in canvas.widths[column : column + spec.cols]) - 8
    chart.set_size({"width": width, "height": int(spec.rows * ROW_POINTS * 4 / 3) - 6})
    place = {
        "object_position": 1,
        "description": literal(spec.spoken),
        "x_offset": 4,
        "y_offset": 2,
    }
    canvas.sheet.insert_chart(row, column, chart, place)


def _series_look(spec: ChartSpec, colour: str) -> dict[str, Any]:
    if spec.kind in {"column", "stacked"}:
        overlap = 100 if spec.kind == "stacked" else -5
        return {"fill": {"color": colour}, "border": {"none": True}, "gap": 70, "overlap": overlap}
    marker = {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    if spec.kind == "line":
        return {"line": {"color": colour, "width": 2}, "marker": marker | {"size": 5}}
    labels = [{"value": literal(p)} if p else {"delete": True} for p in spec.points]
    shown = {"value": True, "position": "right", "font": _FONT | {"size": 8}, "custom": labels}
    return {"marker": marker, "data_labels": shown}


def _dress(chart: Chart, spec: ChartSpec) -> None:
    """Title, axes, legend and the rest that makes it legible."""
    values = [v for s in spec.series for v in s.values if v is not None]
    axis: dict[str, Any] = {
        "num_font": _FONT,
        "name_font": _FONT | {"bold": False},
        "line": {"color": "#A9B4BF"},
    }
    across: dict[str, Any] = {"name": literal(spec.x_name), "major_gridlines": {"visible": False}}
    if spec.kind == "scatter":
        across |= _floor(spec.across)
    chart.set_title({"name": literal(spec.title), "name_font": _TITLE_FONT, "overlay": False})
    chart.set_x_axis(axis | across | {"label_position": "low"})
    upward = {"name": literal(spec.y_name), "num_format": spec.fmt, "major_gridlines": _GRID}
    chart.set_y_axis(axis | upward | _floor(values) | {"line": {"none": True}})
    single = len(spec.series) == 1
    chart.set_legend({"none": True} if single else {"position": "bottom", "font": _FONT})
    chart.set_chartarea({"border": {"color": "#D5DCE4"}, "fill": {"color": "#FFFFFF"}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")


def _floor(values: object) -> dict[str, float]:
    """The axis starts at 0, unless a value lies below."""
    assert isinstance(values, list | tuple)
    return {} if any(v < 0 for v in values) else {"min": 0}
