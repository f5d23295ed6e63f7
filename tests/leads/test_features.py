"""What a score is learned from: declared fields, and values as they are counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

import pytest

from salesflow.errors import InvalidValue, WrongType
from salesflow.leads.features import ScoredField, ScoredFields


class Code(str):
    """A text of the host's own kind."""


class Size(Enum):
    SMALL = "1 to 10"


class Source(StrEnum):
    FAIR = "fair"


@pytest.mark.parametrize(
    ("value", "counted"),
    [
        ("IL", ("IL",)),
        (True, ("True",)),
        (False, ("False",)),
        (0, ("0",)),
        (7, ("7",)),
        (Size.SMALL, ("1 to 10",)),
        (Source.FAIR, ("fair",)),
        (Code("IL"), ("IL",)),
        ("חיפה", ("חיפה",)),
        (None, ()),
        ("", ()),
        ("  ", ()),
    ],
)
def test_a_value_is_counted_as_text_and_what_is_not_set_not_at_all(value, counted):
    assert ScoredField("field").values(value) == counted


def test_a_zero_and_a_no_are_values_and_not_unset():
    field = ScoredField("field", counts_unset=True)
    assert field.values(0) == ("0",)
    assert field.values(False) == ("False",)
    assert field.values(None) == field.values("") == ("",)


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), date(2026, 1, 1), object(), ["IL"], {"IL": 1}, 10**24, b"IL"])
def test_what_is_no_kind_is_refused(value):
    with pytest.raises(WrongType, match="field: a value is one of a few kinds"):
        ScoredField("field").values(value)


@pytest.mark.parametrize("value", ["a\nb", "a\x00", "a\u202eb", "x" * 201, "\u200b"])
def test_hostile_text_is_refused_and_not_repeated(value):
    with pytest.raises(InvalidValue) as refused:
        ScoredField("field").values(value)
    assert value not in str(refused.value)


def test_several_values_count_once_each_in_a_fixed_order():
    field = ScoredField("tags", several=True)
    assert field.values({"b", "a", "c"}) == field.values(["c", "a", "b", "a"]) == ("a", "b", "c")
    assert field.values(["a", None, ""]) == ("a",)
    assert field.values([]) == field.values(None) == ()
    assert ScoredField("tags", several=True, counts_unset=True).values([]) == ("",)


@pytest.mark.parametrize("value", ["a tag", 5, {"a": 1}])
def test_one_value_is_not_several(value):
    with pytest.raises(WrongType, match="tags: may have several values"):
        ScoredField("tags", several=True).values(value)


def test_a_hostile_value_deep_in_a_list_is_refused():
    with pytest.raises(WrongType):
        ScoredField("tags", several=True).values([["nested"]])


def test_the_stage_is_declared_apart():
    with pytest.raises(InvalidValue, match="declare the stages"):
        ScoredField("stage")


def test_a_field_is_read_by_a_function():
    with pytest.raises(WrongType, match="read: a field is read by a function"):
        ScoredField("country", read="country")


@pytest.mark.parametrize(
    ("fields", "stages", "what"),
    [(["a", "b", "a"], [], "fields"), (["a"], ["new", "new"], "stages")],
)
def test_a_field_and_a_stage_are_declared_once(fields, stages, what):
    with pytest.raises(InvalidValue, match=f"{what}: is declared once"):
        ScoredFields([ScoredField(name) for name in fields], stages=stages)


def test_a_declaration_is_made_of_fields_and_stages_of_text():
    with pytest.raises(WrongType, match="fields: is made of ScoredField"):
        ScoredFields(["country"])
    with pytest.raises(WrongType, match="stages"):
        ScoredFields(stages="new")
