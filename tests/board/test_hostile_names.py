"""No name gets out of its place: what is shown is what was given, and nothing around it changes."""

from __future__ import annotations

import unicodedata
from functools import cache
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictured import Read, a_row, board_of, named_views

from salesflow.board import ENGLISH, HEBREW, Language, page
from salesflow.board.readable import readable
from salesflow.board.terminal import columns_of

SVG = "{http://www.w3.org/2000/svg}"
OVERRIDES = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
HOSTILE = (
    "<script>alert(1)</script>",
    "</bdi></h4></li></ul></main><h1>Owned</h1>",
    "</style><script>alert(1)</script><style>",
    "</title><script>alert(1)</script>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[x",
    "&lt;b&gt; &amp;amp; &#60;",
    '" onmouseover="alert(1)" x=\'',
    "' onload='alert(1)",
    "javascript:alert(1)",
    "url(https://example.org/x.png)",
    "\x00\x01\x1b[31mred\x1b[0m\x07",
    "a\r\nb\u2028c\u2029d",
    "\u202egpj.exe",
    "\u2067\u2066\u202d mixed \u2069",
    "שלום עולם 123",
    "مرحبا",
    "e\u0301\u0301\u0301\u0301",
    "漢字かな交じり文",
    "👩‍👩‍👧‍👦 family",
    "\ud800 half of a pair",
    "\ufffe\uffff\U0001ffff",
    "{count} {moment} {title}",
    "%s %(x)s {0.__class__}",
    "x" * 5_000,
    " ",
    "\u200e\u200f",
)
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.lists(st.sampled_from([*HOSTILE, "<", ">", "&", '"', "'", "\x1b", "\u202e", "\ud800"]), max_size=4).map("".join),
)


@cache
def plain_page(language: Language) -> Read:
    """The same page with a harmless name."""
    return Read(page(*named_views("Order desk"), language=language))


@pytest.mark.parametrize("language", [ENGLISH, HEBREW], ids=lambda language: language.code)
@given(name=names)
@settings(deadline=None, max_examples=60)
def test_on_a_page_a_name_stands_in_its_place_as_it_was_given(language, name):
    read, plain = Read(page(*named_views(name), language=language)), plain_page(language)
    assert read.tags == plain.tags
    assert [name for name, _ in read.attributes] == [name for name, _ in plain.attributes]
    if name:
        assert list(read.inside("bdi")).count(readable(name)) >= 3


@given(name=names)
@settings(deadline=None, max_examples=60)
def test_in_a_picture_a_name_stands_in_its_place_as_it_was_given(name):
    for view, plain in zip(named_views(name), named_views("Order desk"), strict=True):
        root, same = (ElementTree.fromstring(one.svg()) for one in (view, plain))
        lines = {f"{SVG}text"}  # a name of several words may take two lines
        tags, others = ([one.tag for one in tree.iter() if one.tag not in lines] for tree in (root, same))
        assert tags == others
        assert not any(attribute.startswith("on") for one in root.iter() for attribute in one.attrib)
        described = " ".join("".join(one.itertext()) for one in root.iter() if one.tag in (f"{SVG}title", f"{SVG}desc"))
        assert not name or readable(name) in described


@pytest.mark.parametrize("language", [ENGLISH, HEBREW], ids=lambda language: language.code)
@given(name=names, width=st.integers(20, 160))
@settings(deadline=None, max_examples=60)
def test_in_a_terminal_a_name_has_no_control_character_and_turns_nothing_round(language, name, width):
    for view in named_views(name):
        text = view.text(width=width, language=language)
        assert max(map(columns_of, text.split("\n"))) <= width
        for character in set(text.replace("\n", "")):
            assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
            assert ord(character) not in OVERRIDES


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Acme & Söhne <b>", "Acme & Söhne <b>"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        ("\u05e9\u200f!", "\u05e9\u200f!"),
        ("\ud800", "\ufffd"),
        ("\U0001ffff", "\ufffd"),
        ("👩‍👧", "👩‍👧"),
    ],
)
def test_only_what_cannot_be_shown_is_replaced(given, shown):
    assert readable(given) == shown


@given(st.text())
def test_what_is_readable_stays_as_it_is(text):
    assert readable(readable(text)) == readable(text)


def test_a_hostile_id_and_owner_stand_in_their_places_too():
    row = a_row(None, id="<i>D</i>", owner="</dd><script>")
    read = Read(page(board_of(row)))
    assert "script" not in read.tags
    assert "<i>D</i>" in list(read.inside("bdi"))
    assert "</dd><script>" in list(read.inside("bdi"))


def test_a_title_and_a_note_of_the_host_are_text_too():
    read = Read(page(board_of(), title="</title><script>", note="<img src=x>"))
    assert not {"script", "img"} & set(read.tags)
    assert list(read.inside("title")) == ["</title><script>"]
