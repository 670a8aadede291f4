from __future__ import annotations

from tracker.summary.styles import BASE, StyleSheet

CSS = """
/* a comment { color: #000000; } */
@media print { td { color: #FF0000; } }
td { color: #112233; border-bottom: 1px solid #AABBCC; height: 17pt; }
.big { font-size: 14pt; font-weight: bold; height: 30pt; }
td.big { text-align: right; padding-right: 4pt; }
tr { background-color: #EEEEEE; }
.row figure { color: #00FF00; }
"""


def test_inner_wins_over_outer_and_class_over_tag() -> None:
    styles = StyleSheet(CSS)
    form = styles.format_of(("tr", []), ("td", ["big"]))
    assert form == {
        **BASE, "font_color": "#112233", "bg_color": "#EEEEEE", "bottom": 1,
        "bottom_color": "#AABBCC", "font_size": 14.0, "bold": True, "align": "right", "indent": 1,
    }  # fmt: skip
    assert styles.height_of(("td", ["big"])) == 30
    assert styles.height_of(("p", [])) == 0


def test_what_a_sheet_cannot_show_is_left_out() -> None:
    assert StyleSheet("p { display: flex; color: red; }").format_of(("p", [])) == BASE
