from __future__ import annotations

from tests.summary.reading import part, parts, sheet_of
from tracker.summary import chartspec, svg
from tracker.summary.sheet import render_sheet

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
ROWS = [{"x": 1.0, "y": 4.0, "name": "=A1"}, {"x": 2.0, "y": 3.0, "name": ""}]


def drawn(*kinds: str, rows: list[dict[str, object]] | None = None) -> bytes:
    figures = "".join(
        svg.figure(
            chartspec.make(
                kind,
                rows or ROWS,
                "x",
                {"y": "=系列"},
                title="=标题",
                x_name="横",
                y_name="=纵",
                label="name",
            )
        )
        for kind in kinds
    )
    body = f'<div class="row">{figures}</div><p>之后</p>'
    return render_sheet(f"<html><body>{body}</body></html>", "汇 '总")


def test_a_chart_has_its_data_in_hidden_cells_and_in_its_cache() -> None:
    made = drawn("column")
    xml = part(made, "xl/charts/chart1.xml")
    refs = [f.text for f in xml.iter(f"{CHART}f")]
    assert len(refs) == 2
    assert all(str(ref).startswith("'汇 ''总'!$") for ref in refs)
    sheet = sheet_of(made)
    assert [sheet[f"CZ{r}"].value for r in (1, 2)] == [4, 3]
    assert sheet.column_dimensions["AE"].hidden
    shown = xml.find(f".//{CHART}plotVisOnly")
    assert shown is None or shown.get("val") == "0"


def test_titles_and_labels_are_literal_text() -> None:
    xml = part(drawn("scatter"), "xl/charts/chart1.xml")
    texts = {t.text for t in xml.iter(f"{MAIN}t")}
    assert {" =标题", "横", " =纵", " =A1"} <= texts
    assert [v.text for v in xml.iterfind(f".//{CHART}ser/{CHART}tx/{CHART}v")] == [" =系列"]


def test_axes_start_at_zero_unless_a_value_is_below() -> None:
    def lowest(made: bytes) -> list[str | None]:
        return [e.get("val") for e in part(made, "xl/charts/chart1.xml").iter(f"{CHART}min")]

    assert lowest(drawn("scatter")) == ["0", "0"]
    assert lowest(drawn("column")) == ["0"]
    assert lowest(drawn("column", rows=[{"x": "a", "y": -1.0}])) == []


def test_markers_are_filled_explicitly() -> None:
    for kind in ("scatter", "line"):
        xml = part(drawn(kind), "xl/charts/chart1.xml")
        colours = [e.get("val") for e in xml.iterfind(f".//{CHART}marker//{MAIN}srgbClr")]
        assert colours
        assert set(colours) == {"2F6690"}


def test_charts_stand_side_by_side_then_below_and_over_no_text() -> None:
    made = drawn("column", "line", "scatter")
    assert len(parts(made, "xl/charts/")) == 3
    places = []
    for anchor in part(made, "xl/drawings/drawing1.xml").iter(f"{DRAWING}twoCellAnchor"):
        ends = [anchor.find(f"{DRAWING}{end}") for end in ("from", "to")]
        places.append(
            [
                int(str(e.findtext(f"{DRAWING}{k}")))
                for e in ends
                if e is not None
                for k in ("col", "row")
            ]
        )
    assert places == [[1, 0, 6, 13], [7, 0, 12, 13], [1, 15, 6, 28]]
    texts = [c.row for row in sheet_of(made).iter_rows(max_col=14) for c in row if c.value]
    assert texts == [31]


def test_a_chart_has_an_alternative_text() -> None:
    xml = part(drawn("column"), "xl/drawings/drawing1.xml")
    (told,) = [str(e.get("descr")) for e in xml.iter(f"{DRAWING}cNvPr")]
    assert told.startswith(" =标题; =系列: ")
