from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tracker.xlsx import markup


@given(st.text(max_size=60))
def test_text_comes_back_as_it_was(text: str) -> None:
    assert markup.unescape_text(markup.escape_text(text)) == text


@given(st.text(max_size=60))
def test_escaped_text_is_well_formed_in_element_and_attribute(text: str) -> None:
    raw = b'<a b="%b">%b</a>' % (markup.escape_attribute(text), markup.escape_text(text))
    etree.fromstring(raw)


def test_entities_mean_what_xml_says_not_html() -> None:
    assert markup.unescape_text(b"&#x80;&#127;&amp;lt;&quot;&apos;&nbsp;&#10;") == (
        "\x80\x7f&lt;\"'&nbsp;\n"
    )
    assert markup.unescape_text(b"a\r\nb\rc_x000D_") == "a\nb\nc\r"
    assert markup.unescape_text(b"_xD83D__xDE00_") == "\U0001f600"
    assert markup.escape_text("_x0041_") == b"_x005F_x0041_"


def test_a_text_is_measured_in_units_of_utf16() -> None:
    markup.escape_text("x" * markup.MAX_TEXT)
    for text in ("x" * (markup.MAX_TEXT + 1), "\U0001f600" * (markup.MAX_TEXT // 2 + 1)):
        with pytest.raises(ValueError, match="longer than"):
            markup.escape_text(text)


def test_attributes_in_either_quotes_with_bare_angles() -> None:
    tag = b"<a x='1 > 0' r:id = \"2\"/>"
    assert markup.get(tag, b"x") == b"1 > 0"
    assert markup.get(tag, b"r:id") == b"2"
    assert markup.get(tag, b"id") is None
    assert markup.put(tag, b"x", b"3") == b'<a x="3" r:id = "2"/>'
    assert markup.put(b"<a />", b"y", b"4") == b'<a y="4"/>'
    found = markup.find_tag(b"<ab/><a c='>'>t</a>", b"a")
    assert found is not None
    assert found[0] == b"<a c='>'>"
    assert markup.element_end(b"<ab/><a c='>'>t</a>", found, b"a") == 19


def test_prefixes() -> None:
    assert markup.prefix_of(b"<x:sst>", b"sst") == b"x:"
    assert markup.prefix_of(b"<sst/>", b"sst") == b""
    with pytest.raises(ValueError, match="no <sst>"):
        markup.prefix_of(b"<si/>", b"sst")


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "us-ascii", "iso-8859-1"])
def test_other_encodings_become_utf8(encoding: str) -> None:
    text = "é" if encoding != "us-ascii" else "e"
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>{text}</a>'.encode(encoding)
    plain = markup.plain_utf8(data)
    assert b"UTF-8" in plain
    assert f"<a>{text}</a>".encode() in plain


def test_comments_and_cdata_are_resolved_and_plain_xml_is_not_touched() -> None:
    assert markup.plain_utf8(b"<a><!-- <b/> --><![CDATA[1<2]]></a>").endswith(b"<a>1&lt;2</a>")
    data = b"<?xml version='1.0' encoding='utf-8'?><a> \n</a>"
    assert markup.plain_utf8(data) is data


@pytest.mark.parametrize(
    ("text", "kept"), [("a b", False), (" a", True), ("a\n", True), ("", False)]
)
def test_outer_space_is_kept(text: str, kept: bool) -> None:
    assert (b"preserve" in markup.text_element(b"", text)) is kept
