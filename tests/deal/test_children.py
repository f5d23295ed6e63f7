"""The numbers of records in a deal, and the rules that their fields share."""

from __future__ import annotations

import attrs
import pytest

from salesflow.deal.children import (
    as_it_is,
    chosen,
    find,
    is_a,
    is_optional_a,
    listed,
    named,
    next_id,
    of_class,
    replaced,
    told,
)
from salesflow.deal.needs import Importance
from salesflow.deal.objections import ObjectionKind
from salesflow.errors import InvalidValue, UnknownName, WrongType


@attrs.frozen
class Note:
    id: int
    text: str = ""


@attrs.frozen
class Holder:
    note: Note = attrs.field(validator=is_a(Note, way_out="give a Note"))
    other: Note | None = attrs.field(default=None, validator=is_optional_a(Note, way_out="give a Note or nothing"))


def test_numbers_go_on_from_the_last_one():
    assert next_id([]) == 1
    assert next_id([Note(1), Note(7)]) == 8


def test_a_record_is_found_by_its_number_or_by_an_earlier_state_of_itself():
    notes = [Note(1), Note(2, "now")]
    assert find(notes, 2, kind="note") == find(notes, Note(2, "before"), kind="note") == Note(2, "now")


def test_a_record_is_looked_at_as_it_is_and_not_as_it_was():
    assert as_it_is([Note(1), Note(2, "now"), Note(3)], Note(2, "before")) == Note(2, "now")


def test_only_the_record_of_the_same_number_is_replaced():
    assert replaced([Note(1), Note(2)], Note(2, "x")) == (Note(1), Note(2, "x"))


def test_a_closed_choice_is_made_by_member_or_by_text():
    assert chosen(Importance, "must", kind="importance") is chosen(Importance, Importance.MUST, kind="importance")
    with pytest.raises(UnknownName, match="no importance 'musst'"):
        chosen(Importance, "musst", kind="importance")


def test_text_that_must_say_something_may_have_lines_but_not_nothing_but_lines():
    assert told("a\n\tb", field="text") == "a\n\tb"
    with pytest.raises(InvalidValue, match="blank"):
        told("\n\t\n", field="text")
    with pytest.raises(InvalidValue) as refused:
        told("\n\t\n", field="text")
    assert refused.value.value is None, "what may say something about a person is not repeated, not even a blank"


def test_a_text_is_as_long_as_is_said_and_ten_thousand_characters_otherwise():
    for limit, given in ((10_000, {}), (20, {"limit": 20}), (20_000, {"limit": 20_000})):
        assert told("x" * limit, field="text", **given) == "x" * limit
        with pytest.raises(InvalidValue) as refused:
            told("x" * (limit + 1), field="text", **given)
        assert refused.value.field == "text"


def test_a_name_of_ones_own_and_a_usual_one_are_both_plain_text():
    usual = named(ObjectionKind.PRICE)
    assert (usual, type(usual)) == ("price", str)
    assert named("parking") == "parking"


def test_a_value_of_another_class_is_refused_with_the_way_out():
    assert Holder(Note(1)).other is None
    with pytest.raises(WrongType, match="note: must be of class Note; got 5; give a Note"):
        Holder(5)
    with pytest.raises(WrongType) as refused:
        Holder(Note(1), "x")
    assert (refused.value.field, refused.value.way_out) == ("other", "give a Note or nothing")


def test_where_no_way_out_is_known_none_is_made_up():
    for check in (is_a(Note), is_optional_a(Note)):
        with pytest.raises(WrongType) as refused:
            check(None, attrs.fields(Holder).note, 5)
        assert refused.value.way_out == ""
    with pytest.raises(WrongType) as refused:
        of_class(Note, 5, field="note")
    assert (refused.value.field, refused.value.way_out) == ("note", "")


def test_several_are_given_as_a_list_of_any_kind_and_no_text_is_one():
    assert listed((note for note in "ab"), field="notes") == listed(["a", "b"], field="notes") == ("a", "b")
    for text in ("ab", b"ab"):
        with pytest.raises(WrongType) as refused:
            listed(text, field="notes")
        assert refused.value.field == "notes"
