"""How long a text of a deal may be: one of a few lengths, to the character."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import attrs
import pytest

import salesflow.deal
from salesflow.errors import InvalidValue
from salesflow.event import Event
from salesflow.values.personal import is_personal

USUAL = (60, 100, 200, 500, 1000, 2000, 10_000)
MODULES = [import_module(found.name) for found in walk_packages(salesflow.deal.__path__, "salesflow.deal.")]
EVENTS = sorted(
    {
        found
        for module in MODULES
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Event) and found.__module__ == module.__name__
    },
    key=lambda event: event.__name__,
)
TEXTS = [
    pytest.param(field, id=f"{event.__name__}.{field.name}")
    for event in EVENTS
    for field in attrs.fields(event)
    if field.type in {str, str | None, tuple[str, ...], "str", "str | None", "tuple[str, ...]"}
    and field.validator is not None
    and field.name
    in {"reason", "note", "notes", "text", "quote", "purpose", "place", "result", "next_step", "kind"}
    | {"need", "authority", "timeline", "evidence", "answer"}
]


def accepts(field: attrs.Attribute[object], length: int) -> bool:
    text = "x" * length
    try:
        field.validator(None, field, (text,) if "tuple" in str(field.type) else text)
    except InvalidValue:
        return False
    return True


@pytest.mark.parametrize("field", TEXTS)
def test_a_text_may_be_as_long_as_texts_of_its_kind_and_no_longer(field: attrs.Attribute[object]) -> None:
    assert [length for length in USUAL if accepts(field, length) and not accepts(field, length + 1)] != []


def test_the_texts_of_a_deal_were_found() -> None:
    assert len(TEXTS) > 25


@pytest.mark.parametrize("field", [one for one in TEXTS if is_personal(one.values[0])])
def test_what_may_say_something_about_a_person_is_not_repeated_by_a_refusal(field: attrs.Attribute[object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        field.validator(None, field, "Cohen\x07")
    assert "Cohen" not in str(refused.value)
