from __future__ import annotations

import pytest

from tests.xlsx.books import MAIN, STYLES
from tracker.xlsx.styles import Styles


def style_sheet(codes: str = "", xfs: str = "") -> Styles:
    return Styles(
        f'<styleSheet xmlns="{MAIN}">{codes}<cellXfs>{xfs}</cellXfs></styleSheet>'.encode()
    )


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("yyyy-mm-dd", True),
        ("[h]:mm", True),
        ("yyyy年m月", True),
        ("General", False),
        ('0.0"h"', False),
        ("[Red]0.00", False),
        ("0\\d", False),
        ("_(* #,##0_)", False),
    ],
)
def test_which_formats_show_dates(code: str, date: bool) -> None:
    from tracker.xlsx.markup import escape_attribute

    raw = escape_attribute(code).decode()
    codes = f'<numFmts><numFmt numFmtId="164" formatCode="{raw}"/></numFmts>'
    styles = style_sheet(codes, '<xf numFmtId="164"/>')
    assert styles.number_format(0) == code
    assert styles.is_date(0) is date


@pytest.mark.parametrize(
    ("number", "code", "date"),
    [
        (0, "General", False),
        (14, "", True),
        (10, "0.00%", False),
        (44, None, False),
        (199, "?", False),
    ],
)
def test_formats_without_a_declaration(number: int, code: str | None, date: bool) -> None:
    styles = style_sheet(xfs=f'<xf numFmtId="{number}"/>')
    assert styles.number_format(0) == code or (code is None and '"$"' in styles.number_format(0))
    assert styles.is_date(0) is date


def test_adding_twice_is_adding_once() -> None:
    styles = Styles(STYLES.encode())
    first = styles.with_number_format(0, "yyyy-mm-dd")
    assert styles.with_number_format(0, "yyyy-mm-dd") == first == 3
    again = Styles(styles.to_bytes())
    assert again.with_number_format(0, "yyyy-mm-dd") == 3
    assert again.to_bytes() is again.original
    assert len(again.items(b"cellXfs")) == 4
    assert b'<cellXfs count="4">' in again.data
    assert again.number_format(3) == "yyyy-mm-dd"
    assert again.with_number_format(0, "0%") == 4
    assert b'numFmtId="9"' in again.xf(4)


def test_an_index_out_of_range_is_the_first_format() -> None:
    styles = Styles(STYLES.encode())
    assert styles.xf(999) == styles.xf(0)


@pytest.mark.parametrize("root", ['<styleSheet xmlns="u"/>', '<styleSheet xmlns="u"></styleSheet>'])
def test_an_empty_style_sheet_gets_what_index_0_means(root: str) -> None:
    styles = Styles(root.encode())
    assert styles.to_bytes() == root.encode()
    assert styles.with_number_format(0, "hh:mm") == 1
    after = Styles(styles.to_bytes())
    counts = {
        c: len(after.items(c)) for c in (b"numFmts", b"fonts", b"fills", b"borders", b"cellXfs")
    }
    assert counts == {b"numFmts": 1, b"fonts": 1, b"fills": 2, b"borders": 1, b"cellXfs": 2}
    order = [
        after.data.index(b"<" + c) for c in (b"numFmts", b"fonts", b"cellStyleXfs", b"cellXfs")
    ]
    assert order == sorted(order)


def test_prefixed_collections_and_self_closed_ones() -> None:
    data = b'<x:styleSheet xmlns:x="u"><x:cellXfs count="1"><x:xf/></x:cellXfs><x:dxfs count="0"/></x:styleSheet>'
    styles = Styles(data)
    assert styles.add(b"dxfs", b"<x:dxf/>") == 0
    assert b'<x:dxfs count="1"><x:dxf/></x:dxfs>' in styles.to_bytes()


def test_a_choice_between_spellings_is_one_item() -> None:
    choice = (
        '<mc:AlternateContent xmlns:mc="m"><mc:Choice Requires="x"><xf numFmtId="1"/></mc:Choice>'
        '<mc:Fallback><xf numFmtId="2"/></mc:Fallback></mc:AlternateContent>'
    )
    styles = style_sheet(xfs=f'<xf numFmtId="0"/>{choice}<xf numFmtId="14"/>')
    assert len(styles.items(b"cellXfs")) == 3
    assert styles.number_format(1) == "0.00"
    assert styles.is_date(2)
