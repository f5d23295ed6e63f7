"""Text: what is let in unchanged, what is kept out, and which names are meant as one."""

from __future__ import annotations

import unicodedata

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow.errors import InvalidValue, WrongType
from salesflow.values import text

REAL_NAMES = [
    "Order desk for Acme",
    "נֹעָה לוי",
    "\u200fחברה בע״מ\u200e",
    "👩‍💻 desk",
    "می‌خواهم",
    "O’Brien & Søn",
    "株式会社",
]
UNSAFE = ["\x00", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ud800"]


@pytest.mark.parametrize("name", REAL_NAMES)
def test_real_names_of_all_scripts_are_returned_unchanged(name):
    assert text.line(name, field="name") is name
    assert text.prose(name, field="notes") is name


@pytest.mark.parametrize("char", [*UNSAFE, "\n", "\t"], ids=lambda char: f"U+{ord(char):04X}")
def test_a_line_holds_no_control_or_override_character(char):
    with pytest.raises(InvalidValue, match=rf"U\+{ord(char):04X} at position 4"):
        text.line(f"Acme{char}Ltd", field="name")


@pytest.mark.parametrize("char", UNSAFE, ids=lambda char: f"U+{ord(char):04X}")
def test_prose_holds_no_control_or_override_character(char):
    with pytest.raises(InvalidValue, match=rf"U\+{ord(char):04X}"):
        text.prose(f"first\n{char}second", field="notes")


@pytest.mark.parametrize("written", ["", "one\n\n\ttwo\n", " "])
def test_prose_may_be_empty_and_may_have_paragraphs_and_tabs(written):
    assert text.prose(written, field="notes") == written


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\u200b\u200f", "\u3164", "\u2800 "])
def test_a_line_that_shows_nothing_is_blank(blank):
    with pytest.raises(InvalidValue, match="blank"):
        text.line(blank, field="name")


@pytest.mark.parametrize("check", [text.line, text.prose])
def test_a_text_may_have_as_many_characters_as_its_limit_and_no_more(check):
    assert check("x" * 5, field="name", limit=5) == "xxxxx"
    with pytest.raises(InvalidValue, match=r"at most 5 characters.*shorten it by 1"):
        check("x" * 6, field="name", limit=5)


@pytest.mark.parametrize("other", [None, 5, b"Acme", ["Acme"]])
def test_what_is_no_text_is_of_the_wrong_type(other):
    with pytest.raises(WrongType, match="name: must be text"):
        text.line(other, field="name")


def test_an_unknown_line_is_none_and_an_empty_one_is_refused():
    assert text.optional_line(None, field="title") is None
    assert text.optional_line("Buyer", field="title") == "Buyer"
    with pytest.raises(InvalidValue):
        text.optional_line("", field="title")


@pytest.mark.parametrize(
    "secret", ["Noa Levi\x00", "Noa Levi\n", "Noa Levi" * 40, ["Noa Levi"]], ids=["nul", "lf", "long", "list"]
)
@pytest.mark.parametrize("check", [text.line, text.prose, text.optional_line])
def test_a_personal_text_is_never_repeated(check, secret):
    if check is text.prose and secret == "Noa Levi\n":
        return
    with pytest.raises(InvalidValue) as refused:
        check(secret, field="notes", limit=100, personal=True)
    assert "Noa" not in str(refused.value)
    assert "Noa" not in repr(refused.value.__dict__)


def test_a_blank_personal_text_is_refused_without_a_value():
    with pytest.raises(InvalidValue) as refused:
        text.line("  ", field="name", personal=True)
    assert refused.value.value is None


def test_an_id_is_a_line_without_white_space_around_it():
    assert text.identifier("D-1", field="id") == "D-1"
    for wrong in (" D-1", "D-1 ", "D-1\u00a0", "D-\n1", "", "x" * 201, " " + "x" * 100):
        with pytest.raises(InvalidValue):
            text.identifier(wrong, field="id")


def test_several_lines_become_a_tuple_and_one_text_is_refused():
    assert text.lines(["a", "b"], field="tags") == ("a", "b")
    for wrong in ("ab", 5):
        with pytest.raises(WrongType, match="give a list or tuple"):
            text.lines(wrong, field="tags")
    with pytest.raises(InvalidValue):
        text.lines(["a", ""], field="tags")


@attrs.frozen
class Note:
    id: str = attrs.field(validator=text.is_identifier())
    title: str = attrs.field(default="a title", validator=text.is_line(20))
    subtitle: str | None = attrs.field(default=None, validator=text.is_optional_line(20))
    body: str = attrs.field(default="", validator=text.is_prose(20))
    tags: tuple[str, ...] = attrs.field(default=(), validator=text.are_lines(20))


def test_the_validators_let_good_fields_in():
    assert Note(id="N-1", title="t", subtitle="s", body="a\nb", tags=("x",)).subtitle == "s"


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": " "},
        {"title": "x" * 21},
        {"subtitle": ""},
        {"body": "x" * 21},
        {"tags": ["x"]},
        {"tags": ("x\n",)},
    ],
)
def test_the_validators_name_the_field_that_is_wrong(wrong):
    with pytest.raises(InvalidValue) as refused:
        Note(**{"id": "N-1", **wrong})
    assert refused.value.field == next(iter(wrong))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme, Inc.", "ACME inc"),
        ("  Ａｃｍｅ\u00a0  Inc", "acme inc"),
        ("Zoë Müller", "zoe muller"),
        ("נֹעָה", "נעה"),
        ("أحمد", "احمد"),
        ("O’Brien", "o'brien"),
        ("Smith–Jones", "smith-jones"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("“Acme” (Berlin)", "acme berlin"),
        ("Ac\u200bme\u200f", "acme"),
        ("Acme\x00Inc", "acme inc"),
        ("ᾳ", "α"),
    ],
)
def test_names_that_are_written_differently_can_be_meant_as_one(one, other):
    assert text.matching_key(one) == text.matching_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C#", "C"),
        ("C++", "C"),
        ("Smith-Jones", "Smith Jones"),
        ("AT&T", "ATT"),
        ("!!!", "???"),
        ("か", "が"),
        ("कि", "क"),
        ("Acme 1", "Acme 2"),
    ],
)
def test_names_that_are_meant_differently_have_different_keys(one, other):
    assert text.matching_key(one) != text.matching_key(other)


def test_a_name_of_nothing_but_punctuation_keeps_it():
    assert text.matching_key(" !!! ") == "!!!"
    assert text.matching_key("") == ""


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(codec=None)))
def test_the_key_of_a_key_is_that_key(name):
    key = text.matching_key(name)
    assert text.matching_key(key) == key
    assert key == " ".join(key.split())


@settings(max_examples=100)
@given(st.text())
def test_case_and_composition_never_change_a_key_of_letters(name):
    key = text.matching_key(name)
    assert text.matching_key(unicodedata.normalize("NFD", name)) == key
    assert text.matching_key(unicodedata.normalize("NFC", name)) == key
    assert text.matching_key(f"  {name}\u00a0") == key
