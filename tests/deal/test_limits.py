"""How long a text of a deal may be: one of a few lengths, to the character."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import attrs
import pytest

import salesflow.deal
from salesflow.errors import InvalidValue
from salesflow.event import Event

LONGEST = {
    "authority": 1000,
    "contact_id": 200,
    "evidence": 1000,
    "how": 10_000,
    "kind": 60,
    "name": 200,
    "need": 1000,
    "next_step": 1000,
    "note": 10_000,
    "notes": 10_000,
    "offer": 10_000,
    "place": 500,
    "product": 200,
    "purpose": 60,
    "quote": 2000,
    "reason": 1000,
    "result": 1000,
    "statement": 10_000,
    "summary": 10_000,
    "text": 10_000,
    "timeline": 1000,
    "title": 200,
}
"""How many characters a text may have, by what it is for."""

A_NEED = 2000
"""A need is shorter than other texts: it is what the presentation goes through one by one."""
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
    pytest.param(
        field,
        A_NEED if event.__name__.startswith("Need") and field.name == "text" else LONGEST[field.name],
        id=f"{event.__name__}.{field.name}",
    )
    for event in EVENTS
    for field in attrs.fields(event)
    if field.name in LONGEST and "str" in str(field.type) and field.validator is not None
]


def accepts(field: attrs.Attribute[object], length: int) -> bool:
    text = "x" * length
    try:
        field.validator(None, field, (text,) if "tuple" in str(field.type) else text)
    except InvalidValue:
        return False
    return True


@pytest.mark.parametrize(("field", "longest"), TEXTS)
def test_a_text_may_be_as_long_as_texts_of_its_kind_and_no_longer(field: attrs.Attribute[object], longest: int) -> None:
    assert accepts(field, longest)
    assert not accepts(field, longest + 1)


def test_the_texts_of_a_deal_were_found() -> None:
    assert len(TEXTS) > 40
    assert {field.name for field, _ in (one.values for one in TEXTS)} == set(LONGEST)
